"""The target's own desk on a directive's page: where it stands, and what can be answered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from renda.directory.models import Edge
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.directives import bodies, held, phases
from renda_tiers.directives.boards import Board, Row
from renda_tiers.directives.held import Held
from renda_tiers.documents.envelope import Document
from renda_tiers.reports import definitions, progress
from renda_tiers.reports.standings import valid_on
from renda_tiers.web import links, words
from renda_tiers.web.directives import address, said


def of(
    context: Organisation,
    request: Request,
    found: Held,
    board: Board,
    *,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
) -> dict[str, Any] | None:
    """What the page shows to a target; None for those who only look on."""
    code = context.organisation.code
    row = next((one for one in board.rows if one.organisation == code), None)
    if row is None:
        return None
    last = held.document(request.db, row.response) if row.response else None
    may = found.open and row.phase != phases.VERIFIED and bool(request.has_permission("respond", context))
    return {
        "state": said.state(row, request.translate),
        "returned": _returned(request, row),
        "may_respond": may,
        "unread": row.phase in (phases.ISSUED, phases.RECEIVED),
        "steps": _steps(found, last, typed),
        "steps_error": errors.get("steps"),
        "note": {
            "name": "note",
            "label": _("What was done"),
            "widget": "paragraph",
            "value": typed.get("note", ""),
            "error": errors.get("note"),
        },
        "files_error": errors.get("files"),
        "report": _report(request, found, errors),
        "assign": links.to(request, "directive-new", {"parent": found.subject})
        if found.open and _has_children(request, code) and request.has_permission("direct", context)
        else None,
        "response": address.to(request, "response", found.subject, document=row.response) if last else None,
    }


def _returned(request: Request, row: Row) -> str:
    """Why the last response was returned; "" where it was not."""
    if row.phase != phases.RETURNED or row.verification is None:
        return ""
    return str(held.document(request.db, row.verification).body["reason"])


def _steps(found: Held, last: Document | None, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps, with a tick where they are done; indexes mean the same only in the same revision's steps."""
    ticked: set[int] = set(typed.get("steps", ()))
    if not typed and last is not None and len(last.body["steps"]) <= len(found.body["steps"]):
        ticked = set(last.body["steps"])
    return [
        {"number": number, "text": text, "done": number in ticked}
        for number, text in enumerate(found.body["steps"])
    ]


def _report(request: Request, found: Held, errors: Mapping[str, str]) -> dict[str, Any] | None:
    """The report that is asked for, with its state and the form that fills it in."""
    asked = found.body["report"]
    if asked is None:
        return None
    code = request.context.organisation.code
    template = definitions.current(request.db, asked["template"], code)
    stands = progress.of(request.db, code, asked["template"], asked["period"])
    state = (
        "missing"
        if stands.report is None
        else progress.state_after(endorsed=stands.endorsed, returned=stands.returned)
    )
    return {
        "title": words.said(template.titles, request.translate),
        "state": words.state(state),
        "href": links.to(request, "form", template=asked["template"], period=asked["period"]),
        "error": errors.get("report"),
    }


def _has_children(request: Request, code: str) -> bool:
    statement = select(exists().where(Edge.parent == code, *valid_on(Edge, request.today)))
    return bool(request.db.scalar(statement))


def answered(request: Request) -> dict[str, Any]:
    """What the form of the desk sent."""
    steps = {int(text) for text in request.POST.getall("step") if isinstance(text, str) and _is_step(text)}
    note = request.POST.get("note", "")
    return {"steps": tuple(sorted(steps)), "note": note.strip() if isinstance(note, str) else ""}


def _is_step(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:4]) < bodies.MOST_STEPS
