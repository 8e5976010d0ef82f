"""The list of deputies, the page of one, and the form of a new one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.deputies import controls, flags, listing, mandates, people
from renda.deputies.fields import PERSON, SEAT, cleaned
from renda.deputies.listing import Deputy, Wanted
from renda.deputies.person import shown
from renda.directory import office, terms
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.forms import control
from renda.records.kinds import Choice, Field, Text
from renda.records.listing import chosen
from renda.records.ordinals import ordinal
from renda.records.quantities import Integer
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

LIST = "renda:web/templates/register/list.jinja2"
_ANY = _("All")
_FILTERS: Mapping[str, Field] = {
    "q": Text(_("Name or pinyin"), required=False, max_length=60),
    "state": Choice(
        _("State"),
        required=False,
        choices=tuple((name, title) for name, (_light, title) in office.STATES.items()),
    ),
    "group": Choice(_("Group"), required=False),
    "delegation": Choice(_("Delegation"), required=False),
    "constituency": Choice(_("Constituency"), required=False),
    "term": Integer(_("Term"), required=False, least=1),
}
_PAGE = Integer(_("Page"), required=False, least=1)
_COLUMNS = [
    {"title": _("Name"), "kind": "text"},
    {"title": _("State"), "kind": "text"},
    {"title": _("Term"), "kind": "text"},
    {"title": _("Constituency"), "kind": "text"},
    {"title": _("Delegation"), "kind": "text"},
    {"title": _("Group"), "kind": "text"},
    {"title": _("Phone"), "kind": "text"},
]


def base(request: Request) -> str:
    """The address of the context's list of deputies."""
    path: str = request.route_path("core.deputies", org=request.context.organisation.code)
    return path


def wanted(request: Request) -> Wanted:
    """What the address of the list asks for.

    Raises:
        Invalid: it asks for what the list cannot be filtered by, or for a value that is none.
    """
    groups = listing.groups(request.db, request.context.organisation.code)
    # What was entered of many seats may be looked for before any seat has it.
    words = {name: Text(_FILTERS[name].label, required=False) for name in ("delegation", "constituency")}
    choices = {"group": Choice(_FILTERS["group"].label, choices=tuple(groups))}
    given = chosen({**_FILTERS, **words, **choices, "page": _PAGE}, request.GET)
    asked = {name: value for name, value in given.items() if value is not None}
    return Wanted(query=asked.pop("q", ""), **asked)


def listed(context: Organisation, request: Request) -> dict[str, Any]:
    """Deputies in the order of surnames' strokes."""
    place, errors = context.organisation.code, dict[str, str]()
    try:
        page = listing.listed(request.db, place, request.today, wanted(request))
    except Invalid as error:
        page, errors = listing.Page((), 0), dict(error.errors)
        request.response.status_int = error.status
    warned = flags.absences(request.db, place)
    given = {name: value for name in _FILTERS if (value := request.GET.get(name, ""))}
    return {
        "title": _("Deputies"),
        "actions": _actions(context, request),
        "filters": _filters(request, given, errors),
        "errors": {name: error for name, error in errors.items() if name not in _FILTERS},
        "reset_href": base(request) if given or errors else None,
        "columns": _COLUMNS,
        "rows": [_row(request, one, warned.get(one.mandate.id, 0)) for one in page.deputies],
        "pager": _pager(request, page, given),
        "empty": _("No deputy fits. Show all, or look for somebody else.")
        if given or errors
        else _("No deputies are entered yet. Add one, or import a roster."),
    }


def _actions(context: Organisation, request: Request) -> list[dict[str, Any]]:
    here, found = base(request), []
    if request.has_permission("write", context) and context.organisation.congress:
        found.append({"title": _("Add a deputy"), "href": f"{here}/new", "primary": True})
        found.append({"title": _("Import a roster"), "href": f"{here}/import"})
    found.append({"title": _("Groups"), "href": request.route_path("core.groups", org=_code(context))})
    if request.has_permission("export", context):
        found.append({"title": _("Export to Excel"), "href": f"{here}/roster.xlsx"})
    return found


def _code(context: Organisation) -> str:
    return context.organisation.code


def _filters(request: Request, given: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    offered = listing.offered(request.db, request.context.organisation.code)
    found = []
    for name, kind in _FILTERS.items():
        one = control(name, kind, given.get(name, ""), errors.get(name, ""))
        if isinstance(kind, Choice):
            one["choices"] = offered.get(name, kind.choices)
            one["empty"] = _("In office or suspended") if name == "state" else _ANY
        if one.get("choices", True) or name in errors:
            found.append(one)
    return found


def _row(request: Request, one: Deputy, absences: int) -> dict[str, Any]:
    light, title = office.STATES[office.state(one.mandate, request.today)]
    name: dict[str, Any] = {"text": one.person.name, "href": f"{base(request)}/{one.person.id}"}
    if absences:
        told = _("absent from ${number} sessions", mapping={"number": absences})
        name |= {"note": request.translate(told), "note_light": "warn"}
    return {
        "cells": [
            name,
            {"light": light, "text": title},
            ordinal(terms.TERM, one.mandate.term, request.translate),
            one.mandate.constituency or None,
            one.mandate.delegation or None,
            "、".join(one.groups) or None,
            one.masked.get("phone"),
        ]
    }


def _pager(request: Request, page: listing.Page, given: Mapping[str, str]) -> dict[str, Any]:
    def address(number: int) -> str:
        return f"{base(request)}?{urlencode({**given, 'page': number})}"

    return {
        "total": page.total,
        "page": page.number,
        "pages": page.pages,
        "previous": address(page.number - 1) if page.number > 1 else None,
        "next": address(page.number + 1) if page.number < page.pages else None,
    }


def require_congress(context: Organisation) -> None:
    """Refuse a body that has no seats, with the article.

    Raises:
        Conflict: it has no congress.
    """
    if not context.organisation.congress:
        raise Conflict(context.body.why_not)


def _form(request: Request, typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    place = request.context.organisation.code
    return {
        "title": _("Add a deputy"),
        "back": {"title": _("Deputies"), "href": base(request)},
        "fields": controls.person_controls(typed, errors, {})
        + controls.seat_controls(request.db, place, typed, errors),
        "errors": errors,
        "action": f"{base(request)}/new",
        "cancel_href": base(request),
    }


def show_new(context: Organisation, request: Request) -> dict[str, Any]:
    """The form of a new deputy; the current term is filled in."""
    require_congress(context)
    term = terms.current(request.db, context.organisation.code, request.today)
    typed = {"term": str(term.number), "starts_on": term.starts_on.isoformat()} if term else {}
    return _form(request, typed, {})


def create(context: Organisation, request: Request) -> Any:
    """Enter a person and their seat, or show the form again with what is wrong in it."""
    require_congress(context)
    kinds = {**PERSON, **SEAT}
    typed = controls.sent(request.POST, kinds)
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    place = context.organisation.code
    try:
        values = cleaned(kinds, typed, kinds)
        person = people.add(request.db, place, {name: values[name] for name in PERSON}, **who)
        mandates.give(request.db, place, person, values, **who)
    except Invalid as error:
        refuse(request, error.status)
        return _form(request, typed, error.errors)
    return HTTPSeeOther(f"{base(request)}/{person.id}")


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    one = "{person:[0-9a-f-]{36}}"
    config.add_page("deputies", "deputies", listed, "read", renderer=LIST)
    config.add_page("deputy_new", "deputies/new", show_new, "write", renderer=controls.FORM)
    config.add_page(
        "deputy_new",
        "deputies/new",
        create,
        "write",
        renderer=controls.FORM,
        request_method="POST",
        judges_text=True,
    )
    config.add_page(
        "deputy", f"deputies/{one}", shown, "read", renderer="renda:deputies/templates/person.jinja2"
    )
