"""Chinese first: messages are written in English and shown through gettext catalogues.

Catalogues are the `.po` files below each component's `locale/`, read once at start, so that a plugin's
translations need no build step and a wheel carries what a translator can open. A message belongs to the
component whose code marks it, and is looked up there first: an English word that two components use may mean
two things.
"""

import inspect
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

_of_component = cache(TranslationStringFactory)


def domain_of(name: str) -> str:
    """The domain of what a module, or a component's package, of this name says."""
    return name.partition(".")[0]


def _(text: str, *, mapping: Mapping[str, object] | None = None) -> str:
    """Mark a message for translation by the component that marks it, and keep its English text.

    One that is marked already keeps whose it is, and takes more values.
    """
    frame = inspect.currentframe()
    caller = frame.f_back if frame else None
    name = caller.f_globals.get("__name__", DOMAIN) if caller else DOMAIN
    message: str = _of_component(domain_of(name))(text, mapping=mapping)
    return message


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
    """Turns messages into one locale's words, over all components of an application.

    A message is looked up in the catalogue of its own component, then in all of them in their order.
    """

    def __init__(self, packages: Iterable[str], locale: str) -> None:
        self.locale = locale
        self._messages: dict[str, str] = {}
        self._own: dict[str, dict[str, str]] = {}
        for package in packages:
            said = catalogue(package, locale)
            domain = domain_of(package)
            # Of components that translate the same words, the first one is heard.
            self._messages = {**said, **self._messages}
            self._own[domain] = {**said, **self._own.get(domain, {})}

    def __call__(self, message: object, domain: str = "") -> str:
        """The message in this locale, with its `${name}` values filled in; values may be messages, too.

        Text that no catalogue knows (a person's name, say) comes back as it is. `domain` is that of plain
        text, such as a template's.
        """
        text = str(message)
        own = self._own.get(getattr(message, "domain", None) or domain, {})
        text = own.get(text) or self._messages.get(text, text)
        values = getattr(message, "mapping", None)
        if not values:
            return text
        said = {
            name: self(value) if isinstance(value, TranslationString) else value
            for name, value in values.items()
        }
        return cast("str", TranslationString(text, mapping=said).interpolate(text))


def freeze(message: object) -> str:
    """A message as stored text: its English words and its values, to be shown in any language later.

    Whose it is stands among the values by the name "", which no value of a message has.
    """
    return json.dumps(_parts(message), ensure_ascii=False)


def _parts(message: object) -> list[object]:
    values = getattr(message, "mapping", None) or {}
    said = {
        name: _parts(value) if isinstance(value, TranslationString) else str(value)
        for name, value in values.items()
    }
    domain = getattr(message, "domain", None) or DOMAIN
    return [str(message), said if domain == DOMAIN else {**said, "": domain}]


def thaw(stored: str) -> TranslationString:
    """The message that `freeze` stored."""
    return _whole(*json.loads(stored))


def _whole(text: str, values: Mapping[str, object]) -> TranslationString:
    said = {name: _whole(*value) if isinstance(value, list) else value for name, value in values.items()}
    domain = said.pop("", DOMAIN)
    return TranslationString(text, domain=str(domain), mapping=said)
