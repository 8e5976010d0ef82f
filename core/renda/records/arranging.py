"""The page on which a reader arranges a list: chooses its columns, and keeps it as a view under a name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.declarations import RecordType
from renda.declarations.modules import ANNOTATE
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records import columns, forms, saved, tables
from renda.records.fields import Flag
from renda.records.listing import ListQuery, conditions
from renda.types import Request
from renda.web.contexts import Register
from renda.web.errors import refuse

ARRANGE = "renda:web/templates/register/arrange.jinja2"
ALL = "all"
"""What an address says in the place of a view, where the list is not to open with one."""


def views_of(context: Register, request: Request) -> Sequence[Any]:
    """Views of the context's list that the reader sees."""
    return saved.seen(request.db, context.type, context.organisation.code, context.reader.account)


def opened(context: Register, request: Request, views: Sequence[Any]) -> tuple[RecordType, ListQuery]:
    """What a list shows: what its address asks for; where it asks for nothing, the view it opens with."""
    first = saved.opening(views)
    if first is None:
        return columns.asked(context.type, request.GET)
    if not request.GET:
        return columns.read(context.type, first.query)
    shown, query = columns.asked(context.type, request.GET)
    return shown, replace(query, view=ALL)


def tabs(views: Sequence[Any], query: ListQuery, base: str) -> list[dict[str, Any]]:
    """Links to the views of a list, and to all of it; nothing where there are no views."""
    if not views:
        return []
    here = tables.words(query)
    return [
        {"title": _("All"), "href": all_path(views, base), "current": not here},
        *({"title": one.name, "href": f"{base}?{one.query}", "current": one.query == here} for one in views),
    ]


def all_path(views: Sequence[Any], base: str) -> str:
    """The address of the whole list, also where it would open with a view."""
    return f"{base}?view={ALL}" if saved.opening(views) else base


def _page(
    context: Register, request: Request, query: ListQuery, typed: dict[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    kind = context.type
    base = request.route_path("register", org=context.organisation.code, type=kind.name)
    shown = columns.arranged(kind, query.columns).columns
    may_share = bool(request.has_permission("write", context))
    flags = [("opens", Flag(_("Open the list with it")))]
    if may_share:
        flags.insert(0, ("shared", Flag(_("For everybody at this organisation"))))
    mine = [one for one in views_of(context, request) if may_share or one.account is not None]
    return {
        "title": _("Columns and views: ${register}", mapping={"register": request.translate(kind.title)}),
        "back": {"title": kind.title, "href": base},
        "columns": [
            {
                "name": name,
                "label": kind.fields[name].label if name in kind.fields else tables.STATE,
                "shown": name in shown,
                "fixed": name == kind.columns[0],
            }
            for name in columns.possible(kind)
        ],
        "fields": [
            forms.control("name", saved.NAME, typed.get("name", ""), errors.get("name", ""))
            | {"required": False},
            *(forms.control(name, what, typed.get(name, "")) for name, what in flags),
        ],
        "query": tables.words(query),
        "action": f"{base}/arrange",
        "views": [
            {"id": str(one.id), "name": one.name, "shared": one.account is None, "opens": one.opens}
            for one in mine
        ],
        "errors": errors,
    }


def show(context: Register, request: Request) -> dict[str, Any]:
    """The columns of a list, and the views of it."""
    _shown, query = columns.read(context.type, request.GET.get("query", ""))
    return _page(context, request, query, {}, {})


def arrange(context: Register, request: Request) -> Any:
    """Show the list with the columns chosen, keep it as a view, or change a view that there is."""
    form, kind = request.POST, context.type
    base = request.route_path("register", org=context.organisation.code, type=kind.name)
    if form.get("do") in {"open", "close", "delete"}:
        _change(context, request, form["do"])
        return HTTPSeeOther(f"{base}/arrange")
    wanted = dict(parse_qsl(form.get("query", ""))) | {"columns": ",".join(form.getall("column"))}
    wanted["columns"] = wanted["columns"] or kind.columns[0]
    shown, query = columns.asked(kind, wanted)
    if form.get("do") == "keep":
        try:
            conditions(shown, query)
            _keep(context, request, query)
        except (Invalid, Conflict) as error:
            refuse(request, error.status)
            errors = error.errors if isinstance(error, Invalid) else {"": error.message}
            return _page(context, request, query, dict(form), errors)
    return HTTPSeeOther(f"{base}?{tables.words(query) or f'view={ALL}'}")


def _keep(context: Register, request: Request, query: ListQuery) -> None:
    form = request.POST
    saved.keep(
        request.db,
        context.type,
        context.organisation.code,
        context.reader.account,
        name=form.get("name", ""),
        query=tables.words(query),
        shared=form.get("shared") == "true" and bool(request.has_permission("write", context)),
        opens=form.get("opens") == "true",
    )


def _change(context: Register, request: Request, what: str) -> None:
    shared = bool(request.has_permission("write", context))
    kind, place, account = context.type, context.organisation.code, context.reader.account
    row = saved.find(request.db, kind, place, account, request.POST.get("view", ""), shared=shared)
    if what == "delete":
        request.db.delete(row)
        request.db.flush()
        return
    saved.keep(
        request.db,
        kind,
        place,
        account,
        name=row.name,
        query=row.query,
        shared=row.account is None,
        opens=what == "open",
    )


def includeme(config: Configurator) -> None:
    """Mount the page on a route of `renda.records.views`."""
    page = {"route_name": "register_page", "match_param": "page=arrange", "renderer": ARRANGE}
    config.add_view(show, request_method="GET", permission="read", **page)
    config.add_view(arrange, request_method="POST", permission=ANNOTATE, judges_text=True, **page)
