"""What an organisation owes: its reports of the present periods, and how far each of them is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.indicators.periods import Period, PeriodKind
from renda.types import Request
from renda_tiers.reports import calendar, definitions, nudging, progress
from renda_tiers.reports.models import Entry, Report, Standing
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
        reminded: whether the level above asked for it while nothing was sent.
    """

    template: Template
    period: Period
    state: str
    due: date | None
    locked: bool
    report: bytes | None = None
    revision: int = 0
    late: bool = False
    reminded: bool = False


def set_above(request: Request) -> list[Template]:
    """The templates that the organisation at hand, or one above it, has set."""
    above = {place.code for place in request.context.path}
    here = request.context.organisation.code
    return [template for template in definitions.every(request.db, here) if template.origin in above]


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
    """The reports that the organisation at hand may fill in now, and all sent, begun or reminded of.

    By template, the latest period first. Three statements, however many reports there are.
    """
    code = request.context.organisation.code
    sent = {
        (row.template, row.period): row
        for row in request.db.execute(progress.latest().where(Standing.organisation == code))
    }
    begun = {tuple(row) for row in request.db.execute(_begun(code))}
    reminded = {(one.template, one.period) for one in nudging.received(request.db, code)}
    found = []
    for template in templates:
        periods = {period.code for period in calendar.offered(template, request.today)}
        periods |= {period for name, period in {*sent, *begun, *reminded} if name == template.code}
        found += [
            replace(
                _one(template, period, sent.get((template.code, period.code)), begun, request.today),
                reminded=(template.code, period.code) in reminded,
            )
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


def _one(template: Template, period: Period, sent: Any, begun: set[Any], today: date) -> Owed:
    due = calendar.due_on(template, period)
    locked = calendar.is_locked(template, period, today)
    if sent is None:
        is_begun = (template.code, period.code) in begun
        state = progress.state_before(template, period, today, begun=is_begun)
        return Owed(template, period, state, due, locked)
    state = progress.state_after(endorsed=sent.endorsed, returned=sent.decision == RETURN)
    return Owed(template, period, state, due, locked, sent.report, sent.revision, sent.late)
