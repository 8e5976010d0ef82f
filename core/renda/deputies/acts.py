"""Changing a deputy's particulars, adding a seat, and what people write down about one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response

from renda.deputies import controls, listing, mandates, meanwhile, people, reasons, secrets, tenure
from renda.deputies.fields import PERSON, SEALED, SEAT, cleaned
from renda.deputies.pages import require_congress
from renda.directory import office, terms
from renda.directory.models import Mandate, Person
from renda.directory.persons import TERM_OVER
from renda.directory.terms import TERM
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records import conflicts
from renda.records.entries import CONFLICT
from renda.records.forms import Control, control, hidden
from renda.records.kinds import Choice, Field
from renda.records.ordinals import ordinal
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

_DO = {
    "suspend": tenure.suspend,
    "resume": tenure.resume,
    "end": tenure.end,
    "reopen": tenure.reopen,
}
_WHEN: Mapping[str, Field] = {"day": tenure.DAY, "decision": tenure.DECISION}
_ACTS: Mapping[str, tuple[str, str]] = {
    "suspend": (
        _("Suspend"),
        _("For the reasons of 代表法第六十一条 only. The seat stays, and goes on when the reason is gone."),
    ),
    "resume": (_("Resume"), _("The reason of the suspension is gone.")),
    "end": (
        _("End the seat"),
        _("For the reasons of 代表法第六十二条 only, once the congress or its standing committee said so."),
    ),
    "reopen": (_("Take back the end"), _("Where the end was entered by mistake.")),
}
"""Title and help of what can be written down about a seat."""


def _person(context: Organisation, request: Request) -> tuple[Person, str]:
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    return person, request.route_path("core.deputy", org=place, person=person.id)


def _seat(context: Organisation, request: Request) -> tuple[Person, Mandate, str]:
    person, here = _person(context, request)
    found = mandates.find(request.db, context.organisation.code, person.id, request.matchdict["seat"])
    return person, found, f"{here}/seats/{found.id}"


def _who(context: Organisation, request: Request) -> dict[str, Any]:
    return {"now": request.now, "actor": context.reader.account}


def _form(
    title: str, fields: list[Control], errors: Mapping[str, str], *, back: tuple[str, str], action: str
) -> dict[str, Any]:
    return {
        "title": title,
        "back": {"title": back[0], "href": back[1]},
        "fields": fields,
        "errors": errors,
        "action": action,
        "cancel_href": back[1],
    }


def _edit(
    context: Organisation, request: Request, typed: Mapping[str, str] | None, errors: Mapping[str, str]
) -> dict[str, Any]:
    person, here = _person(context, request)
    masked = secrets.shown(request.db, context.organisation.code, [person.id]).get(person.id, {})
    given = controls.present_person(person) if typed is None else typed
    fields = controls.person_controls(given, errors, masked)
    fields += meanwhile.seen(person) if typed is None else _carried(request)
    return _form(_("Change particulars"), fields, errors, back=(person.name, here), action=f"{here}/edit")


def _carried(request: Request) -> list[Control]:
    """What the form that was sent has seen, for the form that is shown again."""
    return [hidden(name, value) for name, value in request.POST.items() if name.startswith(meanwhile.WAS)]


def show_edit(context: Organisation, request: Request) -> dict[str, Any]:
    """The form of a person; what is sealed is not sent."""
    return _edit(context, request, None, {})


def edit(context: Organisation, request: Request) -> Any:
    """Change a person; a sealed value that is left empty stays."""
    person, here = _person(context, request)
    request.db.refresh(person, with_for_update=True)
    typed, picks = controls.sent(request.POST, PERSON), conflicts.chosen(request.POST)
    names = [
        name
        for name in PERSON
        if (name not in SEALED or typed[name].strip()) and picks.get(name) != conflicts.THEIRS
    ]
    try:
        values = cleaned(PERSON, typed, names)
        if person.erased_at is None and meanwhile.changed(person, request.POST):
            refuse(request, Conflict.status)
            page = meanwhile.page(person, request.POST, typed, values, request.translate)
            page |= {"back": {"title": person.name, "href": here}, "action": f"{here}/edit"}
            return render_to_response(
                CONFLICT, {**page, "cancel_href": here}, request, response=request.response
            )
        people.change(request.db, context.organisation.code, person, values, **_who(context, request))
    except Invalid as error:
        refuse(request, error.status)
        return _edit(context, request, typed, error.errors)
    return HTTPSeeOther(here)


def _another(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    person, here = _person(context, request)
    fields = controls.seat_controls(request.db, context.organisation.code, typed, errors)
    return _form(_("Add a seat"), fields, errors, back=(person.name, here), action=f"{here}/seat")


def show_another(context: Organisation, request: Request) -> dict[str, Any]:
    """The form of a further seat of a person who holds or held one here."""
    require_congress(context)
    term = terms.current(request.db, context.organisation.code, request.today)
    typed = {"term": str(term.number), "starts_on": term.starts_on.isoformat()} if term else {}
    return _another(context, request, typed, {})


def another(context: Organisation, request: Request) -> Any:
    """Give the person a further seat."""
    require_congress(context)
    person, here = _person(context, request)
    if person.erased_at is not None:
        raise Conflict(people.ERASED)
    typed = controls.sent(request.POST, SEAT)
    try:
        values = cleaned(SEAT, typed, SEAT)
        mandates.give(request.db, context.organisation.code, person, values, **_who(context, request))
    except Invalid as error:
        refuse(request, error.status)
        return _another(context, request, typed, error.errors)
    return HTTPSeeOther(here)


def _open_acts(seat: Mandate, today: date) -> list[str]:
    if office.state(seat, today) == office.COMING:
        return []
    if seat.ended_on is not None:
        return [] if seat.ended_because == TERM_OVER else ["reopen"]
    return ["suspend" if seat.suspended_on is None else "resume", "end"]


def _kinds(request: Request, act: str) -> Mapping[str, Field]:
    offered = {"suspend": reasons.SUSPENSIONS, "end": reasons.ENDINGS}.get(act)
    if offered is None:
        return {"decision": tenure.DECISION}
    choice = Choice(_("Statutory reason"), choices=reasons.choices(offered, request.translate))
    return {"reason": choice, **_WHEN}


def show_seat(context: Organisation, request: Request) -> dict[str, Any]:
    """A seat, and the forms of what can be written down about it."""
    return _shown(context, request, {}, {})


def _shown(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    person, seat, here = _seat(context, request)
    light, title = office.STATES[office.state(seat, request.today)]
    may_write = bool(request.has_permission("write", context))
    groups = listing.groups_of(request.db, seat.organisation, [person.id]).get(person.id, [])
    values = {name: getattr(seat, name, None) for name in SEAT} | {"group": "、".join(groups)}
    facts = [
        {"label": kind.label, "value": kind.show(values[name], request.translate), "kind": "text"}
        for name, kind in SEAT.items()
    ]
    why = seat.ended_because or seat.suspended_because
    return {
        "title": f"{person.name} {ordinal(TERM, seat.term, request.translate)}",
        "back": {
            "title": person.name,
            "href": request.route_path("core.deputy", org=seat.organisation, person=person.id),
        },
        "state": {"light": light, "text": title},
        "actions": [{"title": _("Change"), "href": f"{here}/edit"}] if may_write else [],
        "facts": [
            *facts,
            {"label": _("Suspended on"), "value": seat.suspended_on, "kind": "text"},
            {"label": _("Ended on"), "value": seat.ended_on, "kind": "text"},
            {"label": _("Reason"), "value": reasons.said(why, request.translate), "kind": "text"},
            {"label": tenure.DECISION.label, "value": seat.decision, "kind": "text"},
        ],
        "acts": [_act(request, act, typed, errors) for act in _open_acts(seat, request.today) if may_write],
        "errors": errors,
    }


def _act(request: Request, act: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    title, words = _ACTS[act]
    fields = [
        control(f"{act}.{name}", kind, typed.get(f"{act}.{name}", ""), errors.get(f"{act}.{name}", ""))
        for name, kind in _kinds(request, act).items()
    ]
    return {"name": act, "title": title, "help": words, "fields": fields, "danger": act == "end"}


def do(context: Organisation, request: Request) -> Any:
    """Write down one act on a seat."""
    person, seat, here = _seat(context, request)
    act = str(request.POST.get("do", ""))
    if act not in _open_acts(seat, request.today) or person.erased_at is not None:
        raise Conflict
    form = {name: str(request.POST.get(f"{act}.{name}", "")) for name in _kinds(request, act)}
    who = _who(context, request)
    try:
        _DO[act](request.db, seat, form, **who)
    except Invalid as error:
        refuse(request, error.status)
        typed = {f"{act}.{name}": value for name, value in form.items()}
        return _shown(context, request, typed, {f"{act}.{name}": told for name, told in error.errors.items()})
    return HTTPSeeOther(here)


def _correct(
    context: Organisation, request: Request, typed: Mapping[str, str] | None, errors: Mapping[str, str]
) -> dict[str, Any]:
    person, seat, here = _seat(context, request)
    groups = listing.groups_of(request.db, seat.organisation, [person.id]).get(person.id, [])
    given = controls.present_seat(seat, groups) if typed is None else typed
    fields = controls.seat_controls(request.db, seat.organisation, given, errors, new=False)
    return _form(_("Correct the seat"), fields, errors, back=(person.name, here), action=f"{here}/edit")


def show_correct(context: Organisation, request: Request) -> dict[str, Any]:
    """The form of a seat."""
    return _correct(context, request, None, {})


def correct(context: Organisation, request: Request) -> Any:
    """Correct what is entered of a seat."""
    _someone, seat, here = _seat(context, request)
    kinds = {name: kind for name, kind in SEAT.items() if name != "term"}
    typed = controls.sent(request.POST, kinds)
    try:
        values = cleaned(kinds, typed, kinds)
        mandates.change(request.db, seat, values, **_who(context, request))
    except Invalid as error:
        refuse(request, error.status)
        return _correct(context, request, typed, error.errors)
    return HTTPSeeOther(here)


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    person, seat = "deputies/{person:[0-9a-f-]{36}}", "/seats/{seat:[0-9a-f-]{36}}"
    form, one = controls.FORM, "renda:deputies/templates/seat.jinja2"
    for name, pattern, show, act, renderer in (
        ("deputy_edit", f"{person}/edit", show_edit, edit, form),
        ("deputy_seat", f"{person}/seat", show_another, another, form),
        ("seat", f"{person}{seat}", show_seat, do, one),
        ("seat_edit", f"{person}{seat}/edit", show_correct, correct, form),
    ):
        reading = "read" if name == "seat" else "write"
        config.add_page(name, pattern, show, reading, renderer=renderer)
        config.add_page(
            name, pattern, act, "write", renderer=renderer, request_method="POST", judges_text=True
        )
