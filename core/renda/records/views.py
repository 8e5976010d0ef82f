"""The routes that serve every register, and the form of a new record.

Four routes carry all registers of all modules; what a page shows follows from the record type in its context.
"""

import uuid
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.declarations import RecordType
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records import drafting, drafts, engine, forms
from renda.records.drafts import Draft
from renda.records.models import Record
from renda.records.persons import offered, resolved
from renda.types import Request
from renda.web.contexts import Entry, Register
from renda.web.errors import refuse

FORM = "renda:web/templates/register/form.jinja2"


def register_path(request: Request, kind: RecordType | None = None) -> str:
    """The address of a register of the context's organisation, by default the context's own."""
    context = request.context
    path: str = request.route_path(
        "register", org=context.organisation.code, type=(kind or context.type).name
    )
    return path


def whole_path(request: Request, whole: uuid.UUID) -> str:
    """The address of the record that a record of the context's type is a part of."""
    return f"{register_path(request, _host(request))}/{whole}"


def _host(request: Request) -> RecordType:
    return request.registry.declared.record_types[request.context.type.part_of]


def _whole(context: Register, request: Request, identifier: str) -> Record | None:
    if not context.type.part_of:
        return None
    return engine.find(request.db, _host(request), context.organisation.code, identifier)


def _form(
    context: Register,
    request: Request,
    whole: Record | None,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    left: Draft | None = None,
) -> dict[str, Any]:
    kind, base = context.type, register_path(request)

    def persons() -> forms.Offered:
        return offered(request.db, context.organisation.code, request.today)

    return {
        "title": _("New: ${register}", mapping={"register": request.translate(kind.title)}),
        "back": {"title": kind.title, "href": base},
        "fields": forms.controls(kind, typed, errors, persons)
        + ([forms.hidden("whole", whole.id)] if whole is not None else []),
        "errors": errors,
        "action": base,
        "cancel_href": base if whole is None else whole_path(request, whole.id),
        **drafting.offer(request, left, base, f"{base}/new", "" if whole is None else str(whole.id)),
    }


def show_new(context: Register, request: Request) -> dict[str, Any]:
    """The empty form of a new record; of a part, the address says of which record."""
    if reason := context.barred(context.type):
        raise Conflict(reason)
    whole = _whole(context, request, request.GET.get("whole", ""))
    left = drafting.found(context, request, drafts.NEW if whole is None else whole.id)
    typed = left.values if left is not None and drafting.CONTINUED in request.GET else {}
    return _form(context, request, whole, typed, {}, left=left)


def create(context: Register, request: Request) -> Any:
    """Make a record of what the form sent, or show the form again with what is wrong in it."""
    kind = context.type
    whole = _whole(context, request, request.POST.get("whole", ""))
    typed, here = forms.sent(kind, request.POST), context.organisation.code
    try:
        row = engine.create(
            request.db,
            kind,
            here,
            resolved(request.db, here, request.today, kind, typed),
            now=request.now,
            author=context.reader.account,
            whole=whole,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _form(context, request, whole, typed, error.errors)
    drafting.forget(context, request, drafts.NEW if whole is None else whole.id)
    return HTTPSeeOther(
        f"{register_path(request)}/{row.id}" if whole is None else whole_path(request, whole.id)
    )


def includeme(config: Configurator) -> None:
    """Mount the routes of all registers."""
    config.add_route("register", "/o/{org}/r/{type}", factory=Register)
    pages = r"/o/{org}/r/{type}/{page:new|draft|arrange|bulk|export\.xlsx}"
    config.add_route("register_page", pages, factory=Register)
    config.registry.traced_pages.add(("register_page", "export.xlsx"))
    config.add_route("entry", "/o/{org}/r/{type}/{id}", factory=Entry)
    config.add_route(
        "entry_page",
        r"/o/{org}/r/{type}/{id}/{page:edit|draft|do|people|comments|record\.docx}",
        factory=Entry,
    )
    post = {"request_method": "POST", "permission": "write", "judges_text": True}
    config.add_view(create, route_name="register", renderer=FORM, **post)
    page = {"route_name": "register_page", "request_method": "GET"}
    config.add_view(show_new, match_param="page=new", permission="write", renderer=FORM, **page)
