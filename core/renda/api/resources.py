"""`config.add_resource`: how a component gives programs something to read below an organisation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.api.addresses import BASE, twice
from renda.declarations import Message
from renda.errors import Invalid
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.pages import component, require_permission

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a resource's address: in the path where the pattern names it, else in the query."""

    name: str
    title: Message
    schema: Schema


@dataclass(frozen=True)
class Resource:
    """What a component gives to read.

    Attributes:
        name: its route, `api.<module>.<name>`.
        module: whose it is; where an organisation does not use it, there is no such resource.
        path: below the API's base, with `{placeholders}`.
        title: what it is.
        schema: JSON schema of the answer.
        parameters: those of the path and of the query.
    """

    name: str
    module: str
    path: str
    title: Message
    schema: Schema
    parameters: Sequence[Parameter] = ()


def add_resource(
    config: Configurator,
    name: str,
    pattern: str,
    view: Callable[[Any, Request], Any],
    permission: str,
    *,
    title: Message,
    schema: Schema,
    parameters: Sequence[Parameter] = (),
) -> None:
    """Mount a resource at `/api/v1/organisations/{org}/{module}/{pattern}`, and describe it in the document.

    The context is `renda.web.contexts.Organisation`, as on a page; `view(context, request)` gives what JSON
    can hold, as `schema` says it. What is asked for twice is refused before.

    Raises:
        Misconfigured: the resource names no permission.
    """
    module = component(config)
    require_permission(module, name, permission)
    route, path = f"api.{module}.{name}", f"/organisations/{{org}}/{module}/{pattern}"
    config.add_route(route, BASE + path, factory=partial(Organisation, module=module))

    def answer(context: Organisation, request: Request) -> Response:
        if errors := twice(request.GET):
            raise Invalid(errors)
        return Response(json=view(context, request))

    config.add_view(answer, route_name=route, request_method="GET", permission=permission)
    resources(config.registry).append(Resource(route, module, path, title, schema, tuple(parameters)))


def resources(registry: Any) -> list[Resource]:
    """Every resource of a component of this node."""
    found: list[Resource] = registry.__dict__.setdefault("api_resources", [])
    return found


def includeme(config: Configurator) -> None:
    """`config.add_resource` exists afterwards."""
    config.add_directive("add_resource", add_resource)
