"""The vocabulary of figures: what a cell may hold. How cells fold is in `renda.indicators.folds`.

| kind | value | over the tree | over time |
|---|---|---|---|
| sum | total | added | increments are added; of year-to-date or cumulative ones the last stands |
| stock | total at the period's end | added | the last reported stands |
| low, high | extreme, and whose it is | least, greatest | least, greatest |
| distinct | 64-bit keyed hashes | union | union |
| text | remarks, kept per organisation | listed | listed |

Means, medians and rates are no kinds, since they do not merge (see `renda.indicators.derived`).
A unit belongs to the indicator's definition, which `meaning` pins: folding never converts a unit and never
mixes two definitions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import chain

from renda.errors import Invalid
from renda.i18n import _

LIMIT = 2**53 - 1
"""Largest magnitude of a cell's value: what JSON, spreadsheets and browsers keep exact."""

KEY_LIMIT = 2**63
"""Keys of distinct cells lie in [-KEY_LIMIT, KEY_LIMIT): a signed 64-bit column."""


class Kind(StrEnum):
    """What a cell's value is, and so how it folds."""

    SUM = "sum"
    STOCK = "stock"
    LOW = "low"
    HIGH = "high"
    DISTINCT = "distinct"
    TEXT = "text"


class Status(StrEnum):
    """What an organisation said; the strongest comes first. Having said nothing is the absence of a cell."""

    REPORTED = "reported"
    NIL = "nil"
    NOT_APPLICABLE = "not_applicable"


class Qualifier(IntEnum):
    """How exactly a value is known; a fold is as weak as its weakest part, the greatest of these."""

    EXACT = 0
    AT_LEAST = 1
    ABOUT = 2

    @property
    def symbol(self) -> str:
        """The sign before the number: `=`, `>=` or `~`."""
        return ("=", ">=", "~")[self]


class Basis(StrEnum):
    """Which stretch of time a value counts: its own period, the year so far, or everything so far."""

    INCREMENT = "increment"
    YTD = "ytd"
    CUMULATIVE = "cumulative"


EXTREMES = frozenset({Kind.LOW, Kind.HIGH})
"""Kinds whose value is somebody's: the lowest or the highest."""

_Fault = tuple[type[Invalid], str, str]


class WrongKind(Invalid):
    """A cell holds what its kind does not allow, or two kinds meet in one fold."""


class WrongUnit(Invalid):
    """A value is given in another unit than its indicator's; nothing converts it silently."""


class BasisMismatch(Invalid):
    """Increments, year-to-date values and cumulative values meet in one fold."""


class MeaningMismatch(Invalid):
    """Cells of different definitions, indicators or dimensions meet in one fold."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a value is a value of: only cells of the same figure fold.

    Attributes:
        indicator: code of the indicator, "T02".
        dimension: which part of it, "" for the whole.
        meaning: hex digest of the indicator's definition.
        kind: how it folds.
        basis: which stretch of time it counts.
    """

    indicator: str
    dimension: str
    meaning: str
    kind: Kind
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value in one report.

    Attributes:
        indicator: with dimension, meaning, kind and basis: see `Figure`.
        status: reported, nil (an explicit zero) or not applicable.
        value: whole number in the indicator's smallest unit; 0 when nil, None when not applicable or a text.
        qualifier: how exactly the value is known.
        keys: what a distinct cell counted, as signed 64-bit hashes.
        holder: code of the organisation whose extreme it is (low, high).
        texts: remarks as (code of the organisation, text) pairs.
    """

    indicator: str
    dimension: str = ""
    meaning: str
    kind: Kind
    basis: Basis = Basis.INCREMENT
    status: Status = Status.REPORTED
    value: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    keys: frozenset[int] = frozenset()
    holder: str | None = None
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def figure(self) -> Figure:
        """What this is a value of."""
        return Figure(self.indicator, self.dimension, self.meaning, self.kind, self.basis)


def checked(cell: Cell) -> Cell:
    """The same cell, if it obeys the rules of its kind and status.

    Raises:
        WrongKind: it holds what its kind does not allow.
        Invalid: its value, keys, status and qualifier do not agree with each other.
    """
    for error, field, sentence in chain(_kind_faults(cell), _status_faults(cell)):
        raise error({field: sentence}, sentence, indicator=cell.indicator, dimension=cell.dimension)
    return cell


def _kind_faults(cell: Cell) -> Iterator[_Fault]:
    if cell.value is not None and not _is_whole(cell.value):
        yield WrongKind, "value", _("Enter a whole number in the indicator's smallest unit.")
    if cell.texts and cell.kind is not Kind.TEXT:
        yield WrongKind, "texts", _("Only a text indicator takes remarks.")
    if cell.keys and cell.kind is not Kind.DISTINCT:
        yield WrongKind, "keys", _("Only an indicator that counts each one once takes keys.")
    if cell.holder is not None and cell.kind not in EXTREMES:
        yield WrongKind, "holder", _("Only a lowest or highest value belongs to one organisation.")
    if not all(_is_whole(key) and -KEY_LIMIT <= key < KEY_LIMIT for key in cell.keys):
        yield WrongKind, "keys", _("A key is a signed whole number of 64 bits.")
    if cell.kind is Kind.TEXT and cell.status is Status.REPORTED and cell.value is not None:
        yield WrongKind, "value", _("A text indicator takes remarks, not a number.")


def _status_faults(cell: Cell) -> Iterator[_Fault]:
    if cell.value is not None and abs(cell.value) > LIMIT:
        yield Invalid, "value", _("This number is too large.")
    if cell.status is Status.REPORTED:
        if not cell.texts if cell.kind is Kind.TEXT else cell.value is None:
            yield Invalid, "value", _("Enter a figure, or say that it is nil or not applicable.")
        if cell.kind is Kind.DISTINCT and cell.value != len(cell.keys):
            yield Invalid, "value", _("The number differs from what was counted.")
        return
    if cell.keys or cell.texts or cell.qualifier is not Qualifier.EXACT:
        yield Invalid, "status", _("What is nil or not applicable lists nothing and is exact.")
    if cell.status is Status.NIL and cell.value != 0:
        yield Invalid, "value", _("A nil report is an explicit zero.")
    if cell.status is Status.NOT_APPLICABLE and not (cell.value is None and cell.holder is None):
        yield Invalid, "value", _("What is not applicable has no figure.")


def _is_whole(number: object) -> bool:
    return type(number) is int  # bool is an int to Python, not to a clerk
