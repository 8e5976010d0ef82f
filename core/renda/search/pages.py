"""The page of search: what a query finds at an organisation, or wherever its reader plays a role."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from pyramid.config import Configurator
from sqlalchemy import select

from renda.clock import local_day
from renda.database import scope_to
from renda.declarations import RecordType
from renda.declarations.modules import CORE
from renda.directory import modules
from renda.directory.models import Organisation as OrganisationRow
from renda.directory.terms import TERM
from renda.errors import Invalid
from renda.i18n import _
from renda.records.forms import control, count
from renda.records.kinds import Flag, Text
from renda.records.ordinals import ordinal
from renda.records.tables import state_sign
from renda.search.entries import searchable
from renda.search.finding import LONGEST, Found, Reach, find
from renda.search.marks import excerpt, marked
from renda.search.models import SearchEntry
from renda.search.people import Deputy, deputies
from renda.security.identity import permissions, qualified
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation

QUERY = Text(_("Search for"), required=False, max_length=LONGEST)
READ_PERSONS = qualified("read", CORE)
EVERYWHERE = Flag(_("At all my organisations"))


def show(context: Organisation, request: Request) -> dict[str, Any]:
    """The results of a query, grouped by register."""
    query, everywhere = request.GET.get("q", "").strip(), bool(request.GET.get("everywhere"))
    page = count(request.GET.get("page", "")) or 1
    kinds = {kind.name: kind for kind in searchable(request.registry.declared)}
    only = request.GET.get("type", "") if request.GET.get("type") in kinds else ""
    held = rights(context, request, everywhere=everywhere)
    within = reach(held, kinds.values())
    found, people, error = Found(), [], ""
    if query:
        scope_to(request.db, within)
        try:
            found = find(request.db, query, within, list(kinds), only=only, page=page)
            if not only and page == 1:
                readable = [code for code, rights in held.items() if READ_PERSONS in rights]
                people = deputies(request.db, query, readable, request.today)
        except Invalid as refused:
            error = refused.errors["q"]
            request.response.status_int = refused.status
    return {
        "title": _("Search"),
        "searched": query,
        "fields": _fields(context, query, error, everywhere=everywhere),
        "tabs": _tabs(request, found, kinds, only),
        "groups": _groups(request, found, kinds, query),
        "people": _people(request, people, query),
        "pager": _pager(request, found),
        "empty": None if error else _("Nothing was found.") if query else _("Write what you look for."),
    }


def rights(context: Organisation, request: Request, *, everywhere: bool) -> Mapping[str, frozenset[str]]:
    """What the reader may do at the context's organisation, or at all where they play a role, by code."""
    reader, declared, here = context.reader, request.registry.declared, context.organisation.code
    held = {here: context.permissions}
    for code in sorted(reader.roles.keys() - {here}) if everywhere else ():
        in_use = modules.read(request.db, code, request.today).in_use
        held[code] = permissions(reader, code, declared, in_use)
    return held


def reach(held: Mapping[str, Collection[str]], kinds: Collection[RecordType]) -> Reach:
    """Which of these types the reader may read where."""
    return {
        code: [kind.name for kind in kinds if qualified("read", kind.module) in allowed]
        for code, allowed in held.items()
    }


def _fields(context: Organisation, query: str, error: str, *, everywhere: bool) -> list[dict[str, Any]]:
    found = [control("q", QUERY, query, error)]
    if len(context.reader.roles) > 1:
        found.append(control("everywhere", EVERYWHERE, EVERYWHERE.typed(everywhere)))
    return found


def _address(request: Request, **changes: str) -> str:
    said = {name: request.GET.get(name, "") for name in ("q", "everywhere", "type", "page")} | changes
    return f"{request.path}?{urlencode({name: value for name, value in said.items() if value})}"


def _tabs(
    request: Request, found: Found, kinds: dict[str, RecordType], only: str
) -> list[dict[str, Any]] | None:
    """One for all registers, one for each with results."""
    if len(found.counts) <= 1 and not only:
        return None
    tabs = [("", _("All"), sum(found.counts.values()))]
    tabs += [(name, kinds[name].title, number) for name, number in found.counts.items()]
    return [
        {
            "title": title,
            "href": _address(request, type=name, page=""),
            "current": name == only,
            "count": number,
        }
        for name, title, number in tabs
    ]


def _groups(request: Request, found: Found, kinds: dict[str, RecordType], query: str) -> list[dict[str, Any]]:
    names = _names(request, {entry.organisation for entry in found.entries})
    return [
        {
            "name": name,
            "title": kinds[name].title,
            "results": [_result(request, kinds[name], entry, names, query) for entry in entries],
        }
        for name, entries in groupby(found.entries, key=lambda entry: entry.type)
    ]


def _people(request: Request, people: Sequence[Deputy], query: str) -> list[dict[str, Any]]:
    names = _names(request, {one.organisation for one in people})
    return [
        {
            "name": marked(one.name, query),
            "href": request.route_path("core.deputy", org=one.organisation, person=one.person),
            "organisation": names[one.organisation],
            "term": ordinal(TERM, one.term, request.translate),
            "constituency": one.constituency,
        }
        for one in people
    ]


def _names(request: Request, codes: Collection[str]) -> dict[str, str]:
    named = select(OrganisationRow.code, OrganisationRow.name).where(OrganisationRow.code.in_(codes))
    return {row.code: row.name for row in request.db.execute(named)} if codes else {}


def _result(
    request: Request, kind: RecordType, entry: SearchEntry, names: dict[str, str], query: str
) -> dict[str, Any]:
    further = (excerpt(line, query) for line in entry.text.split("\n")[1:])
    return {
        "href": request.route_path("entry", org=entry.organisation, type=kind.name, id=entry.record),
        "title": marked(entry.title, query) or [("—", False)],
        "excerpt": next((pieces for pieces in further if pieces), None),
        "organisation": names[entry.organisation],
        "changed": local_day(entry.changed_at),
        **state_sign(kind, entry.state),
    }


def _pager(request: Request, found: Found) -> dict[str, Any] | None:
    if not found.entries:
        return None
    number, pages = found.number, found.pages
    return {
        "total": found.total,
        "page": number,
        "pages": pages,
        "previous": _address(request, page=str(number - 1)) if number > 1 else None,
        "next": _address(request, page=str(number + 1)) if number < pages else None,
    }


def includeme(config: Configurator) -> None:
    """Mount the page at `/o/{org}/search`."""
    config.add_route("search", "/o/{org}/search", factory=Organisation)
    config.add_view(
        show,
        route_name="search",
        request_method="GET",
        permission=SIGNED_IN,
        renderer="renda:search/templates/results.jinja2",
    )
