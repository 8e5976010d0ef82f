"""What an organisation owes: its reports of the present periods, and how far each of them is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from renda.indicators.periods import Period, PeriodKind
from renda.types import Request
from renda_tiers.reports import calendar, definitions
from renda_tiers.reports.models import ENDORSED, LATEST, Entry, Report, Review, Standing
from renda_tiers.reports.standings import RETURN
from renda_tiers.reports.template import Template

AHEAD = frozenset({"missing", "doing", "returned", "overdue"})
"""States in which the organisation has something to do."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One report of one organisation.

    Attributes:
        state: missing, doing, overdue, reported, returned or endorsed.
        report: hash of the latest revision, if there is one.
        revision: its number, or 0.
    """

    template: Template
    period: Period
    state: str
    due: date | None
    locked: bool
    report: bytes | None = None
    revision: int = 0
    late: bool = False


def set_above(request: Request) -> list[Template]:
    """The templates that the organisation at hand, or one above it, has set."""
    above = {place.code for place in request.context.path}
    return [template for template in definitions.every(request.db) if template.origin in above]


def templates_of(request: Request) -> list[Template]:
    """Those of them whose reports it owes, by its tier and the modules that it uses."""
    context = request.context
    return [
        template
        for template in set_above(request)
        if context.organisation.tier in template.tiers
        and (not template.module or template.module in context.modules)
    ]


def owed(request: Request, templates: Iterable[Template]) -> list[Owed]:
    """The reports that the organisation at hand may fill in now, and all that it has sent or begun.

    By template, the latest period first. Two statements, however many reports there are.
    """
    code = request.context.organisation.code
    sent = {(row.template, row.period): row for row in request.db.execute(_sent(code))}
    begun = {tuple(row) for row in request.db.execute(_begun(code))}
    found = []
    for template in templates:
        periods = {period.code for period in calendar.offered(template, request.today)}
        periods |= {period for name, period in {*sent, *begun} if name == template.code}
        found += [
            _one(template, period, sent.get((template.code, period.code)), begun, request.today)
            for period in sorted(map(Period.parse, periods), reverse=True)
        ]
    return found


def spans(session: Session, templates: Iterable[Template]) -> dict[str, list[Period]]:
    """The ad hoc periods for which some body has reported, by the code of the template."""
    wanted = [one.code for one in templates if one.period in {PeriodKind.SPAN, PeriodKind.TERM}]
    if not wanted:
        return {}
    rows = session.execute(
        select(Report.template, Report.period).where(Report.template.in_(wanted)).distinct()
    )
    found: dict[str, list[Period]] = {code: [] for code in wanted}
    for row in rows:
        found[row.template].append(Period.parse(row.period))
    return {code: sorted(periods, reverse=True) for code, periods in found.items()}


def _begun(code: str) -> Any:
    return select(Entry.template, Entry.period).where(Entry.organisation == code).distinct()


def _sent(code: str) -> Any:
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
            Report.template,
            Report.period,
            Report.document,
            Report.revision,
            Report.late,
            decision.label("decision"),
            (endorsed.report == Report.document).label("endorsed"),
        )
        .join(Standing, and_(Standing.report == Report.document, Standing.standing == LATEST))
        .outerjoin(
            endorsed,
            and_(
                endorsed.organisation == Report.organisation,
                endorsed.template == Report.template,
                endorsed.period == Report.period,
                endorsed.standing == ENDORSED,
            ),
        )
        .where(Report.organisation == code)
    )


def _one(template: Template, period: Period, sent: Any, begun: set[Any], today: date) -> Owed:
    due = calendar.due_on(template, period)
    locked = calendar.is_locked(template, period, today)
    if sent is None:
        is_begun = (template.code, period.code) in begun
        state = "overdue" if due and today > due else "doing" if is_begun else "missing"
        return Owed(template, period, state, due, locked)
    state = "endorsed" if sent.endorsed else "returned" if sent.decision == RETURN else "reported"
    return Owed(template, period, state, due, locked, sent.document, sent.revision, sent.late)
