"""Jinja2: everything is escaped, and what is missing is an error and not an empty string."""

from functools import partial
from importlib import resources
from typing import Any

from jinja2 import Environment, Undefined
from pyramid.config import Configurator

from renda.declarations.modules import CORE

DICT_METHODS = frozenset(dir(dict))


class Missing(Undefined):
    """A value that a page was not given: a template may ask whether it is there, and whether it is something.

    Showing it, or looping over it, is an error.
    """

    __slots__ = ()
    __str__ = __iter__ = __len__ = Undefined._fail_with_undefined_error  # noqa: SLF001 - as jinja2's own do


def _attribute(environment: Environment, thing: Any, name: str) -> Any:
    """What `thing.name` is in a template: most things are dicts, and asking those for attributes is slow."""
    if type(thing) is dict and name in thing and name not in DICT_METHODS:
        return thing[name]
    return Environment.getattr(environment, thing, name)


def _prepare(config: Configurator) -> None:
    environment = config.get_jinja2_environment()
    environment.undefined = Missing
    environment.getattr = partial(_attribute, environment)


def includeme(config: Configurator) -> None:
    """Find templates in `templates/` of every component, the core's in `renda:web/templates`."""
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path("renda:web/templates")
    for component in config.registry.declared.components:
        if component.name != CORE and (resources.files(component.package) / "templates").is_dir():
            config.add_jinja2_search_path(f"{component.package}:templates")
    config.action(None, _prepare, args=(config,), order=1)
