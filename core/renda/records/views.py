"""The pages that serve every register: its list, the form of a new record, and the spreadsheet.

Four routes carry all registers of all modules; what a page shows follows from the record type in its context.
"""

import uuid
from typing import Any
from urllib.parse import quote

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import FileIter, Response

from renda.declarations import RecordType
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records import engine, export, forms, listing, staying, tables
from renda.records.models import Record
from renda.records.persons import offered
from renda.security import audit
from renda.types import Request
from renda.web.contexts import Entry, Register
from renda.web.errors import refuse

LIST = "renda:web/templates/register/list.jinja2"
FORM = "renda:web/templates/register/form.jinja2"


def register_path(request: Request, kind: RecordType | None = None) -> str:
    """The address of a register of the context's organisation, by default the context's own."""
    context = request.context
    path: str = request.route_path(
        "register", org=context.organisation.code, type=(kind or context.type).name
    )
    return path


def show_list(context: Register, request: Request) -> dict[str, Any]:
    """The records of a register, filtered, sorted and in pages."""
    kind, base = context.type, register_path(request)
    query, errors = forms.wanted(request.GET), {}
    try:
        page = listing.listed(request.db, kind, context.organisation.code, query)
    except Invalid as error:
        page, errors = listing.Page((), 0), error.errors
        request.response.status_int = error.status
    actions = []
    if request.has_permission("write", context) and not kind.part_of and not context.barred(kind):
        actions.append({"title": _("New"), "href": f"{base}/new", "primary": True})
        actions.append({"title": _("Excel template"), "href": f"{base}/template.xlsx"})
        actions.append({"title": _("Import from Excel"), "href": f"{base}/import"})
    if request.has_permission("export", context):
        actions.append({"title": _("Export to Excel"), "href": tables.address(f"{base}/export.xlsx", query)})
    return {
        "title": kind.title,
        "actions": actions,
        "filters": forms.filter_controls(kind, query, errors, request.translate),
        "reset_href": base if query.filters or query.search else None,
        "columns": tables.sorted_columns(kind, query, base),
        "body": tables.body(kind, page, base, request.translate, staying.listed(request, kind, page)),
        "pager": tables.pager(page, query, base),
        "empty": _("No record fits. Show all, or search for something else.")
        if query.filters or query.search
        else None,
    }


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
    context: Register, request: Request, whole: Record | None, typed: dict[str, str], errors: dict[str, str]
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
    }


def show_new(context: Register, request: Request) -> dict[str, Any]:
    """The empty form of a new record; of a part, the address says of which record."""
    if reason := context.barred(context.type):
        raise Conflict(reason)
    return _form(context, request, _whole(context, request, request.GET.get("whole", "")), {}, {})


def create(context: Register, request: Request) -> Any:
    """Make a record of what the form sent, or show the form again with what is wrong in it."""
    kind = context.type
    whole = _whole(context, request, request.POST.get("whole", ""))
    typed = forms.sent(kind, request.POST)
    try:
        row = engine.create(
            request.db,
            kind,
            context.organisation.code,
            typed,
            now=request.now,
            author=context.reader.account,
            whole=whole,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _form(context, request, whole, typed, error.errors)
    return HTTPSeeOther(
        f"{register_path(request)}/{row.id}" if whole is None else whole_path(request, whole.id)
    )


def send_xlsx(context: Register, request: Request) -> Response:
    """The list as a spreadsheet: what the filters of its address find, all pages of it.

    That records left the system is kept, with how many and by which fields they were chosen; what was looked
    for may be personal and is not kept.
    """
    kind, place = context.type, context.organisation
    query = forms.wanted(request.GET)
    name = export.file_name(kind, place.name, request.today.year, request.translate)
    title = f"{request.translate(kind.title)} {place.name} {request.today}"
    made = export.write_xlsx(request.db, kind, place.code, query, title=title, translate=request.translate)
    chosen = sorted(name for name, value in {**query.filters, "q": query.search}.items() if value)
    audit.record(
        request.db,
        actor=context.reader.account,
        organisation=place.code,
        action="record.export",
        target=kind.name,
        now=request.now,
        detail={"rows": made.rows, "filters": chosen},
    )
    return Response(
        app_iter=FileIter(made.file),
        content_type=export.MEDIA_TYPE,
        content_disposition=f"attachment; filename=\"{kind.name}.xlsx\"; filename*=UTF-8''{quote(name)}",
    )


def includeme(config: Configurator) -> None:
    """Mount the routes of all registers."""
    config.add_route("register", "/o/{org}/r/{type}", factory=Register)
    config.add_route("register_page", r"/o/{org}/r/{type}/{page:new|export\.xlsx}", factory=Register)
    config.registry.traced_pages.add(("register_page", "export.xlsx"))
    config.add_route("entry", "/o/{org}/r/{type}/{id}", factory=Entry)
    config.add_route("entry_page", "/o/{org}/r/{type}/{id}/{page:edit|do|people}", factory=Entry)
    config.add_view(show_list, route_name="register", request_method="GET", permission="read", renderer=LIST)
    post = {"request_method": "POST", "permission": "write", "judges_text": True}
    config.add_view(create, route_name="register", renderer=FORM, **post)
    page = {"route_name": "register_page", "request_method": "GET"}
    config.add_view(show_new, match_param="page=new", permission="write", renderer=FORM, **page)
    config.add_view(send_xlsx, match_param="page=export.xlsx", permission="export", **page)
