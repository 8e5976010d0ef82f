"""Folding: how cells become one figure, over the tree and over time.

Over the tree a fold is a commutative monoid, so that no order and no grouping of what is folded matters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.kinds import (
    EXTREMES,
    Basis,
    BasisMismatch,
    Cell,
    Figure,
    Kind,
    MeaningMismatch,
    Qualifier,
    Status,
    WrongKind,
)

_REDUCE: dict[Kind, Callable[[Iterable[int]], int]]
_REDUCE = {Kind.SUM: sum, Kind.STOCK: sum, Kind.LOW: min, Kind.HIGH: max}
_STRENGTH = list(Status)

_DEFINITION = attrgetter("meaning", "indicator", "dimension")
_MUST_AGREE: tuple[tuple[type[Invalid], str, Callable[[Figure], object], str], ...] = (
    (MeaningMismatch, "meaning", _DEFINITION, _("Differently defined figures are shown, but not added.")),
    (WrongKind, "kind", attrgetter("kind"), _("Figures of different kinds cannot be added.")),
    (BasisMismatch, "basis", attrgetter("basis"), _("A figure so far and one of a period cannot be added.")),
)


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
    if whole.figure is None or not last_stands(whole.figure.kind, whole.figure.basis):
        return whole
    last = next((state for state in reversed(states) if state.value is not None), whole)
    return replace(last, reported=whole.reported, nil=whole.nil, not_applicable=whole.not_applicable)


def side_by_side(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells by meaning, in order of the digests: each group can be folded, the groups only shown."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.meaning, []).append(cell)
    return dict(sorted(groups.items()))


def last_stands(kind: Kind | None, basis: Basis) -> bool:
    """Whether a figure stands until it is reported again: stocks, and sums that are not increments."""
    return kind is Kind.STOCK or (kind is Kind.SUM and basis is not Basis.INCREMENT)


def _value(kind: Kind, values: Sequence[int], keys: frozenset[int]) -> int | None:
    return (len(keys) if kind is Kind.DISTINCT else _REDUCE[kind](values)) if values else None


def _common_figure(states: Sequence[Folded]) -> Figure:
    figures = list(dict.fromkeys(state.figure for state in states if state.figure))
    for error, field, aspect, sentence in _MUST_AGREE:
        if len({aspect(figure) for figure in figures}) > 1:
            raise error({field: sentence}, sentence, figures=[str(figure) for figure in figures])
    return figures[0]
