"""The pages of clerks: what a deputy gives on paper, and who handles a suggestion until when."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from renda.deputies.registers import HANDLING_UNITS, HandlingUnit
from renda.errors import Conflict, Invalid, TooLarge
from renda.i18n import _
from renda.records import forms, persons, workflow
from renda.records.fields import Choice
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_suggestions import acting, making, shown, whose
from renda_suggestions.records import SUGGESTIONS, Suggestion

_FIELDS = ("lead_handler", "co_handlers", "is_difficult", "due_on", "is_key", "supervised_by")
ON_PAPER = _("Enter a suggestion on paper")
_GIVEN = ("lead_deputy", "made_on", "number")
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


def show_paper(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The form for what a deputy gives on paper."""
    if reason := context.barred(SUGGESTIONS):
        raise Conflict(reason)
    return _paper(request, {**making.usual(), "made_on": request.today.isoformat()}, {})


def _paper(request: Request, typed: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    own = [
        forms.control(
            name,
            SUGGESTIONS.fields[name],
            typed.get(name, ""),
            errors.get(name, ""),
            making.seated(request) if name == "lead_deputy" else (),
        )
        for name in _GIVEN
    ]
    register = request.route_path("register", org=request.context.organisation.code, type=SUGGESTIONS.name)
    return {
        "title": ON_PAPER,
        "back": {"title": SUGGESTIONS.title, "href": register},
        "note": _("It is submitted in the deputy's name at once."),
        "fields": [*own, *making.fields(request, None, typed, errors)],
        "signed": making.signed(request, None, typed),
        "errors": errors,
        "cancel": register,
    }


def paper(context: Organisation, request: Request) -> Any:
    """Enter it and submit it for the deputy."""
    typed = making.typed(request) | {name: acting.text(request, name) for name in _GIVEN}
    typed["lead_deputy"] = typed["lead_deputy"] or acting.text(request, "lead_deputy.typed")
    here = context.organisation.code
    try:
        lead = {"lead_deputy": typed["lead_deputy"]}
        found = persons.resolved(request.db, here, request.today, SUGGESTIONS, lead)
        row = making.save(request, typed | found)
        acting.move(request, row, "submit")
    except (Invalid, TooLarge) as error:
        refuse(request, error.status)
        return _paper(request, typed, making.wrong(request, error))
    return HTTPSeeOther(record(request, row))


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    add, one = config.add_page, "assign/{id}"
    form, sent = "renda_suggestions:templates/make.jinja2", {"request_method": "POST", "judges_text": True}
    add("paper", "paper", show_paper, "write", renderer=form)
    add("paper", "paper", paper, "write", renderer=form, files=True, **sent)
    add("assign", one, show, "decide", renderer=_TEMPLATE)
    add("assign", one, assign, "decide", renderer=_TEMPLATE, **sent)
