"""How far one report is: which revision is current, and what was decided on it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

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
        return self.decision is not None and self.decision.decision == RETURN


def of(session: Session, organisation: str, template: str, period: str) -> Progress:
    """Where the report of an organisation for a template and period (their codes) stands."""
    standing = {
        row.standing: row.report
        for row in session.execute(
            select(Standing.standing, Standing.report).where(
                Standing.organisation == organisation,
                Standing.template == template,
                Standing.period == period,
            )
        )
    }
    report = standing.get(LATEST)
    if report is None:
        return Progress()
    row = session.execute(select(Report.revision, Report.late).where(Report.document == report)).one()
    return Progress(
        report, row.revision, row.late, standing.get(ENDORSED) == report, decision_on(session, report)
    )


def decision_on(session: Session, report: bytes) -> Decision | None:
    """The decision that stands on an exact report: of the highest (revision, issue time, hash)."""
    row = session.execute(
        select(Review.document, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Review.document)
        .where(Review.report == report)
        .order_by(Review.revision.desc(), Review.issued.desc(), Review.document.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    document = decode(row.payload)
    said = document.body
    notes = tuple((note[0], note[1], note[2]) for note in said["notes"])
    return Decision(row.document, document.origin, said["decision"], said["reason"], notes, document.issued)


def state(progress: Progress, template: Template, period: Period, today: date, *, begun: bool = False) -> str:
    """In one word: endorsed, returned, reported, or before that overdue, doing or missing."""
    if progress.report is None:
        if calendar.is_overdue(template, period, today):
            return "overdue"
        return "doing" if begun else "missing"
    if progress.endorsed:
        return "endorsed"
    return "returned" if progress.returned else "reported"
