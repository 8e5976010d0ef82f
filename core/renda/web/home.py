"""The first pages: which organisation, and what waits for the reader there."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web import todo
from renda.web.contexts import Organisation

TEMPLATES = "renda:web/templates"


def root(request: Request) -> Mapping[str, Any] | Response:
    """Lead to the only organisation where the reader plays a role, or let them choose."""
    codes = sorted(request.reader.roles) if request.reader else []
    if len(codes) == 1:
        return HTTPSeeOther(f"{request.script_name}/o/{codes[0]}")
    names = request.db.execute(
        select(OrganisationRow.code, OrganisationRow.name)
        .where(OrganisationRow.code.in_(codes))
        .order_by(OrganisationRow.code)
    )
    return {
        "title": _("Choose an organisation"),
        "actions": [],
        "filters": [],
        "reset_href": None,
        "columns": [{"key": "name", "title": _("Organisation")}],
        "rows": [
            {"cells": [{"text": name, "href": f"{request.script_name}/o/{code}"}]} for code, name in names
        ],
        "pager": None,
        "empty": _("You have no role at any organisation yet. Ask your administrator for one."),
    }


TODO, DONE, STARTED = "todo", "done", "started"
TABS: Mapping[str, str] = {TODO: _("To do"), DONE: _("Dealt with"), STARTED: _("Started by me")}


def home(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What waits for the reader at an organisation, and the figures that its modules show."""
    chosen = request.GET.get("show", TODO)
    chosen = chosen if chosen in TABS else TODO
    found = todo.contents(context, request)
    waiting = todo.waiting(found, request)
    return {
        "cards": [todo.shown(line, "") for content in found for line in content.get("lines", ())],
        "tabs": [
            {
                "title": title,
                "href": request.path if name == TODO else f"{request.path}?show={name}",
                "current": name == chosen,
                "count": len(waiting) if name == TODO else None,
            }
            for name, title in TABS.items()
        ],
        "todo": waiting if chosen == TODO else todo.others(context, request, chosen),
        "last": _("Due") if chosen == TODO else _("Day"),
        "pager": None,
    }


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    config.add_route("root", "/")
    config.add_view(
        root,
        route_name="root",
        request_method="GET",
        permission=SIGNED_IN,
        renderer=f"{TEMPLATES}/register/list.jinja2",
    )
    config.add_route("organisation", "/o/{org}", factory=Organisation)
    config.add_view(
        home,
        route_name="organisation",
        request_method="GET",
        permission=SIGNED_IN,
        renderer=f"{TEMPLATES}/home.jinja2",
    )
