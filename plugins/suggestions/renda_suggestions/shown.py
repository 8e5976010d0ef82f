"""What deputies and handling units are shown of a suggestion, and the addresses of their pages."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pyramid.response import Response
from sqlalchemy import select

from renda.clock import local_minute
from renda.directory.models import Person
from renda.directory.strokes import official
from renda.i18n import _
from renda.notices import remaining
from renda.records import attachments, namesakes, tables, workflow
from renda.records.attachment_pages import served
from renda.records.models import Participant
from renda.types import Request
from renda_suggestions.records import SIGNATURE, SUGGESTIONS, Suggestion

_ASKED = ("text", "category", "subject", "raised_in", "made_on", "number")
_ANSWERED = (
    "lead_handler",
    "co_handlers",
    "assigned_on",
    "due_on",
    "replied_on",
    "outcome_class",
    "reply",
    "attitude",
    "result",
    "final_due_on",
    "final_replied_on",
    "final_class",
    "final_reply",
    "final_attitude",
    "final_result",
)


def address(request: Request, page: str, **placed: Any) -> str:
    """The address of a page of this module at the context's organisation."""
    found: str = request.route_path(f"suggestions.{page}", org=request.context.organisation.code, **placed)
    return found


def last_day(row: Suggestion) -> date | None:
    """The last day of what is being handled; None where nothing is."""
    limit = SUGGESTIONS.workflow.state(row.state).limit
    return None if limit is None else getattr(row, limit.field)


def stay(request: Request, row: Suggestion) -> dict[str, Any] | None:
    """The same with its light and what is left."""
    due = last_day(row)
    if due is None:
        return None
    light = remaining.urgency(request, due) or "busy"
    return {"due": due.isoformat(), "light": light, "text": remaining.left(request, due)}


def rows(request: Request, found: Sequence[Suggestion], page: str) -> list[dict[str, Any]]:
    """Lines of a list: title, state with what is left, day, and who handles it."""
    lines = []
    for row in found:
        limit = stay(request, row)
        sign: dict[str, Any] = dict(tables.state_sign(SUGGESTIONS, row.state))
        if limit:
            sign |= {"note": limit["text"], "note_light": limit["light"]}
        href = address(request, page, id=row.id)
        lines.append({"cells": [{"text": row.title, "href": href}, sign, row.made_on, row.lead_handler]})
    return lines


COLUMNS = (
    {"title": _("Title"), "kind": "text"},
    {"title": _("State"), "kind": "text"},
    {"title": _("Made on"), "kind": "day"},
    {"title": _("Lead handling unit"), "kind": "text"},
)


def signatories(request: Request, row: Suggestion) -> Mapping[Any, str]:
    """Names of those who have cosigned, by person, as official lists have them."""
    found = request.db.execute(
        select(Person.id, Person.name)
        .join(Participant, Participant.person == Person.id)
        .where(Participant.whole == row.id, Participant.type == SIGNATURE, Participant.state == "signed")
    ).all()
    names = {one.id: one.name for one in sorted(found, key=lambda one: official(one.name))}
    return namesakes.told_apart(request.db, names, request.today)


def name(request: Request, person: uuid.UUID) -> str:
    """A deputy's name."""
    return request.db.scalars(select(Person.name).where(Person.id == person)).one()


def particulars(request: Request, row: Suggestion, file_page: str = "") -> dict[str, Any]:
    """What the template `particulars` shows: what is asked, by whom, and what was answered.

    `file_page` is the page that gives out files; without it none are shown.
    """
    who = [
        {"label": SUGGESTIONS.fields["lead_deputy"].label, "value": name(request, row.lead_deputy)},
        {"label": _("Cosigners"), "value": "、".join(signatories(request, row).values()) or None},
    ]
    held = attachments.of(request.db, SUGGESTIONS, row) if file_page else ()
    files = [one.row for one in held if one.row.removed_at is None]
    return {
        "title": row.title,
        "state": {**tables.state_sign(SUGGESTIONS, row.state), "stay": stay(request, row)},
        "asked": [*_facts(request, row, _ASKED), *who],
        "answered": _facts(request, row, _ANSWERED),
        "files": [
            {"name": one.name, "href": address(request, file_page, id=row.id, file=one.id)} for one in files
        ],
        "course": [
            {
                "when": local_minute(step.at),
                "title": next(
                    (one.title for one in SUGGESTIONS.workflow.transitions if one.name == step.name),
                    step.name,
                ),
                "who": None,
                "light": tables.state_sign(SUGGESTIONS, step.target)["light"],
                "text": step.reason,
            }
            for step, _who in workflow.history(request.db, SUGGESTIONS, row)
        ],
    }


def _facts(request: Request, row: Suggestion, names: Sequence[str]) -> list[dict[str, Any]]:
    """The fields that say something."""
    found = []
    for field in names:
        kind, value = SUGGESTIONS.fields[field], getattr(row, field)
        if value is not None:
            shape = tables.shape(kind)
            found.append({"label": kind.label, "value": kind.show(value, request.translate), "kind": shape})
    return found


def file(request: Request, row: Suggestion) -> Response:
    """An attachment, to take away.

    Raises:
        NotFound: the suggestion has no such one.
    """
    one = attachments.find(request.db, SUGGESTIONS, row, request.matchdict["file"])
    return served(one.name, one.kind, attachments.content(request.db, one), inline=False)
