"""Directives on the home page: what is to be done here, and what an issuer must look after."""

from collections.abc import Mapping, Sequence
from typing import Any

from renda.i18n import _
from renda.notices import remaining
from renda.types import Request
from renda_tiers.directives import escalation, lists, nudges, phases
from renda_tiers.directives.lists import Entry
from renda_tiers.web import links
from renda_tiers.web.directives import address, said

MOST_TASKS = 12
"""Tasks of one kind; the list behind the card has the rest."""


def target(request: Request) -> Mapping[str, Any] | None:
    """What the organisation has still to do of what it was set, the nearest last day first."""
    code = request.context.organisation.code
    found = lists.pending(request.db, code, request.today)
    if not found:
        return None
    reminded = nudges.received(request.db, code)
    return {
        "title": _("Tasks from above"),
        "tasks": [_task(request, one, reminded=one.subject in reminded) for one in found[:MOST_TASKS]],
    }


def _task(request: Request, one: Entry, *, reminded: bool) -> dict[str, Any]:
    translate = request.translate
    (phase,) = one.phases
    light, text = said.PHASES[phase]
    if one.due < request.today:
        light, text = said.ESCALATIONS[escalation.OVERDUE]
    source = translate(_("${name}, reminded", mapping={"name": one.name})) if reminded else one.name
    return {
        "what": one.title,
        "from": source,
        "due": one.due,
        "left": remaining.left(request, one.due),
        "light": light,
        "state": translate(text),
        "href": address.to(request, "directive", one.subject),
    }


def issuer(request: Request) -> Mapping[str, Any] | None:
    """Open directives of the organisation: how many responses wait, and which deserve a look and why."""
    found, total = lists.issued(request.db, request.context.organisation.code, request.today)
    if not found:
        return None
    translate = request.translate
    waiting = sum(one.count(phases.DONE) for one in found)
    urgent = sum(many for one in found for why, many in one.escalations.items() if why in escalation.URGENT)
    notes = [
        *([translate(_("${n} to be verified", mapping={"n": waiting}))] if waiting else []),
        *([translate(_("${n} targets need attention", mapping={"n": urgent}))] if urgent else []),
    ]
    line = {
        "label": _("Tasks issued from here"),
        "figure": total,
        "href": links.to(request, "directives", {"side": "issued"}),
        "light": "bad" if urgent else "busy" if waiting else "ok",
        "text": " · ".join(notes) or translate(_("All in order")),
    }
    tasks = [task for one in found for task in _attention(request, one)]
    return {"title": _("Tasks issued from here"), "lines": [line], "tasks": tasks[:MOST_TASKS]}


def _attention(request: Request, one: Entry) -> list[dict[str, Any]]:
    """A line for each reason to look at a directive, which leads to those targets, ticked where it helps."""
    attention = {"show": "attention"}
    reasons: list[tuple[tuple[str, str], int, dict[str, str]]] = [
        (said.ESCALATIONS[why], one.escalations[why], attention)
        for why in escalation.URGENT
        if why in one.escalations
    ]
    if waiting := one.count(phases.DONE):
        ticked = {"show": phases.DONE, "select": phases.DONE}
        reasons.append((("warn", _("To be verified")), waiting, ticked))
    if one.above:
        reasons.append((("warn", _("To be issued anew or ended")), 0, {}))
    translate = request.translate
    return [
        {
            "what": one.title,
            "from": translate(_("Tasks issued from here")),
            "due": one.due,
            "left": remaining.left(request, one.due),
            "light": light,
            "state": f"{translate(text)} {many}" if many else translate(text),
            "href": address.to(request, "directive", one.subject, query),
        }
        for (light, text), many, query in reasons
    ]


def done(request: Request) -> Sequence[Mapping[str, Any]]:
    """What the organisation was set and nobody waits for any more, the last day that is nearest first."""
    code = request.context.organisation.code
    found, _total = lists.received(request.db, code, request.today)
    ended, _total = lists.received(request.db, code, request.today, ended=True)
    left = [one for one in found if not one.count(*phases.PENDING)]
    return [_listed(request, one, one.name) for one in (*left, *ended)]


def started(request: Request) -> Sequence[Mapping[str, Any]]:
    """Open directives of the organisation."""
    found, _total = lists.issued(request.db, request.context.organisation.code, request.today)
    return [_listed(request, one, request.translate(_("Tasks issued from here"))) for one in found]


def _listed(request: Request, one: Entry, source: str) -> dict[str, Any]:
    light, text = said.STATES[one.state]
    return {
        "what": one.title,
        "from": source,
        "when": one.due,
        "light": light,
        "state": request.translate(text),
        "href": address.to(request, "directive", one.subject),
    }
