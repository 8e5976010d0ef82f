"""The chain's cards on the home page: what a clerk must send, and what a reviewer must look at."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, func, select

from renda.directory.models import Edge
from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.indicators.periods import Period
from renda.types import Request
from renda_tiers.reports import nudging
from renda_tiers.reports.definitions import Template
from renda_tiers.reports.models import LATEST, Report, Review, Standing
from renda_tiers.reports.standings import valid_on
from renda_tiers.web import links, words
from renda_tiers.web.owed import AHEAD, Owed, owed, templates_of

_SHOWN = 12
"""Tasks of one kind at most; the lists behind the links have the rest."""


def _titled(request: Request, template: Template, period: Period) -> str:
    return f"{words.said(template.titles, request.translate)} {request.translate(period.title())}"


def clerk(request: Request) -> Mapping[str, Any] | None:
    """Reports that the organisation owes now, the returned and the late ones first."""
    found = [one for one in owed(request, templates_of(request)) if _is_due(one, request)]
    if not found:
        return None
    nudges = nudging.received(request.db, request.context.organisation.code)
    reminded = {(one.template, one.period) for one in nudges}
    order = list(words.STATES)
    found.sort(key=lambda one: (one.state != "returned", one.state != "overdue", order.index(one.state)))
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
        "tasks": [_task(request, one, reminded) for one in found[:_SHOWN]],
    }


def _is_due(one: Owed, request: Request) -> bool:
    """What can be sent now: returned, or of a period that has ended and is not locked."""
    if one.state == "returned":
        return True
    return one.state in AHEAD and not one.locked and one.period.end < request.today


def _task(request: Request, one: Owed, reminded: set[tuple[str, str]]) -> dict[str, Any]:
    state = words.state(one.state)
    nudged = (one.template.code, one.period.code) in reminded
    translate = request.translate
    names = {"template": one.template.code, "period": one.period.code}
    return {
        "what": _titled(request, one.template, one.period),
        "from": translate(_("Reminded by the level above")) if nudged else translate(_("Own reports")),
        "due": one.due,
        "left": words.days_left(one.due, request.today, translate),
        "light": state["light"],
        "state": translate(state["text"]),
        "href": links.to(request, "form", **names),
    }


def reviewer(request: Request) -> Mapping[str, Any] | None:
    """Reports of the direct children that wait for a review, and how many have reported."""
    code = request.context.organisation.code
    above = {place.code for place in request.context.path}
    waiting = request.db.execute(_waiting(code)).all()
    templates = {one.code: one for one in templates_of(request)}
    del above
    return {
        "title": _("Reports from below"),
        "lines": [],
        "tasks": [
            {
                "what": f"{row.name} {_titled(request, templates[row.template], Period.parse(row.period))}",
                "light": "busy",
                "state": request.translate(_("To be reviewed")),
                "href": links.to(request, "report", document=row.document),
            }
            for row in waiting[:_SHOWN]
            if row.template in templates
        ],
    }


def _waiting(code: str) -> Any:
    del exists, func, LATEST, Report, Review, Standing, Edge, OrganisationRow, valid_on
