"""How far one report is: which revision is current, and what was decided on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased

from renda.indicators.periods import Period
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import calendar
from renda_tiers.reports.models import ENDORSED, LATEST, Report, Review, Standing
from renda_tiers.reports.standings import RETURN
from renda_tiers.reports.template import Template

Note = tuple[str, str, str]
"""Indicator, dimension, words: a remark of the reviewer pinned to a cell."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the body above said of one exact report: `decision` is endorse or return."""

    document: bytes
    reviewer: str
    decision: str
    reason: str
    notes: tuple[Note, ...]
    issued: datetime

    @property
    def returned(self) -> bool:
        """Whether the report was returned, not endorsed."""
        return self.decision == RETURN


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a report stands.

    Attributes:
        report: hash of the current revision; None while nothing was submitted.
        revision: its number, or 0.
        endorsed: whether this very revision is endorsed.
        decision: what was decided on it, if anything.
    """

    report: bytes | None = None
    revision: int = 0
    late: bool = False
    endorsed: bool = False
    decision: Decision | None = None

    @property
    def returned(self) -> bool:
        """Whether the current revision was returned."""
        return self.decision is not None and self.decision.returned


def of(session: Session, organisation: str, template: str, period: str) -> Progress:
    """Where the report of an organisation for a template and period (their codes) stands."""
    standing = standing_reports(session, organisation, template, period)
    report = standing.get(LATEST)
    if report is None:
        return Progress()
    row = session.execute(select(Report.revision, Report.late).where(Report.document == report)).one()
    return Progress(
        report, row.revision, row.late, standing.get(ENDORSED) == report, decision_on(session, report)
    )


def standing_reports(session: Session, organisation: str, template: str, period: str) -> dict[str, bytes]:
    """Hashes of the revisions that count for a template and period (their codes), by standing."""
    rows = session.execute(
        select(Standing.standing, Standing.report).where(
            Standing.organisation == organisation,
            Standing.template == template,
            Standing.period == period,
        )
    )
    return {row.standing: row.report for row in rows}


def decisions_on(session: Session, reports: Collection[bytes]) -> dict[bytes, Decision]:
    """The decision that stands on each exact report: of the highest (revision, issue time, hash)."""
    rows = session.execute(
        select(Review.report, Review.document, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Review.document)
        .where(Review.report.in_(reports))
        .order_by(Review.revision, Review.issued, Review.document)
    )
    return {report: _decision(row) for report, row in {row.report: row for row in rows}.items()}


def decision_on(session: Session, report: bytes) -> Decision | None:
    """The decision that stands on one exact report, if there is any."""
    return decisions_on(session, [report]).get(report)


def _decision(row: Any) -> Decision:
    document = decode(row.payload)
    said = document.body
    notes = tuple((note[0], note[1], note[2]) for note in said["notes"])
    return Decision(row.document, document.origin, said["decision"], said["reason"], notes, document.issued)


def latest() -> Select[Any]:
    """The latest revisions, each with whether it is endorsed and what was decided on it; to be narrowed."""
    endorsed = aliased(Standing)
    decision = (
        select(Review.decision)
        .where(Review.report == Report.document)
        .order_by(Review.revision.desc(), Review.issued.desc(), Review.document.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Standing.organisation,
            Standing.template,
            Standing.period,
            Standing.report,
            Report.revision,
            Report.late,
            (endorsed.report == Standing.report).label("endorsed"),
            decision.label("decision"),
        )
        .join(Report, Report.document == Standing.report)
        .outerjoin(endorsed, endorsed_of(endorsed, Standing))
        .where(Standing.standing == LATEST)
    )


def endorsed_of(endorsed: Any, latest: Any) -> ColumnElement[bool]:
    """The condition that joins to a standing the endorsed one of the same report."""
    return and_(
        endorsed.organisation == latest.organisation,
        endorsed.template == latest.template,
        endorsed.period == latest.period,
        endorsed.standing == ENDORSED,
    )


def state(progress: Progress, template: Template, period: Period, today: date, *, begun: bool = False) -> str:
    """In one word: endorsed, returned, reported, or before that overdue, doing or missing."""
    if progress.report is None:
        return state_before(template, period, today, begun=begun)
    return state_after(endorsed=progress.endorsed, returned=progress.returned)


def state_before(template: Template, period: Period, today: date, *, begun: bool = False) -> str:
    """The state of a report of which nothing was submitted: overdue, doing or missing."""
    if calendar.is_overdue(template, period, today):
        return "overdue"
    return "doing" if begun else "missing"


def state_after(*, endorsed: bool | None, returned: bool) -> str:
    """The state of a submitted report, by what was decided on it: endorsed, returned or reported."""
    if endorsed:
        return "endorsed"
    return "returned" if returned else "reported"
