"""The algebra of figures: what a cell may hold, and how cells fold over the tree and over time.

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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from itertools import chain
from operator import attrgetter

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
_REDUCE: dict[Kind, Callable[[Iterable[int]], int]]
_REDUCE = {Kind.SUM: sum, Kind.STOCK: sum, Kind.LOW: min, Kind.HIGH: max}
_STRENGTH = list(Status)
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


_DEFINITION = attrgetter("meaning", "indicator", "dimension")
_MUST_AGREE: tuple[tuple[type[Invalid], str, Callable[[Figure], object], str], ...] = (
    (MeaningMismatch, "meaning", _DEFINITION, _("Differently defined figures are shown, but not added.")),
    (WrongKind, "kind", attrgetter("kind"), _("Figures of different kinds cannot be added.")),
    (BasisMismatch, "basis", attrgetter("basis"), _("A figure so far and one of a period cannot be added.")),
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The state of a fold: over the tree a commutative monoid, with `EMPTY` and `combine`.

    Attributes:
        figure: what it is a value of; None only where nothing was folded.
        status: the strongest of its parts; None while nobody has said anything (missing).
        value: see `Cell`; None for texts, and while no part has a value.
        qualifier: the weakest of its parts.
        keys: the union of what was counted (distinct).
        holder: whose extreme it is; of several the smallest code, so that order never matters.
        texts: (code of the organisation, text) pairs in that order.
        reported: how many of the folded cells were reported; `nil` and `not_applicable` likewise.
    """

    figure: Figure | None = None
    status: Status | None = None
    value: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    keys: frozenset[int] = frozenset()
    holder: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    reported: int = 0
    nil: int = 0
    not_applicable: int = 0


EMPTY = Folded()
"""The fold of no cells: nothing is known, not even of which figure."""


def of(cell: Cell, organisation: str | None = None) -> Folded:
    """The fold of one cell; an extreme that names no holder is held by `organisation`."""
    held = cell.kind in EXTREMES and cell.value is not None
    return Folded(
        figure=cell.figure,
        status=cell.status,
        value=None if cell.kind is Kind.TEXT else cell.value,
        qualifier=cell.qualifier,
        keys=cell.keys,
        holder=(cell.holder or organisation) if held else None,
        texts=tuple(sorted(cell.texts)),
        **{cell.status.value: 1},
    )


def combine(*states: Folded) -> Folded:
    """The fold of disjoint subtrees: associative and commutative, with `EMPTY` as its identity.

    Raises:
        MeaningMismatch, WrongKind, BasisMismatch: the states are not of one figure.
    """
    known = [state for state in states if state.figure]
    if not known:
        return EMPTY
    figure = _common_figure(known)
    keys = frozenset[int]().union(*(state.keys for state in known))
    value = _value(figure.kind, [state.value for state in known if state.value is not None], keys)
    return Folded(
        figure=figure,
        status=min((s.status for s in known if s.status), key=_STRENGTH.index, default=None),
        value=value,
        qualifier=max(state.qualifier for state in known),
        keys=keys,
        holder=min((s.holder for s in known if s.holder and s.value == value), default=None),
        texts=tuple(sorted(chain.from_iterable(state.texts for state in known))),
        reported=sum(state.reported for state in known),
        nil=sum(state.nil for state in known),
        not_applicable=sum(state.not_applicable for state in known),
    )


def fold_tree(cells: Iterable[Cell]) -> Folded:
    """The fold of one period's cells over disjoint organisations, in any order.

    Raises:
        MeaningMismatch, WrongKind, BasisMismatch: the cells are not of one figure.
    """
    return combine(*map(of, cells))


def fold_time(cells: Iterable[Cell]) -> Folded:
    """The fold of one organisation's cells over successive periods, given in time order.

    Over several organisations fold each over time first and then `combine`, so that the last stock that each
    reported is added. Year-to-date cells must lie within one year. The counts are those of all cells.

    Raises:
        MeaningMismatch, WrongKind, BasisMismatch: the cells are not of one figure.
    """
    states = [of(cell) for cell in cells]
    whole = combine(*states)
    if whole.figure is None or not _last_stands(whole.figure):
        return whole
    last = next((state for state in reversed(states) if state.value is not None), whole)
    return replace(last, reported=whole.reported, nil=whole.nil, not_applicable=whole.not_applicable)


def side_by_side(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells by meaning, in order of the digests: each group can be folded, the groups only shown."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.meaning, []).append(cell)
    return dict(sorted(groups.items()))


def _last_stands(figure: Figure) -> bool:
    return figure.kind is Kind.STOCK or (figure.kind is Kind.SUM and figure.basis is not Basis.INCREMENT)


def _value(kind: Kind, values: Sequence[int], keys: frozenset[int]) -> int | None:
    return (len(keys) if kind is Kind.DISTINCT else _REDUCE[kind](values)) if values else None


def _common_figure(states: Sequence[Folded]) -> Figure:
    figures = list(dict.fromkeys(state.figure for state in states if state.figure))
    for error, field, aspect, sentence in _MUST_AGREE:
        if len({aspect(figure) for figure in figures}) > 1:
            raise error({field: sentence}, sentence, figures=[str(figure) for figure in figures])
    return figures[0]
