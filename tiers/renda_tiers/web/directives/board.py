"""A directive's page: what is asked, the board of every level, and what the reader may do about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from renda.clock import local_day, local_minute
from renda.excel.shown import Table
from renda.i18n import _
from renda.notices import remaining
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.directives import boards, endings, held, nudges, phases, versions
from renda_tiers.directives.boards import Board, Row
from renda_tiers.directives.held import Held
from renda_tiers.documents.attached import ENDINGS
from renda_tiers.web import links
from renda_tiers.web.directives import address, desk, fields, said

SAID: Mapping[str, str] = {
    "issued": _("The task is set; its receipt shows when it has been delivered."),
    "acknowledged": _("The task is acknowledged."),
    "progress": _("What was done is reported."),
    "done": _("Done is reported; the issuer verifies it."),
    "verify": _("Verified."),
    "return": _("Returned; the organisations see the reason."),
    "nudged": _("Reminded; they see it on their to-do list."),
    "again": _("They were all reminded today already."),
    "revised": _("Issued anew."),
    "closed": _("The task is closed out."),
    "cancelled": _("The task is cancelled."),
}
"""What the page says after a step that its address names."""

COLUMNS = [
    {"title": _("Organisation")},
    {"title": _("State")},
    {"title": _("Due"), "kind": "day"},
    {"title": _("Last word")},
]
FILTERS: Mapping[str, str] = {
    "": _("All"),
    "attention": _("Needs attention"),
    phases.DONE: _("To be verified"),
    "open": _("Not done"),
    phases.VERIFIED: _("Verified"),
}


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The page, for everybody who holds the directive."""
    return page(context, request, {}, {})


def page(
    context: Organisation, request: Request, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, Any]:
    """What the template needs; `typed` is what was sent and refused."""
    code, translate = context.organisation.code, request.translate
    found = held.find(request.db, address.subject(request), code)
    board = boards.board(request.db, code, found.subject, request.today)
    mine = found.issuer == code and bool(request.has_permission("direct", context))
    acts = mine and found.open
    chosen = _chosen(request)
    done = SAID.get(request.GET.get("said", ""))
    return {
        "title": found.body["title"],
        "state": said.light(said.STATES[found.body["state"]]),
        "facts": _facts(request, found),
        "steps": found.body["steps"],
        "files": address.files(request, found.subject, found.call),
        "ending": _ending(request, found),
        "above": said.ABOVE.get(board.above, "") if mine else "",
        "desk": desk.of(context, request, found, board, typed=typed, errors=errors),
        "mine": acts,
        "tabs": _tabs(request, found, board, chosen),
        "rows": _rows(request, found, board, chosen, acts=acts),
        "picked": _picked(board, chosen) if acts else {},
        "joining": _joining(request, found) if acts else [],
        "acts": _forms(request, found, board, typed, errors) if acts else {},
        "endings": ENDINGS,
        "errors": errors,
        "to": {
            name: address.to(request, f"directive-{name}", found.subject)
            for name in ("respond", "decide", "end", "revise")
        },
        "paper": address.paper(request, found.subject),
        "sheet": address.to(request, "directive.sheet", found.subject, {"show": chosen}),
        "list": request.route_path("tiers.directives", org=code),
        "flashes": [{"light": "ok", "text": translate(done)}] if done else [],
    }


def _chosen(request: Request) -> str:
    chosen: str = request.GET.get("show", "")
    return chosen if chosen in FILTERS else ""


def table(context: Organisation, request: Request) -> Table:
    """Where everybody is, for a workbook."""
    code, chosen = context.organisation.code, _chosen(request)
    found = held.find(request.db, address.subject(request), code)
    board = boards.board(request.db, code, found.subject, request.today)
    rows = [{"cells": _cells(row)} for row in _rows(request, found, board, chosen, acts=False)]
    return Table(found.body["title"], COLUMNS, rows, [FILTERS[chosen]] if chosen else [])


def _cells(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    below = [row["task"]["title"] if row["task"] else "", row["above"]]
    return [
        {"text": row["name"], "note": " · ".join(filter(None, below))},
        row["state"],
        row["due"],
        {"text": row["spoken"] if row["response"] else None, "note": row["reminded"]},
    ]


def _facts(request: Request, found: Held) -> list[dict[str, Any]]:
    body = found.body
    (issuer,) = fields.names(request, [found.issuer])
    facts: list[dict[str, Any]] = [
        {"label": _("From"), "value": issuer},
        {"label": _("Set on"), "value": local_minute(found.call.issued)},
        {
            "label": _("Due"),
            "value": {
                "text": found.due,
                "note": remaining.left(request, found.due) if found.open else None,
                "note_light": "bad" if found.due < request.today else "",
            },
        },
    ]
    if body["report"]:
        facts.append({"label": _("Report that is asked for"), "value": _report(request, body["report"])})
    if found.current.revision > 1:
        facts.append({"label": _("Version"), "value": str(found.current.revision)})
    if body["reason"] and found.open:
        facts.append({"label": _("Why it was issued anew"), "value": body["reason"], "kind": "paragraph"})
    if body["text"]:
        facts.append({"label": _("Text"), "value": body["text"], "kind": "paragraph"})
    return facts


def _report(request: Request, asked: Mapping[str, str]) -> dict[str, Any]:
    """The report that is asked for, and who has sent it."""
    query = {"template": asked["template"], "period": asked["period"]}
    return {"text": fields.report(request, asked), "href": links.to(request, "matrix", query)}


def _ending(request: Request, found: Held) -> dict[str, Any] | None:
    """How it ended: when, why, and with which evidence."""
    if found.open:
        return None
    return {
        "title": said.STATES[found.body["state"]][1],
        "when": local_minute(found.current.issued),
        "reason": found.body["reason"],
        "files": address.files(request, found.subject, found.current),
    }


def _shows(row: Row, chosen: str) -> bool:
    return {
        "": True,
        "attention": row.escalation in ("not_delivered", "not_read", "overdue"),
        "open": row.phase in phases.PENDING,
    }.get(chosen, row.phase == chosen)


def _tabs(request: Request, found: Held, board: Board, chosen: str) -> list[dict[str, Any]]:
    every = [row for _depth, _board, row in board.every()]
    if len(every) < 2:  # noqa: PLR2004 - nothing to choose from
        return []
    return [
        {
            "title": title,
            "href": address.to(request, "directive", found.subject, {"show": name}),
            "current": name == chosen,
            "count": sum(_shows(row, name) for row in every),
        }
        for name, title in FILTERS.items()
    ]


def _rows(request: Request, found: Held, board: Board, chosen: str, *, acts: bool) -> list[dict[str, Any]]:
    reminded = nudges.nudged(request.db, found.issuer, found.subject)
    return [
        _row(request, one, row, depth, reminded if one is board else {}, acts=acts and one is board)
        for depth, one, row in board.every()
        if _shows(row, chosen)
    ]


def _row(
    request: Request, board: Board, row: Row, depth: int, reminded: Mapping[str, datetime], *, acts: bool
) -> dict[str, Any]:
    translate = request.translate
    at = reminded.get(row.organisation)
    notes = [translate(_("reminded ${day}", mapping={"day": local_day(at)}))] if at else []
    return {
        "code": row.organisation,
        "name": row.name,
        "depth": min(depth, 3),
        "task": None
        if depth == 0
        else {"title": board.title, "href": address.to(request, "directive", board.subject)},
        "above": translate(said.ABOVE[board.above]) if depth and board.above else "",
        "state": said.state(row, translate),
        "light": said.state(row, translate)["light"] if row.escalation else None,
        "due": {
            "text": row.due,
            "note": remaining.left(request, row.due) if row.phase in phases.PENDING else None,
            "note_light": "bad" if row.overdue else "",
        },
        "spoken": local_minute(row.spoken) if row.spoken else None,
        "reminded": " · ".join(notes),
        "response": address.to(request, "response", board.subject, document=row.response)
        if row.response
        else None,
        "can_select": acts and row.phase != phases.VERIFIED,
        "selected": acts and row.phase == phases.DONE and request.GET.get("select") == phases.DONE,
        "hash": row.response.hex() if row.response else "",
        "done": row.phase == phases.DONE,
    }


def _picked(board: Board, chosen: str) -> dict[str, Any]:
    rows = [row for row in board.rows if _shows(row, chosen)]
    return {
        "verify": any(row.phase == phases.DONE for row in rows),
        "nudge": any(row.phase in phases.PENDING for row in rows),
    }


def _joining(request: Request, found: Held) -> list[str]:
    """Names of those whom the selection would choose now, too."""
    return fields.names(request, versions.joining(request.db, found, request.today))


def _forms(
    request: Request, found: Held, board: Board, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, Iterable[dict[str, Any]]]:
    """The fields of closing and cancelling, of a new version, and of a return."""

    def reason(name: str, help_: str) -> dict[str, Any]:
        return {
            "name": name,
            "label": _("Reason"),
            "help": help_,
            "widget": "paragraph",
            "value": typed.get(name, ""),
            "error": errors.get(name),
        }

    left = endings.unverified(request.db, found.subject)
    needed = _("${n} targets are not verified; say why it is closed all the same.", mapping={"n": left})
    return {
        "return": [reason("reason", _("Needed to return a response."))],
        "end": [reason("end_reason", needed if left else _("Needed to cancel the task."))],
        "revise": [
            {
                "name": "due",
                "label": _("New last day"),
                "widget": "day",
                "required": True,
                "value": typed.get("due", board.due.isoformat()),
                "error": errors.get("due"),
            },
            reason("revise_reason", _("Shown to all targets.")),
        ],
    }
