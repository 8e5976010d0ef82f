"""`config.add_page`: how a component mounts a page of its own below an organisation."""

from functools import partial
from typing import Any

from pyramid.config import Configurator

from renda.errors import Misconfigured
from renda.i18n import _
from renda.security.policy import EVERYONE, NOBODY, SIGNED_IN
from renda.web.contexts import Organisation


def add_page(
    config: Configurator,
    name: str,
    pattern: str,
    view: Any,
    permission: str,
    *,
    renderer: str | None = None,
    request_method: str | tuple[str, ...] = "GET",
    files: bool = False,
    **options: Any,
) -> None:
    """Mount a view at `/o/{org}/m/{module}/{pattern}`.

    The context is `renda.web.contexts.Organisation`, with the component as its `module`; where the
    organisation does not use the module, the page does not exist. The route is named `{module}.{name}`.
    A page that is read and posted to is added twice under one name and pattern, with a view each.

    Args:
        config: the Configurator that the component's `includeme` was given.
        name: identifier within the component.
        pattern: rest of the address, with `{placeholders}`; may be empty.
        view: callable (context, request) or (request).
        permission: what the reader must hold there: a verb of this module, or a full name.
        renderer: template, such as `package:templates/page.jinja2`.
        request_method: methods that the view answers.
        files: whether its forms send files, see `renda.web.limits`.
        options: further options of `Configurator.add_view`; `judges_text` of a view that itself tells which
            field of its form holds what is no text (see `renda.security.derivers`).

    Raises:
        Misconfigured: the page names no permission, or its name stands for another pattern.
    """
    module = component(config)
    require_permission(module, name, permission)
    route = f"{module}.{name}"
    address = f"/o/{{org}}/m/{module}/{pattern}".rstrip("/")
    pages: dict[str, str] = config.registry.__dict__.setdefault("pages", {})
    if route not in pages:
        pages[route] = address
        config.add_route(route, address, factory=partial(Organisation, module=module))
    elif pages[route] != address:
        raise Misconfigured(
            _("The page ${name} of ${module} has two addresses.", mapping={"name": name, "module": module})
        )
    if files:
        config.registry.__dict__.setdefault("pages_with_files", set()).add(route)
    config.add_view(
        view,
        route_name=route,
        permission=permission,
        renderer=renderer,
        request_method=request_method,
        **options,
    )


def require_permission(module: str, name: str, permission: str | None) -> None:
    """Refuse what a component mounts below an organisation without saying who may see it.

    Raises:
        Misconfigured: the permission is none that a role gives.
    """
    if permission in {"", None, EVERYONE, SIGNED_IN, NOBODY}:
        raise Misconfigured(
            _("The page ${name} of ${module} names no permission.", mapping={"name": name, "module": module})
        )


def component(config: Configurator) -> str:
    """Name of the component for whose package a Configurator is at work.

    Raises:
        Misconfigured: the package belongs to no component.
    """
    package = config.package.__name__
    for one in config.registry.declared.components:
        if package == one.package or package.startswith(f"{one.package}."):
            return str(one.name)
    raise Misconfigured(
        _("The package ${package} is no component of this node.", mapping={"package": package})
    )
