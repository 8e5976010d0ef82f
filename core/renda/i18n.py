"""Chinese first: messages are written in English and shown through gettext catalogues.

Catalogues are the `.po` files below each component's `locale/`, read once at start, so that a plugin's
translations need no build step and a wheel carries what a translator can open.
"""

import gettext
import json
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from io import BytesIO
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from pyramid.i18n import TranslationString, TranslationStringFactory

DOMAIN = "renda"
LOCALES = ("zh_Hans", "en")
DEFAULT_LOCALE = "zh_Hans"

_: Callable[..., str] = TranslationStringFactory(DOMAIN)
"""Marks a message for translation and keeps its English text."""


@cache
def catalogue(package: str, locale: str) -> gettext.NullTranslations:
    """The messages of one component in one locale; empty where it ships none."""
    path = resources.files(package) / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Translator:
    """Turns messages into one locale's words, over all components of an application."""

    def __init__(self, packages: Iterable[str], locale: str) -> None:
        self.locale = locale
        self._catalogues = [catalogue(package, locale) for package in packages]

    def __call__(self, message: object) -> str:
        """The message in this locale, with its `${name}` values filled in.

        Text that no catalogue knows (a person's name, say) comes back as it is.
        """
        text = str(message)
        for known in self._catalogues:
            found = known.gettext(text)
            if found != text:
                text = found
                break
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
