"""What an organisation owes: its reports of the present periods, and how far each of them is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from renda.indicators.periods import MONTHS, Period
from renda.types import Request
from renda_tiers.reports import calendar, catalogue, demands, nudging, owing, progress
from renda_tiers.reports.catalogue import Catalogue
from renda_tiers.reports.models import LATEST, Entry, Standing
from renda_tiers.reports.standings import RETURN
from renda_tiers.reports.template import Template
from renda_tiers.rollup import expectation

AHEAD = frozenset({"missing", "doing", "returned", "overdue"})
"""States in which the organisation has something to do."""
MOST_SPANS = 50
"""Ad hoc periods of a template that a page lists; any other opens by its address."""


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


def set_above(request: Request, held: Catalogue | None = None) -> list[Template]:
    """The templates that the organisation at hand, or one above it, has set, as they are today.

    Those of directives come last.
    """
    above = {place.code for place in request.context.path}
    found = [one for one in (held or book(request)).every(request.today) if one.origin in above]
    return sorted(found, key=lambda template: template.asked)


def book(request: Request) -> Catalogue:
    """The templates of the organisation at hand, with all their revisions."""
    return catalogue.read(request.db, request.context.organisation.code)


def templates_of(request: Request, held: Catalogue | None = None) -> list[Template]:
    """Those of them whose reports it owes now, by its tier, its modules and what is asked of it."""
    found = owing.of(request.db, request.context.organisation.code)
    owed_now = owing.templates(found, held or book(request), request.today)
    return sorted(owed_now, key=lambda template: template.asked)


def owed(request: Request, templates: Iterable[Template]) -> list[Owed]:
    """The reports that the organisation at hand may fill in now, and all sent, begun or reminded of.

    By template, the latest period first. The same few statements, however many reports there are.
    """
    code, held = request.context.organisation.code, book(request)
    mine = owing.of(request.db, code)
    sent = {
        (row.template, row.period): row
        for row in request.db.execute(progress.latest().where(Standing.organisation == code))
    }
    begun = {tuple(row) for row in request.db.execute(_begun(code))}
    reminded = {(one.template, one.period) for one in nudging.received(request.db, code)}
    found = []
    for template in templates:
        at = held.at(template.code)
        touched = {Period.parse(period) for name, period in {*begun, *reminded} if name == template.code}
        periods = {
            *mine.open(held, template, request.today),
            *(one for one in touched if mine.owes(at(one) or template, one)),
            *(Period.parse(period) for name, period in sent if name == template.code),
        }
        found += [
            replace(
                _one(
                    at(period) or template,
                    period,
                    sent.get((template.code, period.code)),
                    begun,
                    request.today,
                ),
                reminded=(template.code, period.code) in reminded,
            )
            for period in sorted(periods, reverse=True)
        ]
    return found


def spans(request: Request, templates: Iterable[Template]) -> dict[str, list[Period]]:
    """The ad hoc periods of `reported` that the organisation at hand owes, by the code of the template."""
    mine = owing.of(request.db, request.context.organisation.code)
    return {
        one.code: [period for period in reported(request, one) if mine.owes(one, period)]
        for one in templates
        if one.period not in MONTHS
    }


def reported(request: Request, template: Template) -> list[Period]:
    """The periods that the organisation at hand, those above and those below it have reported on or owe.

    The latest first; of ad hoc ones, whose number nothing bounds, the last `MOST_SPANS`.
    """
    context = request.context
    below = expectation.subtree([context.organisation.code], request.today)
    statement = (
        select(Standing.period)
        .where(
            Standing.template == template.code,
            Standing.standing == LATEST,
            or_(
                Standing.organisation.in_([place.code for place in context.path]),
                Standing.organisation.in_(select(below.c.code)),
            ),
        )
        .distinct()
        .order_by(Standing.period.desc())
    )
    if template.period not in MONTHS:
        statement = statement.limit(MOST_SPANS)
    asked = demands.periods(request.db, template.code) if template.asked else []
    return sorted({*map(Period.parse, request.db.scalars(statement)), *asked}, reverse=True)


def _begun(code: str) -> Any:
    return select(Entry.template, Entry.period).where(Entry.organisation == code).distinct()


def _one(template: Template, period: Period, sent: Any, begun: set[Any], today: date) -> Owed:
    due = calendar.due_on(template, period)
    locked = calendar.is_locked(template, period, today)
    if sent is None:
        is_begun = (template.code, period.code) in begun
        state = progress.state_before(template, period, today, begun=is_begun)
        return Owed(template, period, state, due, locked)
    returned = sent.decision == RETURN
    state = progress.state_after(endorsed=sent.endorsed, returned=returned)
    return Owed(template, period, state, due, locked and not returned, sent.report, sent.revision, sent.late)
