"""What programs may read of directives: those to answer, those issued from here, and the board of one."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.api.resources import Parameter
from renda.api.schemas import INSTANT, NUMBER, TEXT, many, thing
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.directives import boards, escalation, held, phases
from renda_tiers.directives.boards import Board, Row
from renda_tiers.directives.lists import PAGE
from renda_tiers.web.directives import address
from renda_tiers.web.directives.lists import SIDES, asked, entries

_DAY = {"type": "string", "format": "date"}
_PHASE = {"type": "string", "enum": [*phases.PHASES]}
_WHY = {"type": "string", "enum": ["", *escalation.URGENT, escalation.SOON]}
_ENTRY = {
    "issuer": TEXT,
    "name": TEXT,
    "title": TEXT,
    "state": TEXT,
    "due": _DAY,
    "targets": NUMBER,
    "phases": {"type": "object", "additionalProperties": NUMBER},
    "escalations": {"type": "object", "additionalProperties": NUMBER},
}
_ROW = {
    "organisation": TEXT,
    "depth": NUMBER,
    "issuer": TEXT,
    "name": TEXT,
    "phase": _PHASE,
    "due": _DAY,
    "working_days_left": NUMBER,
    "escalation": _WHY,
    "spoken": {**INSTANT, "type": ["string", "null"]},
    "response": {"type": ["string", "null"]},
}
_ONE = {
    "issuer": TEXT,
    "name": TEXT,
    "title": TEXT,
    "text": TEXT,
    "steps": many(TEXT),
    "state": TEXT,
    "due": _DAY,
    "revision": NUMBER,
    "document": TEXT,
    "report": {
        **thing({"template": TEXT, "period": TEXT}),
        "type": ["object", "null"],
    },
    "board": many(thing(_ROW)),
}


def directives(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One side of the list, a page of it."""
    side, ended, page = asked(request)
    found, total = entries(context, request, side or "received", ended=ended, page=page)
    return {
        "total": total,
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "items": [
            {
                **_named(one.subject),
                "title": one.title,
                "state": one.state,
                "due": one.due.isoformat(),
                "targets": one.targets,
                "phases": one.phases,
                "escalations": one.escalations,
            }
            for one in found
        ],
    }


def directive(context: Organisation, request: Request) -> Mapping[str, Any]:
    """A directive as it stands, with those rows of its board that the reader may see."""
    code = context.organisation.code
    found = held.find(request.db, address.subject(request), code)
    board = boards.board(request.db, code, found.subject, request.today)
    body = found.body
    return {
        **_named(found.subject),
        "title": body["title"],
        "text": body["text"],
        "steps": list(body["steps"]),
        "state": body["state"],
        "due": found.due.isoformat(),
        "revision": found.current.revision,
        "document": found.current.hash.hex(),
        "report": dict(body["report"]) if body["report"] else None,
        "board": [_row(depth, one, row) for depth, one, row in board.every()],
    }


def _row(depth: int, board: Board, row: Row) -> dict[str, Any]:
    return {
        "organisation": row.organisation,
        "depth": depth,
        **_named(board.subject),
        "phase": row.phase,
        "due": row.due.isoformat(),
        "working_days_left": row.left,
        "escalation": row.escalation,
        "spoken": row.spoken.isoformat() if row.spoken else None,
        "response": row.response.hex() if row.response else None,
    }


def _named(subject: str) -> dict[str, str]:
    _kind, issuer, name = subject.split(":")
    return {"issuer": issuer, "name": name}


def mount(config: Configurator) -> None:
    """Mount them below `/api/v1/organisations/{org}/tiers/`, under the permission of their pages."""
    add = config.add_resource
    flag: Mapping[str, Any] = {"type": "string", "enum": ["0", "1"]}
    add(
        "directives",
        "directives",
        directives,
        "read",
        title=_("Directives"),
        schema=thing({"total": NUMBER, "page": NUMBER, "pages": NUMBER, "items": many(thing(_ENTRY))}),
        parameters=[
            Parameter("side", _("To be answered, or issued from here"), {"type": "string", "enum": [*SIDES]}),
            Parameter("ended", _("Those that have ended"), flag),
            Parameter("page", _("Page"), {"type": "integer", "minimum": 1}),
        ],
    )
    add(
        "directive",
        "directives/{issuer}/{name}",
        directive,
        "read",
        title=_("Directive"),
        schema=thing(_ONE),
        parameters=[
            Parameter("issuer", _("Code of the organisation that issued it"), TEXT),
            Parameter("name", _("Name of the directive"), TEXT),
        ],
    )
