"""Chinese first: messages are written in English and shown through gettext catalogues.

Catalogues are the `.po` files below each component's `locale/`, read once at start, so that a plugin's
translations need no build step and a wheel carries what a translator can open.
"""

import json
from collections.abc import Callable, Iterable, Mapping
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
def catalogue(package: str, locale: str) -> Mapping[str, str]:
    """The messages of one component in one locale; empty where it ships none."""
    path = resources.files(package) / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as source:
        messages = read_po(source, locale=locale)
    return {str(one.id): str(one.string) for one in messages if one.id and one.string and not one.fuzzy}


class Translator:
    """Turns messages into one locale's words, over all components of an application."""

    def __init__(self, packages: Iterable[str], locale: str) -> None:
        self.locale = locale
        self._messages: dict[str, str] = {}
        for package in packages:
            # Of components that translate the same words, the first one is heard.
            self._messages = {**catalogue(package, locale), **self._messages}

    def __call__(self, message: object) -> str:
        """The message in this locale, with its `${name}` values filled in.

        Text that no catalogue knows (a person's name, say) comes back as it is.
        """
        text = str(message)
        text = self._messages.get(text, text)
        interpolate = getattr(message, "interpolate", None)
        return cast("str", interpolate(text)) if interpolate else text


def freeze(message: object) -> str:
    """A message as stored text: its English words and its values, to be shown in any language later."""
    values = getattr(message, "mapping", None) or {}
    return json.dumps(
        [str(message), {name: str(value) for name, value in values.items()}], ensure_ascii=False
    )


def thaw(stored: str) -> TranslationString:
    """The message that `freeze` stored."""
    text, values = json.loads(stored)
    return TranslationString(text, domain=DOMAIN, mapping=values)
