"""The help: how to read figures, a page for each role, and whom to complain to; for everybody, at `/help`."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.errors import NotFound
from renda.plugins import Declared
from renda.security.policy import EVERYONE
from renda.types import Request

_TEMPLATES = "renda:web/templates/help"


def roles(declared: Declared) -> dict[str, str]:
    """Titles of the roles of which some module says how they work, by name, in the order of the roles."""
    told = {role for module in declared.modules.values() for role in module.guide}
    return {name: role.title for name, role in declared.roles.items() if name in told}


def show(request: Request) -> Mapping[str, Any]:
    """How to read figures, the pages of the roles, the reader's own first, and whom to complain to."""
    played = {role for many in request.reader.roles.values() for role in many} if request.reader else set()
    titles = roles(request.registry.declared)
    return {
        "roles": [
            {"title": titles[name], "href": request.route_path("help.role", role=name), "own": name in played}
            for name in sorted(titles, key=lambda name: name not in played)
        ],
        "lines": request.registry.values["contact"].splitlines(),
    }


def show_role(request: Request) -> Mapping[str, Any]:
    """What each module says to who plays a role.

    Raises:
        NotFound: of this role no module says anything.
    """
    declared, name = request.registry.declared, request.matchdict["role"]
    titles = roles(declared)
    if name not in titles:
        raise NotFound
    told = [(one, one.guide[name]) for one in declared.modules.values() if name in one.guide]
    return {
        "title": titles[name],
        "parts": [
            {
                "title": one.title if number else "",
                "lines": [request.translate(line) for line in lines],
            }
            for number, (one, lines) in enumerate(told)
        ],
        "back": request.route_path("help"),
    }


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    for name, pattern, view, template in (
        ("help", "/help", show, "help"),
        ("help.role", "/help/{role}", show_role, "role"),
    ):
        config.add_route(name, pattern)
        config.add_view(
            view,
            route_name=name,
            request_method="GET",
            permission=EVERYONE,
            renderer=f"{_TEMPLATES}/{template}.jinja2",
        )
