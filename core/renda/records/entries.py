"""What is done with one record: it is shown, changed, led to its next step, and people take part in it."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response

from renda.declarations import RecordType
from renda.declarations.modules import ANNOTATE
from renda.errors import Conflict, Invalid, NotFound, TooLarge
from renda.i18n import _
from renda.records import (
    attachment_pages,
    comments,
    conflicts,
    drafting,
    engine,
    forms,
    parts,
    persons,
    workflow,
)
from renda.records.details import detail, entry_path, named, participation_of
from renda.records.drafts import Draft
from renda.records.fields import Rejected
from renda.records.timeline import timeline
from renda.records.views import FORM, register_path
from renda.types import Request
from renda.web.contexts import Entry
from renda.web.errors import refuse

CONFLICT = "renda:web/templates/register/conflict.jinja2"
DETAIL = "renda:web/templates/register/detail.jinja2"


def show(context: Entry, request: Request) -> dict[str, Any]:
    """Everything about one record."""
    return detail(context, request, {})


def show_edit(context: Entry, request: Request) -> dict[str, Any]:
    """The form that changes a record, with what it says now or with what its reader has not saved yet."""
    typed, lock = forms.present(context.type, context.row), context.row.lock
    left = drafting.found(context, request, context.row.id)
    if left is not None and drafting.CONTINUED in request.GET:
        typed, lock = {**typed, **left.values}, left.lock
    return _form(context, request, typed, {}, lock, left=left)


def _form(
    context: Entry,
    request: Request,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    lock: int | str,
    *,
    left: Draft | None = None,
) -> dict[str, Any]:
    kind, row, here = context.type, context.row, entry_path(request)

    def offered() -> forms.Offered:
        """Those who may be named, and whoever is named already."""
        here, also = context.organisation.code, named(context, request)
        return persons.offered(request.db, here, request.today, also)

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
        **drafting.offer(request, left, here, f"{here}/edit"),
    }


def update(context: Entry, request: Request) -> Any:
    """Change a record, or show the form again with what is wrong, or beside it what somebody else changed."""
    kind, row = context.type, context.row
    picks = conflicts.chosen(request.POST)
    typed = conflicts.typed_in(kind, request.POST, row)
    typed = {name: text for name, text in typed.items() if picks.get(name) != conflicts.THEIRS}
    lock = request.POST.get("lock", "")
    try:
        typed = persons.resolved(request.db, context.organisation.code, request.today, kind, typed)
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
        return _form(context, request, {**forms.present(kind, row), **typed}, error.errors, lock)
    except Conflict as error:
        if "lock" not in error.detail:
            raise
        refuse(request, error.status)
        return _conflict(context, request, {**request.POST, **typed})
    drafting.forget(context, request, row.id)
    return HTTPSeeOther(entry_path(request))


def _conflict(context: Entry, request: Request, form: Mapping[str, str]) -> Response:
    """What was typed beside what is there now."""
    kind, row, here = context.type, context.row, entry_path(request)
    page = {
        **conflicts.page(request.db, kind, row, form, request.translate),
        "back": {"title": kind.title, "href": register_path(request)},
        "timeline": timeline(request.db, kind, row, request.translate),
        "action": here,
        "cancel_href": here,
    }
    return render_to_response(CONFLICT, page, request, response=request.response)


def take_step(context: Entry, request: Request) -> Any:
    """Let a record take a step of its workflow, or show it again with the reason that was typed."""
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
    except Conflict as error:
        if "lock" not in error.detail:
            raise
        refuse(request, error.status)
        return {**detail(context, request, {"reason": error.message}), "reason": reason}
    return HTTPSeeOther(entry_path(request))


def comment(context: Entry, request: Request) -> Any:
    """Add a comment to a record, or show it again with what is wrong with it."""
    text, who = request.POST.get("comment", ""), context.reader.account
    try:
        comments.say(request.db, context.type, context.row, text, now=request.now, author=who)
    except Invalid as error:
        refuse(request, error.status)
        return {**detail(context, request, error.errors), "said": text}
    return HTTPSeeOther(entry_path(request))


def change_files(context: Entry, request: Request) -> Any:
    """Add files to a record, remove or put back some, or show it again with what is wrong with them."""
    try:
        attachment_pages.change(context, request)
    except (Invalid, TooLarge) as error:
        refuse(request, error.status)
        return detail(context, request, {"file": error.sentence})
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
    chosen = {kind.fields["person"].clean(one) for one in form.getall("person")}
    if not chosen:
        here, typed = context.organisation.code, form.get(f"person{forms.TYPED}", "")
        chosen = persons.many_called_so(request.db, here, request.today, typed)
    if not chosen:
        kind.fields["person"].clean("")
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
    config.add_view(comment, match_param="page=comments", permission=ANNOTATE, **post)
    files = {"route_name": "entry_files", "renderer": DETAIL}
    config.add_view(change_files, request_method="POST", permission="write", **files)
    config.add_view_predicate("step_verb", StepVerb)
    types = config.registry.declared.record_types.values()
    for verb in sorted({step.verb for kind in types for step in kind.workflow.transitions}):
        config.add_view(take_step, match_param="page=do", permission=verb, step_verb=verb, **post)
