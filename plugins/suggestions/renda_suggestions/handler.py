"""The pages of handling units: what was assigned to them, and their replies."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records import forms, workflow
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_suggestions import acting, shown, whose
from renda_suggestions.records import SUGGESTIONS, Suggestion

_TEMPLATES = "renda_suggestions:templates"
_FIELDS = {
    "assigned": ("outcome_class", "reply", "reply"),
    "rehandling": ("final_class", "final_reply", "reply_again"),
}
"""By state: where the class and the text of the reply go, and the step that sends it."""
_NAMES = ("outcome_class", "reply")
"""What the form calls the class and the text."""
_SAID = {
    "reply": _("The reply was sent. The deputy rates it."),
    "give_back": _("It was given back."),
}


def _unit(request: Request) -> str:
    name = whose.unit(request)
    if name is None:
        raise Conflict(whose.NOBODY)
    return name


def _assigned(request: Request, name: str) -> Suggestion:
    row = whose.found(request, whose.of_unit(name))
    if not whose.handles(row, name):
        raise NotFound
    return row


def handling(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What was assigned to the reader's unit."""
    name = _unit(request)
    found = whose.listed(request.db, context.organisation.code, whose.of_unit(name))
    return {
        "title": _("Suggestions to handle"),
        "columns": shown.COLUMNS,
        "rows": shown.rows(request, [row for row in found if whose.handles(row, name)], "assigned"),
        "new": None,
        "empty": _("Nothing is assigned to your unit."),
    }


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """A suggestion that the reader's unit handles."""
    name = _unit(request)
    return _page(request, _assigned(request, name), name, {}, {})


def _page(
    request: Request, row: Suggestion, name: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    leads = row.lead_handler == name
    said = _SAID.get(request.GET.get("said", ""))
    return {
        **shown.particulars(request, row, "assigned_file"),
        "row": row,
        "back": {"title": _("Suggestions to handle"), "href": shown.address(request, "handling")},
        "fields": _fields(typed, errors) if leads and row.state in _FIELDS else [],
        "may_give_back": leads and row.state == "assigned",
        "reason": typed.get("reason", ""),
        "errors": errors,
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def _fields(typed: Mapping[str, str], errors: Mapping[str, str]) -> list[forms.Control]:
    found = []
    for name in _NAMES:
        one = forms.control(name, SUGGESTIONS.fields[name], typed.get(name, ""), errors.get(name, ""))
        found.append({**one, "required": True})
    return found


def act(_context: Organisation, request: Request) -> Any:
    """Send the reply, or give back what is not the unit's business; the lead unit alone does either."""
    name, do = _unit(request), acting.text(request, "do")
    row = _assigned(request, name)
    if row.lead_handler != name or do not in _SAID:
        raise NotFound
    if row.state not in _FIELDS:
        raise Conflict(workflow.UNREACHABLE, state=row.state)
    try:
        if do == "reply":
            _reply(request, row)
        else:
            acting.move(request, row, "unassign", acting.text(request, "reason"))
    except Invalid as error:
        refuse(request, error.status)
        typed = {name: acting.text(request, name) for name in ("outcome_class", "reply", "reason")}
        names = dict(zip(_FIELDS[row.state][:2], _NAMES, strict=True))
        errors = {names.get(field, field): said for field, said in error.errors.items()}
        return _page(request, row, name, typed, errors)
    page = (
        shown.address(request, "assigned", id=row.id) if do == "reply" else shown.address(request, "handling")
    )
    return HTTPSeeOther(f"{page}?said={do}")


def _reply(request: Request, row: Suggestion) -> None:
    outcome, reply, step = _FIELDS[row.state]
    acting.change(
        request,
        row,
        {outcome: acting.text(request, "outcome_class"), reply: acting.text(request, "reply")},
    )
    acting.move(request, row, step)


def file(_context: Organisation, request: Request) -> Response:
    """An attachment of what the reader's unit handles."""
    return shown.file(request, _assigned(request, _unit(request)))


def includeme(config: Configurator) -> None:
    """Mount the pages of handling units."""
    page, one, verb = f"{_TEMPLATES}/handling.jinja2", "handling/{id}", "answer"
    add = config.add_page
    add("handling", "handling", handling, verb, renderer=f"{_TEMPLATES}/list.jinja2")
    add("assigned_file", f"{one}/files/{{file}}", file, verb)
    add("assigned", one, show, verb, renderer=page)
    add("assigned", one, act, verb, renderer=page, request_method="POST", judges_text=True)
