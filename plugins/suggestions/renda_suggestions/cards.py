"""What the home page shows: to deputies what is theirs, to units what they handle, to clerks what waits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from renda.i18n import _
from renda.notices import remaining
from renda.records import tables
from renda.types import Request
from renda_suggestions import clerk, shown, whose
from renda_suggestions.deputy import OPEN
from renda_suggestions.records import SUGGESTIONS, Suggestion

_UNDER_WAY = ("submitted", "accepted", "assigned", "rehandling", "replied", "dissatisfied")
_WAITING = ("submitted", "accepted", "dissatisfied", "rated")
"""States in which a clerk has the next step; those with a last day the core's own list has."""


def deputies(request: Request) -> Mapping[str, Any] | None:
    """Three cards: make one, those that are mine, and those that wait for my rating."""
    own = whose.deputy(request)
    if own is None or request.context.barred(SUGGESTIONS):
        return None
    found = whose.listed(request.db, request.context.organisation.code, whose.of_deputy(own))
    led = [row for row in found if row.lead_deputy == own]
    under_way = [row for row in found if row.state in _UNDER_WAY]
    to_rate = [row for row in led if row.state == "replied"]
    mine = shown.address(request, "mine")
    return {
        "title": _("My suggestions"),
        "lines": [
            {
                "label": _("Suggestions and motions"),
                "figure": request.translate(_("Make a suggestion")),
                "href": shown.address(request, "new"),
            },
            {
                "label": _("My suggestions"),
                "figure": len(found),
                "href": mine,
                "unit": _("suggestion"),
                "light": "busy" if under_way else "ok",
                "text": _("${count} under way", mapping={"count": len(under_way)}),
            },
            {
                "label": _("Waiting for my rating"),
                "figure": len(to_rate),
                "href": mine,
                "unit": _("suggestion"),
            },
        ],
        "tasks": _tasks(request, [row for row in led if row.state in (*OPEN, "replied")], "one"),
    }


def units(request: Request) -> Mapping[str, Any] | None:
    """What the reader's unit has to reply to."""
    name = whose.unit(request)
    if name is None:
        return None
    rows = whose.listed(
        request.db,
        request.context.organisation.code,
        Suggestion.lead_handler == name,
        Suggestion.state.in_(("assigned", "rehandling")),
    )
    line = {
        "label": _("Suggestions to handle"),
        "figure": len(rows),
        "href": shown.address(request, "handling"),
        "unit": _("suggestion"),
    }
    return {
        "title": _("Suggestions to handle"),
        "lines": [line],
        "tasks": _tasks(request, rows, "assigned"),
    }


def clerks(request: Request) -> Mapping[str, Any] | None:
    """What waits to be accepted, assigned, handled again or closed."""
    rows = whose.listed(request.db, request.context.organisation.code, Suggestion.state.in_(_WAITING))
    if not rows:
        return None

    def href(row: Suggestion) -> str:
        accepted = row.state == "accepted"
        return shown.address(request, "assign", id=row.id) if accepted else clerk.record(request, row)

    return {"title": SUGGESTIONS.title, "tasks": _tasks(request, rows, href)}


def _tasks(
    request: Request, rows: Sequence[Suggestion], page: str | Callable[[Suggestion], str]
) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        limit = shown.stay(request, row)
        sign = tables.state_sign(SUGGESTIONS, row.state)
        due = shown.last_day(row)
        found.append(
            {
                "what": row.title,
                "due": due,
                "left": remaining.left(request, due),
                "light": limit["light"] if limit else sign["light"],
                "state": request.translate(sign["text"]),
                "href": shown.address(request, page, id=row.id) if isinstance(page, str) else page(row),
            }
        )
    return found
