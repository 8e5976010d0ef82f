"""The list of a register, on its page and as a spreadsheet."""

from typing import Any
from urllib.parse import urlencode

from pyramid.config import Configurator
from pyramid.response import Response

from renda.errors import Invalid
from renda.i18n import _
from renda.records import arranging, bulk_pages, columns, export, forms, listing, passing, staying, tables
from renda.records.views import register_path
from renda.types import Request
from renda.web.contexts import Register
from renda.web.downloads import download

LIST = "renda:web/templates/register/list.jinja2"


def show_list(context: Register, request: Request) -> dict[str, Any]:
    """The records of a register, filtered, sorted and in pages."""
    kind, base, errors = context.type, register_path(request), {}
    views = arranging.views_of(context, request)
    shown, query = arranging.opened(context, request, views)
    try:
        page = listing.listed(request.db, shown, context.organisation.code, query)
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
    actions.append(
        {
            "title": _("Columns and views"),
            "href": f"{base}/arrange?{urlencode({'query': tables.words(query)})}",
        }
    )
    filters = forms.filter_controls(kind, query, errors, request.translate)
    shown_there = {one["name"] for one in filters if one["widget"] != "hidden"}
    many = bulk_pages.offered(context, request, query, page.total)
    return {
        "title": kind.title,
        "actions": actions,
        "filters": filters,
        "errors": {name: error for name, error in errors.items() if name not in shown_there},
        "reset_href": arranging.all_path(views, base) if query.filters or query.search or errors else None,
        "tabs": arranging.tabs(views, query, base),
        "bulk": many,
        "columns": tables.sorted_columns(shown, query, base),
        "body": tables.body(
            shown,
            page,
            base,
            request.translate,
            select=many is not None,
            remaining=staying.listed(request, kind, page),
        ),
        "pager": tables.pager(page, query, base),
        "empty": _("No record fits. Show all, or search for something else.")
        if query.filters or query.search or errors
        else None,
    }


def send_xlsx(context: Register, request: Request) -> Response:
    """The list as a spreadsheet: what the filters of its address find, all pages of it.

    That records left the system is kept, with how many and by which fields they were chosen; what was looked
    for may be personal and is not kept.
    """
    place = context.organisation
    kind, query = columns.asked(context.type, request.GET)
    name = export.file_name(kind, place.name, request.today.year, request.translate)
    title = f"{request.translate(kind.title)} {place.name} {request.today}"
    made = export.write_xlsx(request.db, kind, place.code, query, title=title, translate=request.translate)
    chosen = sorted(name for name, value in {**query.filters, "q": query.search}.items() if value)
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    passing.exported(request.db, kind, place.code, made.rows, filters=chosen, **who)
    return download(made.file, name, plain=f"{kind.name}.xlsx")


def includeme(config: Configurator) -> None:
    """Mount both on the routes of `renda.records.views`."""
    config.add_view(show_list, route_name="register", request_method="GET", permission="read", renderer=LIST)
    page = {"route_name": "register_page", "request_method": "GET"}
    config.add_view(send_xlsx, match_param="page=export.xlsx", permission="export", **page)
