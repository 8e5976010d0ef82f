"""What an organisation owes: its reports of the present periods, and how far each of them is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from renda.indicators.periods import MONTHS, Period
from renda.types import Request
from renda_tiers.reports import calendar, catalogue, demands, nudging, progress
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
    known = held or book(request)
    asked = demands.of(request.db, request.context.organisation.code)

    def owed_now(one: Template) -> bool:
        if one.asked:
            return one.code in asked and is_for(request, one)
        periods = calendar.offered(one, request.today, known.at(one.code))
        revisions = [one, *(known.of(one.code, period) for period in periods)]
        return any(is_for(request, revision) for revision in revisions)

    return [one for one in set_above(request, known) if owed_now(one)]


def is_for(request: Request, template: Template | None) -> bool:
    """Whether the organisation at hand owes the reports that this revision of a template applies to."""
    context = request.context
    return (
        template is not None
        and context.organisation.tier in template.tiers
        and (not template.module or template.module in context.modules)
    )


def owed(request: Request, templates: Iterable[Template]) -> list[Owed]:
    """The reports that the organisation at hand may fill in now, and all sent, begun or reminded of.

    By template, the latest period first. The same few statements, however many reports there are.
    """
    code, held = request.context.organisation.code, book(request)
    asked = demands.of(request.db, code)
    sent = {
        (row.template, row.period): row
        for row in request.db.execute(progress.latest().where(Standing.organisation == code))
    }
    begun = {tuple(row) for row in request.db.execute(_begun(code))}
    reminded = {(one.template, one.period) for one in nudging.received(request.db, code)}
    found = []
    for template in templates:
        periods, at = asked.get(template.code, set()), held.at(template.code)
        if not template.asked:
            offered = calendar.offered(template, request.today, at)
            periods = {period.code for period in offered if is_for(request, at(period))}
        periods |= {period for name, period in {*sent, *begun, *reminded} if name == template.code}
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
            for period in sorted(map(Period.parse, periods), reverse=True)
        ]
    return found


def spans(request: Request, templates: Iterable[Template]) -> dict[str, list[Period]]:
    """The ad hoc periods of `reported`, by the code of the template."""
    return {one.code: reported(request, one) for one in templates if one.period not in MONTHS}


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
