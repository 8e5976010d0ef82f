"""Computing a report: measures give contributions, and cells are folds of these and of nothing else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from renda.database import scope_to
from renda.declarations import Measure, Span
from renda.declarations.modules import CORE
from renda.directory.service import modules_in_use
from renda.errors import ScopeMissing
from renda.indicators import folds as folding
from renda.indicators import kinds
from renda.indicators.derived import Ratio, ratio
from renda.indicators.folds import Folded
from renda.indicators.kinds import EXTREMES, Cell, Kind, Status
from renda.indicators.periods import Period
from renda.plugins import Declared
from renda_tiers.reports.template import Line, Template


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one record adds to a cell.

    Attributes:
        type: name of the record type that the record is of.
        record: id of the record.
        value: in the indicator's smallest unit.
        key: keyed hash of what a distinct figure counts once, or None.
    """

    indicator: str
    dimension: str
    type: str
    record: str
    value: int
    key: int | None = None


@contextmanager
def only(session: Session, organisation: str) -> Iterator[None]:
    """Narrow a session to one organisation; never wider than it was.

    Raises:
        ScopeMissing: the session was opened for nobody.
    """
    if "scope" not in session.info:
        raise ScopeMissing
    before = session.info["scope"]
    scope_to(session, {organisation} if before is None else {organisation} & before)
    try:
        yield
    finally:
        session.info["scope"] = before


def measures(session: Session, organisation: str, template: Template, day: date) -> dict[str, Measure]:
    """What computes lines of a template, by indicator, for an organisation and a period that ends on a day.

    A line is computed where this node declares the very figure that the template means, and the
    organisation uses the module whose records it measures.
    """
    declared: Declared = session.info["registry"].declared
    used = {CORE, *modules_in_use(session, organisation, day)}
    found = {}
    for line in template.cells:
        indicator = declared.indicators.get(line.indicator)
        if line.typed or indicator is None or indicator.measure is None or indicator.meaning != line.meaning:
            continue
        if line.kind is not Kind.TEXT and declared.module_of_indicator(line.indicator) in used:
            found[line.indicator] = indicator.measure
    return found


def contributions(
    session: Session, organisation: str, measured: Mapping[str, Measure], period: Period
) -> dict[str, list[Contribution]]:
    """What each measure counts, in a fixed order; a measure that counts nothing has an empty list."""
    span = Span(organisation, period.start, period.end)
    with only(session, organisation):
        return {
            indicator: sorted(
                (
                    Contribution(indicator, "", measure.records, str(row.record), int(row.value), row.key)
                    for row in session.execute(measure.select(span))
                ),
                key=lambda one: (one.record, one.value, one.key or 0),
            )
            for indicator, measure in measured.items()
        }


def cell(line: Line, counted: Sequence[Contribution], dimension: str = "") -> Cell:
    """The fold of contributions; of none an explicit zero, and of an extreme of nothing no figure at all.

    Raises:
        WrongKind, Invalid: a measure gives what the figure's kind does not allow.
    """
    if not counted:
        if line.kind in EXTREMES:
            return said(line, Status.NOT_APPLICABLE, dimension=dimension)
        return said(line, Status.NIL, 0, dimension=dimension)
    folded = folding.fold_tree(
        said(line, Status.REPORTED, 1, dimension=dimension, keys=frozenset({one.key}))
        if line.kind is Kind.DISTINCT
        else said(line, Status.REPORTED, one.value, dimension=dimension)
        for one in counted
    )
    whole = said(line, Status.REPORTED, folded.value, dimension=dimension, keys=folded.keys)
    return kinds.checked(whole)


def said(
    line: Line,
    status: Status,
    value: int | None = None,
    *,
    dimension: str = "",
    qualifier: kinds.Qualifier = kinds.Qualifier.EXACT,
    keys: Iterable[int | None] = (),
    words: str | None = None,
) -> Cell:
    """A cell of a line that holds a figure, as the algebra knows it."""
    return Cell(
        indicator=line.indicator,
        dimension=dimension,
        meaning=line.meaning,
        kind=line.kind or Kind.SUM,
        basis=line.basis,
        status=status,
        value=value,
        qualifier=qualifier,
        keys=frozenset(keys),  # type: ignore[arg-type] # `checked` refuses a missing key
        texts=(("", words),) if words else (),
    )


def ratios(template: Template, folds: Mapping[str, Folded]) -> dict[str, Ratio | None]:
    """The derived lines of a template, divided from the folds of its others; None where they cannot be."""
    return {
        line.indicator: ratio(
            folds.get(line.numerator, folding.EMPTY), folds.get(line.denominator, folding.EMPTY), line.scale
        )
        for line in template.lines
        if line.kind is None
    }
