"""Jinja2: everything is escaped, and what is missing is an error and not an empty string."""

from collections.abc import Iterator, Mapping, MutableMapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Undefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from pyramid.config import Configurator

from renda.declarations.modules import CORE
from renda.i18n import domain_of

DICT_METHODS = frozenset(dir(dict))


class Missing(Undefined):
    """A value that a page was not given: a template may ask whether it is there, and whether it is something.

    Showing it, or looping over it, is an error.
    """

    __slots__ = ()
    __str__ = __iter__ = __len__ = Undefined._fail_with_undefined_error  # noqa: SLF001 - as jinja2's own do


class OwnWords(Extension):
    """Lets each `_("…")` of a template say whose words it has: those of the component where the file lies.

    The environment's `domains` are the domains of messages by the folders of the node's components.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The template's tokens, with `domain="…"` after the text of each message."""
        domains: Mapping[Path, str] = self.environment.domains  # type: ignore[attr-defined]
        above = Path(stream.filename).parents if stream.filename else ()
        domain = next((domains[folder] for folder in above if folder in domains), "")
        place = _OUTSIDE
        for token in stream:
            yield token
            place = _place(place, token)
            if domain and place == _TEXT and stream.current.type == "rparen":
                said = (("comma", ","), ("name", "domain"), ("assign", "="), ("string", domain))
                yield from (Token(token.lineno, kind, value) for kind, value in said)


_OUTSIDE, _NAME, _OPEN, _TEXT = range(4)


def _place(before: int, token: Token) -> int:
    """Where in the call that marks a message a token stands, after a place `before` it."""
    if token.type == "string" and before in {_OPEN, _TEXT}:
        return _TEXT
    if token.type == "lparen" and before == _NAME:
        return _OPEN
    return _NAME if (token.type, token.value) == ("name", "_") else _OUTSIDE


def _attribute(environment: Environment, thing: Any, name: str) -> Any:
    """What `thing.name` is in a template: most things are dicts, and asking those for attributes is slow."""
    if type(thing) is dict and name in thing and name not in DICT_METHODS:
        return thing[name]
    return Environment.getattr(environment, thing, name)


def _globals(environment: Environment, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
    """What a template knows beside its context; templates without own ones share those of the environment.

    Each import compares the names that two templates know, which takes a hundred times longer of a chain.
    """
    return Environment.make_globals(environment, own) if own else environment.globals


def _prepare(config: Configurator) -> None:
    environment = config.get_jinja2_environment()
    packages = [component.package for component in config.registry.declared.components]
    environment.extend(domains={Path(str(resources.files(one))): domain_of(one) for one in packages})
    environment.add_extension(OwnWords)
    environment.undefined = Missing
    environment.getattr = partial(_attribute, environment)
    environment.make_globals = partial(_globals, environment)


def includeme(config: Configurator) -> None:
    """Find templates in `templates/` of every component, the core's in `renda:web/templates`."""
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path("renda:web/templates")
    for component in config.registry.declared.components:
        if component.name != CORE and (resources.files(component.package) / "templates").is_dir():
            config.add_jinja2_search_path(f"{component.package}:templates")
    config.action(None, _prepare, args=(config,), order=1)
