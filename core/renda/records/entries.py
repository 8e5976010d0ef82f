"""What is done with one record: it is shown, changed, led to its next step, and people take part in it."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.declarations import RecordType
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records import engine, forms, parts, persons, tables, workflow
from renda.records.details import detail, entry_path, named, participation_of
from renda.records.fields import Rejected
from renda.records.views import FORM, register_path
from renda.types import Request
from renda.web.contexts import Entry
from renda.web.errors import refuse

DETAIL = "renda:web/templates/register/detail.jinja2"


def show(context: Entry, request: Request) -> dict[str, Any]:
    """Everything about one record."""
    return detail(context, request, {})


def show_edit(context: Entry, request: Request) -> dict[str, Any]:
    """The form that changes a record, with what it says now."""
    return _form(context, request, forms.present(context.type, context.row), {}, context.row.lock)


def _form(
    context: Entry, request: Request, typed: Mapping[str, str], errors: Mapping[str, str], lock: int | str
) -> dict[str, Any]:
    kind, row, here = context.type, context.row, entry_path(request)

    def offered() -> forms.Offered:
        """Those who may be named, and whoever is named already."""
        known = dict(persons.offered(request.db, context.organisation.code, request.today))
        return list({**named(context, request), **known}.items())

    return {
        "title": _("Change: ${register}", mapping={"register": request.translate(kind.title)}),
        "back": {"title": kind.title, "href": register_path(request)},
        "fields": [
            *forms.controls(kind, typed, errors, offered, row=row, translate=request.translate),
            forms.hidden("lock", lock),
        ],
        "errors": errors,
        "action": here,
        "cancel_href": here,
    }


def update(context: Entry, request: Request) -> Any:
    """Change a record, or show the form again with what is wrong or what somebody else changed meanwhile."""
    kind, row = context.type, context.row
    typed = forms.sent(kind, request.POST, row)
    lock = request.POST.get("lock", "")
    try:
        engine.update(
            request.db,
            kind,
            row,
            typed,
            lock=forms.count(lock),
            now=request.now,
            actor=context.reader.account,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _form(context, request, typed, error.errors, lock)
    except Conflict as error:
        if "lock" not in error.detail:
            raise
        refuse(request, error.status)
        errors = {"conflict": error.message, **_differences(context, request, typed)}
        return _form(context, request, typed, errors, row.lock)
    return HTTPSeeOther(entry_path(request))


def _differences(context: Entry, request: Request, typed: Mapping[str, str]) -> dict[str, str]:
    """For each field that the form would change: what it says now."""
    kind, now = context.type, forms.present(context.type, context.row)
    names = named(context, request)
    shown = {
        fact["name"]: fact["value"] for fact in tables.facts(kind, context.row, names, request.translate)
    }
    return {
        name: _("Now it says: ${value}", mapping={"value": "—" if shown[name] is None else shown[name]})
        for name in kind.fields
        if name in typed and typed[name].strip() != now[name]
    }


def take_step(context: Entry, request: Request) -> Any:
    """Let a record take a step of its workflow, or show it again where the reason is missing or no text."""
    reason = request.POST.get("reason", "")
    try:
        workflow.move(
            request.db,
            context.type,
            context.row,
            request.POST["transition"],
            reason,
            now=request.now,
            actor=context.reader.account,
            permissions=context.permissions,
            lock=forms.count(request.POST.get("lock", "")),
        )
    except Invalid as error:
        refuse(request, error.status)
        return {**detail(context, request, error.errors), "reason": reason}
    return HTTPSeeOther(entry_path(request))


def change_people(context: Entry, request: Request) -> Any:
    """Let persons take part in a record, or mark what became of those chosen."""
    kind = participation_of(request.registry.declared, context.type)
    if kind is None:
        raise NotFound
    try:
        _change_people(context, request, kind)
    except Rejected as error:
        refuse(request, Invalid.status)
        return detail(context, request, {"person": error.message})
    except Invalid as error:
        refuse(request, error.status)
        return detail(context, request, error.errors)
    return HTTPSeeOther(entry_path(request))


def _change_people(context: Entry, request: Request, kind: RecordType) -> None:
    form, whole = request.POST, context.row
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    chosen = {kind.fields["person"].clean(one) for one in form.getall("person") or [""]}
    if form.get("do") == "add":
        parts.add_participants(request.db, kind, whole, chosen, form.get("role", ""), **who)
    else:
        state = form.get("state", "")
        parts.mark(request.db, kind, whole, chosen, state, permissions=context.permissions, **who)


class StepVerb:
    """View predicate: the step that the address or a form asks for needs this verb.

    So every verb has a view of its own, and the right to decide does not wait for the right to write.
    """

    def __init__(self, verb: str, _config: Configurator) -> None:
        self.verb = verb

    def text(self) -> str:
        """How introspection names it."""
        return f"step_verb = {self.verb}"

    phash = text

    def __call__(self, context: Entry, request: Request) -> bool:
        """Whether the step needs the verb."""
        name = request.matchdict.get("step") or request.POST.get("transition", "")
        return any(step.name == name and step.verb == self.verb for step in context.type.workflow.transitions)


def includeme(config: Configurator) -> None:
    """Add the views of one record to the routes of `renda.records.views`."""
    config.add_view(show, route_name="entry", request_method="GET", permission="read", renderer=DETAIL)
    sent = {"request_method": "POST", "judges_text": True}
    config.add_view(update, route_name="entry", permission="write", renderer=FORM, **sent)
    page = {"route_name": "entry_page"}
    config.add_view(
        show_edit, match_param="page=edit", request_method="GET", permission="write", renderer=FORM, **page
    )
    post = {"renderer": DETAIL, **sent, **page}
    config.add_view(change_people, match_param="page=people", permission="write", **post)
    config.add_view_predicate("step_verb", StepVerb)
    types = config.registry.declared.record_types.values()
    for verb in sorted({step.verb for kind in types for step in kind.workflow.transitions}):
        config.add_view(take_step, match_param="page=do", permission=verb, step_verb=verb, **post)
