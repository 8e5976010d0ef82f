"""Chinese first: messages are written in English and shown through gettext catalogues.

Catalogues are the `.po` files below each component's `locale/`, read once at start, so that a plugin's
translations need no build step and a wheel carries what a translator can open.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import cast

from babel.messages.pofile import read_po
from pyramid.i18n import TranslationString, TranslationStringFactory

DOMAIN = "renda"
LOCALES: Mapping[str, str] = {"zh_Hans": "中文", "en": "English"}
"""Languages of the pages, each by its own name."""

DEFAULT_LOCALE = "zh_Hans"

_: Callable[..., str] = TranslationStringFactory(DOMAIN)
"""Marks a message for translation and keeps its English text."""


Translate = Callable[[object], str]
"""Turns a message into the reader's words, as a `Translator` does."""


@cache
def catalogue(package: str, locale: str, domain: str = DOMAIN) -> Mapping[str, str]:
    """The messages of one component in one locale; empty where it ships none.

    A message that has a plural is found by its singular.
    """
    path = resources.files(package) / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as source:
        messages = read_po(source, locale=locale)
    pairs = ((_singular(one.id), _singular(one.string)) for one in messages if not one.fuzzy)
    return {text: translated for text, translated in pairs if text and translated}


def _singular(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else text[0] if text else ""


class Translator:
    """Turns messages into one locale's words, over all components of an application."""

    def __init__(self, packages: Iterable[str], locale: str) -> None:
        self.locale = locale
        self._messages: dict[str, str] = {}
        for package in packages:
            # Of components that translate the same words, the first one is heard.
            self._messages = {**catalogue(package, locale), **self._messages}

    def __call__(self, message: object) -> str:
        """The message in this locale, with its `${name}` values filled in; values may be messages, too.

        Text that no catalogue knows (a person's name, say) comes back as it is.
        """
        text = str(message)
        text = self._messages.get(text, text)
        values = getattr(message, "mapping", None)
        if not values:
            return text
        said = {
            name: self(value) if isinstance(value, TranslationString) else value
            for name, value in values.items()
        }
        return cast("str", TranslationString(text, mapping=said).interpolate(text))


def freeze(message: object) -> str:
    """A message as stored text: its English words and its values, to be shown in any language later."""
    return json.dumps(_parts(message), ensure_ascii=False)


def _parts(message: object) -> list[object]:
    values = getattr(message, "mapping", None) or {}
    said = {
        name: _parts(value) if isinstance(value, TranslationString) else str(value)
        for name, value in values.items()
    }
    return [str(message), said]


def thaw(stored: str) -> TranslationString:
    """The message that `freeze` stored."""
    return _whole(*json.loads(stored))


def _whole(text: str, values: Mapping[str, object]) -> TranslationString:
    said = {name: _whole(*value) if isinstance(value, list) else value for name, value in values.items()}
    return TranslationString(text, domain=DOMAIN, mapping=said)
