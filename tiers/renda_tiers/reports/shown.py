"""A submitted report, read from the documents alone: its cells, what was decided on it, and its revisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators import folds
from renda.indicators.derived import Ratio
from renda.indicators.kinds import Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import comparison, definitions, figures, progress, standings
from renda_tiers.reports.comparison import Before
from renda_tiers.reports.models import ENDORSED, LATEST, Report, ReportCell, ReportCellKey
from renda_tiers.reports.progress import Decision
from renda_tiers.reports.template import Line, Template


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a report; None for a status where the report does not have it.

    Attributes:
        previous: the figure of the period before, where it means the same.
        differs: whether it deserves a look beside that.
        explanation: what the clerk wrote about it.
        note: what the reviewer wrote about it.
    """

    line: Line
    dimension: str
    status: Status | None
    value: int | None
    qualifier: Qualifier
    words: str | None
    previous: int | None
    differs: bool
    explanation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a report, with what was decided on it."""

    document: bytes
    revision: int
    issued: datetime
    late: bool
    reason: str
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report as those see it who may.

    Attributes:
        reason: why it corrects the revision before, or "".
        current: whether it is the revision that stands as the latest.
        endorsed: whether it is the revision that stands as the endorsed one.
        state: reported, returned, endorsed, or superseded where another revision is current.
        decision: what the direct parent said of it, if anything.
        history: all revisions, the newest first.
        ratios: the derived figures, by indicator.
        reviewable: whether the viewer is the one to decide about it, now.
    """

    document: bytes
    organisation: str
    name: str
    template: Template
    period: Period
    revision: int
    issued: datetime
    late: bool
    reason: str
    current: bool
    endorsed: bool
    state: str
    decision: Decision | None
    cells: tuple[ShownCell, ...]
    history: tuple[Revision, ...]
    ratios: Mapping[str, Ratio | None]
    reviewable: bool


def report(session: Session, viewer: str, document: bytes) -> ShownReport:
    """A revision of a report, as an organisation may see it that is its origin or stood above it.

    Raises:
        NotFound: there is no such report, or it is none of the viewer's.
    """
    row = session.execute(
        select(Report, Organisation.name, LedgerDocument.payload)
        .join(Organisation, Organisation.code == Report.organisation)
        .join(LedgerDocument, LedgerDocument.hash == Report.document)
        .where(Report.document == document)
    ).first()
    above = standings.ancestors_on(session, row.Report.organisation, row.Report.ends_on) if row else []
    if row is None or viewer not in above:
        raise NotFound(_("There is no such report."))
    found, said = row.Report, decode(row.payload).body
    template, period = definitions.load(session, found.definition), Period.parse(found.period)
    history = _history(session, found)
    decision = next(one.decision for one in history if one.document == document)
    stands = progress.standing_reports(session, found.organisation, found.template, found.period)
    before = comparison.before(session, found.organisation, found.template, period)
    cells = _cells(session, document, template, before)
    cells = _with_words(cells, said["explanations"], decision.notes if decision else ())
    current, endorsed = stands.get(LATEST) == document, stands.get(ENDORSED) == document
    return ShownReport(
        document=document,
        organisation=found.organisation,
        name=row.name,
        template=template,
        period=period,
        revision=found.revision,
        issued=found.issued,
        late=found.late,
        reason=said["reason"],
        current=current,
        endorsed=endorsed,
        state=_state(decision, current=current, endorsed=endorsed),
        decision=decision,
        cells=cells,
        history=tuple(history),
        ratios=_ratios(session, document, template, cells),
        reviewable=current and above[1:2] == [viewer],
    )


def _state(decision: Decision | None, *, current: bool, endorsed: bool) -> str:
    if not current and not endorsed:
        return "superseded"
    return progress.state_after(endorsed=endorsed, returned=decision is not None and decision.returned)


def _history(session: Session, found: Report) -> list[Revision]:
    rows = session.execute(
        select(Report.document, Report.revision, Report.issued, Report.late, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Report.document)
        .where(
            Report.organisation == found.organisation,
            Report.template == found.template,
            Report.period == found.period,
        )
        .order_by(Report.revision.desc(), Report.issued.desc(), Report.document.desc())
    ).all()
    decisions = progress.decisions_on(session, [row.document for row in rows])
    return [
        Revision(
            row.document,
            row.revision,
            row.issued,
            row.late,
            decode(row.payload).body["reason"],
            decisions.get(row.document),
        )
        for row in rows
    ]


def _cells(session: Session, document: bytes, template: Template, before: Before) -> tuple[ShownCell, ...]:
    rows = session.scalars(
        select(ReportCell).where(ReportCell.report == document).order_by(ReportCell.dimension)
    )
    held: dict[str, list[ReportCell]] = {}
    for row in rows:
        held.setdefault(row.indicator, []).append(row)
    return tuple(
        ShownCell(
            line,
            row.dimension,
            Status(row.status) if row.status else None,
            row.value,
            Qualifier(row.qualifier),
            row.words,
            before.value(line, row.dimension),
            bool(row.status) and before.differs(line, row.value, row.dimension),
        )
        for line in template.cells
        for row in held.get(line.indicator, [ReportCell(dimension="", qualifier=0)])
    )


def _with_words(
    cells: Iterable[ShownCell], explanations: Iterable[Sequence[str]], notes: Iterable[Sequence[str]]
) -> tuple[ShownCell, ...]:
    explained = {(one[0], one[1]): one[2] for one in explanations}
    noted = {(one[0], one[1]): one[2] for one in notes}
    return tuple(
        replace(
            one,
            explanation=explained.get((one.line.indicator, one.dimension), ""),
            note=noted.get((one.line.indicator, one.dimension), ""),
        )
        for one in cells
    )


def _ratios(
    session: Session, document: bytes, template: Template, cells: Sequence[ShownCell]
) -> Mapping[str, Ratio | None]:
    keys: dict[str, set[int]] = {}
    for row in session.execute(
        select(ReportCellKey.indicator, ReportCellKey.key).where(
            ReportCellKey.report == document, ReportCellKey.dimension == ""
        )
    ):
        keys.setdefault(row.indicator, set()).add(row.key)
    whole = {
        one.line.indicator: folds.of(
            figures.said(
                one.line,
                one.status,
                one.value,
                qualifier=one.qualifier,
                keys=keys.get(one.line.indicator, ()) if one.line.kind is Kind.DISTINCT else (),
            )
        )
        for one in cells
        if one.status is not None and not one.dimension
    }
    return figures.ratios(template, whole)
