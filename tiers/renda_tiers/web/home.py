"""The chain's cards on the home page: what a clerk must send, and what a reviewer must look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, exists, select

from renda.directory.models import Edge
from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.indicators.periods import Period
from renda.notices import remaining
from renda.profile import profile_at
from renda.types import Request
from renda_tiers.reports import calendar
from renda_tiers.reports.catalogue import Catalogue
from renda_tiers.reports.models import LATEST, Report, Review, Standing
from renda_tiers.reports.standings import valid_on
from renda_tiers.reports.template import Template
from renda_tiers.rollup import coverage
from renda_tiers.web import links, words
from renda_tiers.web.owed import AHEAD, Owed, book, owed, set_above, templates_of

MOST_TASKS = 12
"""Tasks of one kind; the lists behind the cards have the rest."""
MOST_DONE = 50
"""Reports that were sent, of all templates; the list of reports has the rest."""
MOST_CARDS = 4
"""Templates whose progress is shown; the page of who has reported has the rest."""


def has_below(request: Request) -> bool:
    """Whether organisations may hang on the one at hand: who has reported, and totals, are about these."""
    return bool(profile_at(request.registry.profiles, request.context.organisation.tier).children)


def clerk(request: Request) -> Mapping[str, Any] | None:
    """Reports that the organisation can send now, the returned and the late ones first."""
    found = [one for one in owed(request, templates_of(request)) if _is_due(one, request)]
    if not found:
        return None
    found.sort(key=lambda one: _urgency(one, request))
    overdue = sum(one.state == "overdue" for one in found)
    return {
        "title": _("Own reports"),
        "lines": [
            {
                "label": _("Reports to send"),
                "figure": len(found),
                "href": links.to(request, "reports"),
                "light": "bad" if overdue else None,
                "text": request.translate(_("${n} overdue", mapping={"n": overdue})) if overdue else None,
            }
        ],
        "tasks": [
            *(_task(request, one) for one in found[:MOST_TASKS]),
            *_rest(request, found, links.to(request, "reports")),
        ],
    }


def _rest(request: Request, found: Sequence[Any], href: str) -> list[dict[str, Any]]:
    """A last line that says how many are not shown, and where they are."""
    left = len(found) - MOST_TASKS
    more = {
        "what": request.translate(_("${n} more", mapping={"n": left})),
        "light": "off",
        "state": "",
        "href": href,
    }
    return [more] if left > 0 else []


def _is_due(one: Owed, request: Request) -> bool:
    """What can be sent now and should be: returned, reminded of, or of a period that has ended."""
    if one.state == "returned":
        return True
    open_ = one.state in AHEAD and not one.locked
    return open_ and (one.reminded or not calendar.is_running(one.period, request.today))


def _urgency(one: Owed, request: Request) -> tuple[Any, ...]:
    return one.state != "returned", one.state != "overdue", not one.reminded, one.due or request.today


def _titled(request: Request, template: Template, period: Period) -> str:
    return f"{words.said(template.titles, request.translate)} {request.translate(period.title())}"


def _task(request: Request, one: Owed) -> dict[str, Any]:
    translate, state = request.translate, words.state(one.state)
    source = _("Reminded by the level above") if one.reminded else _("Own reports")
    return {
        "what": _titled(request, one.template, one.period),
        "from": translate(source),
        "due": one.due,
        "left": remaining.left(request, one.due),
        "light": state["light"],
        "state": translate(state["text"]),
        "href": links.to(request, "form", template=one.template.code, period=one.period.code),
    }


def sent(request: Request) -> Sequence[Mapping[str, Any]]:
    """Reports that the organisation has sent and that were not returned, the latest period first."""
    found = [one for one in owed(request, templates_of(request)) if one.state in {"reported", "endorsed"}]
    found.sort(key=lambda one: one.period.end, reverse=True)
    return [{**_task(request, one), "due": None, "left": None, "when": one.due} for one in found[:MOST_DONE]]


def reviewer(request: Request) -> Mapping[str, Any] | None:
    """How many of the direct children have reported, and the reports that wait for a review."""
    held = book(request)
    templates = {one.code: one for one in set_above(request, held)}
    waiting = [
        row
        for row in request.db.execute(_waiting(request.context.organisation.code))
        if row.template in templates
    ]
    shown = [one for one in templates.values() if not one.asked][:MOST_CARDS]
    lines = [line for one in shown if (line := _progress(request, held, one)) is not None]
    if not lines and not waiting:
        return None
    return {
        "title": _("Reports from below"),
        "lines": lines,
        "tasks": [
            *(_review(request, templates[row.template], row) for row in waiting[:MOST_TASKS]),
            *_rest(request, waiting, links.to(request, "matrix")),
        ],
    }


def _waiting(code: str) -> Any:
    """The latest reports of the direct children on which nothing was decided, the oldest first."""
    decided = exists().where(Review.report == Report.document)
    return (
        select(Report.document, Report.template, Report.period, OrganisationRow.name)
        .join(Standing, and_(Standing.report == Report.document, Standing.standing == LATEST))
        .join(Edge, and_(Edge.child == Report.organisation, *valid_on(Edge, Report.ends_on)))
        .join(OrganisationRow, OrganisationRow.code == Report.organisation)
        .where(Edge.parent == code, ~decided)
        .order_by(Report.issued, Report.document)
    )


def _review(request: Request, template: Template, row: Any) -> dict[str, Any]:
    return {
        "what": f"{row.name} {_titled(request, template, Period.parse(row.period))}",
        "light": "busy",
        "state": request.translate(_("To be reviewed")),
        "href": links.to(request, "report", document=row.document),
    }


def _progress(request: Request, held: Catalogue, of_today: Template) -> dict[str, Any] | None:
    """A card for the latest period that has ended: how many of those who owe the report have sent it."""
    offered = calendar.offered(of_today, request.today, held.at(of_today.code))
    period = next((one for one in offered if one.end < request.today), None)
    template = held.of(of_today.code, period) if period else None
    if period is None or template is None:
        return None
    code = request.context.organisation.code
    rows = _children(request, template, period, code)
    if not rows:
        return None
    lacking = sum(row.state in {"missing", "overdue"} for row in rows)
    text = _("${n} have not reported", mapping={"n": lacking}) if lacking else _("All have reported")
    query = {"template": template.code, "period": period.code}
    return {
        "label": _titled(request, template, period),
        "figure": f"{len(rows) - lacking}/{len(rows)}",
        "href": links.to(request, "matrix", query),
        "light": "warn" if lacking else "ok",
        "text": request.translate(text),
    }


def _children(
    request: Request, template: Template, period: Period, code: str
) -> Sequence[coverage.MatrixRow]:
    rows = coverage.matrix(request.db, code, template, period, today=request.today)
    return [row for row in rows if row.organisation != code and row.owes]
