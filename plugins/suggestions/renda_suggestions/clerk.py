"""The clerk's page of assignment: who handles a suggestion, and until when."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from renda.deputies.registers import HANDLING_UNITS, HandlingUnit
from renda.errors import Conflict, Invalid
from renda.records import forms, workflow
from renda.records.fields import Choice
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_suggestions import acting, shown, whose
from renda_suggestions.records import SUGGESTIONS, Suggestion

_FIELDS = ("lead_handler", "co_handlers", "is_difficult", "due_on", "is_key", "supervised_by")
_TEMPLATE = "renda_suggestions:templates/assign.jinja2"


def _units(request: Request) -> list[str]:
    return list(
        request.db.scalars(
            select(HandlingUnit.name)
            .where(
                HandlingUnit.organisation == request.context.organisation.code,
                HandlingUnit.state == "in_use",
            )
            .order_by(HandlingUnit.name)
        )
    )


def _accepted(request: Request) -> Suggestion:
    row = whose.found(request)
    if row.state != "accepted":
        raise Conflict(workflow.UNREACHABLE, state=row.state)
    return row


def record(request: Request, row: Suggestion) -> str:
    """The address of a suggestion in its register."""
    path: str = request.route_path(
        "entry", org=request.context.organisation.code, type=SUGGESTIONS.name, id=row.id
    )
    return path


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The form of assignment."""
    row = _accepted(request)
    present = {name: SUGGESTIONS.fields[name].typed(getattr(row, name)) for name in _FIELDS}
    return _page(request, row, present, {})


def _page(
    request: Request, row: Suggestion, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    fields = []
    units = tuple((name, name) for name in _units(request))
    for name in _FIELDS:
        kind = SUGGESTIONS.fields[name]
        if name == "lead_handler":
            kind = Choice(kind.label, choices=units)
        fields.append(forms.control(name, kind, typed.get(name, ""), errors.get(name, "")))
    return {
        **shown.particulars(request, row),
        "row": row,
        "fields": fields,
        "errors": errors,
        "back": {"title": SUGGESTIONS.title, "href": record(request, row)},
        "units": request.route_path(
            "register", org=request.context.organisation.code, type=HANDLING_UNITS.name
        )
        if not units
        else None,
    }


def assign(_context: Organisation, request: Request) -> Any:
    """Assign the suggestion to its units."""
    row = _accepted(request)
    typed = {name: acting.text(request, name) for name in _FIELDS}
    try:
        acting.change(request, row, typed)
        acting.move(request, row, "assign")
    except Invalid as error:
        refuse(request, error.status)
        return _page(request, row, typed, error.errors)
    return HTTPSeeOther(record(request, row))


def includeme(config: Configurator) -> None:
    """Mount the page."""
    add, one = config.add_page, "assign/{id}"
    add("assign", one, show, "decide", renderer=_TEMPLATE)
    add("assign", one, assign, "decide", renderer=_TEMPLATE, request_method="POST", judges_text=True)
