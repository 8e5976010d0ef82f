"""The first pages: which organisation, and what waits for the reader there."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.security.identity import qualified
from renda.security.policy import EVERYONE, SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation

TEMPLATES = "renda:web/templates"
LIGHTS: Mapping[str, str] = {"todo": "off", "doing": "busy", "done": "ok", "stopped": "bad"}
"""How the lights of workflow states look on pages; a page's own lights stay as they are."""


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


def home(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What waits for the reader at an organisation, and the figures that its modules show."""
    contents = [
        content
        for module, card in sorted(request.registry.declared.cards, key=lambda pair: pair[1].weight)
        if qualified(card.permission, module) in context.permissions
        and (content := card.content(request)) is not None
    ]
    return {
        "cards": [_shown(line, "") for content in contents for line in content.get("lines", ())],
        "tabs": None,
        "todo": [
            _shown(task, request.translate(content["title"]))
            for content in contents
            for task in content.get("tasks", ())
        ],
        "pager": None,
    }


_CARD = {"label": "title", "figure": "value", "what": "title", "from": "source"}


def _shown(line: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A line of a card by the names that the page uses, nothing missing."""
    empty = dict.fromkeys(
        ("title", "value", "qualifier", "coverage", "unit", "href", "light", "text", "due", "left", "state")
    )
    shown = {**empty, "source": source, **{_CARD.get(key, key): value for key, value in line.items()}}
    shown["light"] = LIGHTS.get(str(shown["light"]), shown["light"])
    return shown


def help_page(_request: Request) -> Mapping[str, Any]:
    """How to read figures, and whom to complain to."""
    return {"contact": None}


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
    config.add_route("help", "/help")
    config.add_view(
        help_page,
        route_name="help",
        request_method="GET",
        permission=EVERYONE,
        renderer=f"{TEMPLATES}/help.jinja2",
    )
