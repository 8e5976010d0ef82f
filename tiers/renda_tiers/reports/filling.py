"""What a report would say now: cells computed from records, beside what only a person knows and types.

Nothing here writes a report: `enter` keeps what was typed, and `renda_tiers.reports.submission` issues it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from renda.declarations import Measure
from renda.indicators import folds
from renda.indicators.derived import Ratio
from renda.indicators.kinds import Cell, Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.reports import calendar, comparison, figures, progress
from renda_tiers.reports.entering import Entered, ensure_open, enter, read, typed
from renda_tiers.reports.figures import Contribution
from renda_tiers.reports.models import Entry
from renda_tiers.reports.progress import Decision, Note
from renda_tiers.reports.reading import read_figure
from renda_tiers.reports.template import Line, Template

__all__ = [
    "Draft",
    "DraftCell",
    "Entered",
    "ensure_open",
    "enter",
    "fill",
    "prepare",
    "read",
    "read_figure",
]


@dataclass(frozen=True, slots=True)
class DraftCell:
    """A cell as it would be submitted now.

    Attributes:
        source: computed (from records), typed, or missing.
        cell: as the algebra knows it; None while missing.
        previous: the figure of the period before, where it means the same.
        differs: whether it deserves a look beside that.
        explanation: what the clerk wrote about it.
        note: what the reviewer wrote about it, returning the current revision.
        records: how many contributions it is made of.
    """

    line: Line
    dimension: str
    source: str
    cell: Cell | None = None
    previous: int | None = None
    differs: bool = False
    explanation: str = ""
    note: str = ""
    records: int = 0

    @property
    def status(self) -> Status | None:
        """None while missing."""
        return self.cell.status if self.cell else None

    @property
    def value(self) -> int | None:
        """In the indicator's smallest unit; None while missing."""
        return self.cell.value if self.cell else None

    @property
    def qualifier(self) -> Qualifier:
        """How exactly the value is known."""
        return self.cell.qualifier if self.cell else Qualifier.EXACT

    @property
    def words(self) -> str | None:
        """The remark of a text figure."""
        return self.cell.texts[0][1] if self.cell and self.cell.texts else None

    @property
    def keys(self) -> frozenset[int]:
        """What a distinct figure counts; never shown."""
        return self.cell.keys if self.cell else frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that could be submitted now.

    Attributes:
        cells: one for each line that holds a figure, in the template's order.
        state: missing, doing, overdue, reported, returned or endorsed.
        locked: whether it may not be filled in any more; a returned one may.
        submitted: hash of the current revision, or None.
        returned: the notes on cells of a current revision that was returned.
        decision: what the body above decided on the current revision, if anything.
        revision: number of the current revision, or 0.
    """

    organisation: str
    template: Template
    period: Period
    cells: tuple[DraftCell, ...]
    state: str
    locked: bool
    submitted: bytes | None = None
    returned: tuple[Note, ...] = ()
    decision: Decision | None = None
    revision: int = 0

    @property
    def missing(self) -> tuple[DraftCell, ...]:
        """The cells that keep it from being submitted."""
        return tuple(one for one in self.cells if one.status is None)

    @property
    def ratios(self) -> Mapping[str, Ratio | None]:
        """The derived figures, by indicator."""
        cells = {one.line.indicator: one.cell for one in self.cells}
        return figures.ratios(self.template, {name: folds.of(one) for name, one in cells.items() if one})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft with what its computed cells were folded from."""

    draft: Draft
    measured: Mapping[str, Measure]
    counted: Mapping[str, Sequence[Contribution]]


def fill(session: Session, organisation: str, template: Template, period: Period, *, today: date) -> Draft:
    """The report as it would be submitted on a day."""
    return prepare(session, organisation, template, period, today=today).draft


def prepare(
    session: Session, organisation: str, template: Template, period: Period, *, today: date
) -> Prepared:
    """The same, with the contributions."""
    measured = figures.measures(session, organisation, template, period.end)
    counted = figures.contributions(session, organisation, measured, period)
    entries = typed(session, organisation, template.code, period.code)
    before = comparison.before(session, organisation, template.code, period)
    stands = progress.of(session, organisation, template.code, period.code)
    notes = stands.decision.notes if stands.decision is not None and stands.returned else ()
    words = {(indicator, dimension): text for indicator, dimension, text in notes}
    cells = []
    for line in template.cells:
        place = (line.indicator, "")
        entry = entries.get(place)
        source, cell = _source(line, counted.get(line.indicator), entry)
        cells.append(
            DraftCell(
                line,
                "",
                source,
                cell,
                previous=before.value(line),
                differs=cell is not None and before.differs(line, cell.value),
                explanation=entry.explanation if entry else "",
                note=words.get(place, ""),
                records=len(counted.get(line.indicator, ())),
            )
        )
    draft = Draft(
        organisation,
        template,
        period,
        tuple(cells),
        progress.state(stands, template, period, today, begun=bool(entries)),
        calendar.is_locked(template, period, today) and not stands.returned,
        stands.report,
        notes,
        stands.decision,
        stands.revision,
    )
    return Prepared(draft, measured, counted)


def _source(
    line: Line, counted: Sequence[Contribution] | None, entry: Entry | None
) -> tuple[str, Cell | None]:
    """Where a cell comes from, and the cell."""
    if counted is not None:
        return "computed", figures.cell(line, counted)
    if entry is None or not entry.status:
        return "missing", None
    return "typed", figures.said(
        line,
        Status(entry.status),
        entry.value,
        qualifier=Qualifier(entry.qualifier),
        words=entry.words if line.kind is Kind.TEXT else None,
    )
