"""What a macro draws of the same things, in the same language, is drawn once.

Macros are made once for all pages and know of nothing but what they are given, so what they drew stands for
what they would draw. Worth it for what many pages have alike and few lines of Python decide, such as the
filters of a list; not for what is of one reader or one moment, and never for a macro that draws
`csrf_token()`: the next reader would be sent the token of the one before.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from jinja2.runtime import Macro
from markupsafe import Markup
from pyramid.config import Configurator
from pyramid.i18n import TranslationString
from pyramid.threadlocal import get_current_request

from renda.i18n import Translator

_MOST = 1024
"""Drawings that are kept, of a few kilobytes each; the one that was longest not asked for makes room."""


class _Asked:
    """A macro and what it is given, equal to another where it would draw the same."""

    __slots__ = ("_key", "arguments", "macro")

    def __init__(self, macro: Macro, arguments: tuple[Any, ...], translate: Translator) -> None:
        self.macro, self.arguments = macro, arguments
        self._key = (macro, translate, _frozen(arguments))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._key == other._key


def _frozen(value: Any) -> Hashable:
    """A thing that is equal to another's where both are shown alike."""
    kind = type(value)
    if kind is str or value is None:
        frozen: Hashable = value
    elif kind is TranslationString:
        frozen = value.domain, value, _frozen(value.mapping or None)
    elif kind is dict:
        frozen = tuple(value), tuple(map(_frozen, value.values()))
    elif kind is list or kind is tuple:
        frozen = tuple(map(_frozen, value))
    else:
        frozen = kind, value  # 1 is equal to True and is not shown like it.
    return frozen


@lru_cache(maxsize=_MOST)
def _draw(asked: _Asked) -> Markup:
    return Markup(asked.macro(*asked.arguments))  # noqa: S704 - a macro of a template that escapes


def drawn(macro: Macro, *arguments: Any) -> Markup:
    """What a macro makes of its arguments for the present reader: text, numbers, dicts and lists of such.

    Raises:
        TypeError: an argument is something else that cannot be compared.
    """
    return _draw(_Asked(macro, arguments, get_current_request().translate))


def _share(config: Configurator) -> None:
    config.get_jinja2_environment().globals["drawn"] = drawn


def includeme(config: Configurator) -> None:
    """Let templates say `drawn(forms.field, f)` for `forms.field(f)`."""
    config.action(None, _share, args=(config,), order=1)
