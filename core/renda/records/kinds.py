"""Field kinds: each reads, cleans, describes and shows one kind of value.

A kind's `clean` is the one validator of form, API, spreadsheet and pack. What people type is taken as they
mean it: full-width digits, spaces around, dates in every common spelling (`renda.records.quantities`).
"""

import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from renda.declarations import Message
from renda.i18n import Translate, _

# Control characters, lone surrogates, line separators, non-characters, the mark that stands for bytes that
# were no text, and those that reorder text on the screen: nobody types them, and databases, spreadsheets or
# readers stumble over them.
_FORBIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
)
_REPLACED = "\ufffd"
"""What stands for bytes that were no text; of the forbidden characters the only one that can be seen."""

_NOT_A_LINE = re.compile(f"[\t\n\r{_FORBIDDEN}]")
_NOT_A_PARAGRAPH = re.compile(f"[{_FORBIDDEN}]")
_ANSWERS = dict.fromkeys(("1", "true", "on", "yes", "y", "是", "有", "√"), True)
_ANSWERS |= dict.fromkeys(("0", "false", "off", "no", "n", "否", "无", "×"), False)

_LONG = 8

_MISSING = _("Fill this in.")
_NO_TEXT = _("Write text here.")
_NO_CHOICE = _("Choose one of the values in the list.")
_NO_ANSWER = _("Answer yes or no.")
_NO_PERSON = _("Choose a person from the list.")


class Rejected(ValueError):
    """A value that a field does not take; `message` tells the person what to write instead."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message)


@dataclass(frozen=True)
class Field:
    """What all kinds have in common.

    Attributes:
        label: the field's name on the screen, without its unit.
        help: what to write there.
        required: whether it may not be empty; set from the column's annotation.
        personal: whether it holds personal data: masked where it is shown, never evidence.
        unit: what its numbers count, or "".
        widget: how a form asks for it.
    """

    label: Message
    help: Message = ""
    required: bool = True
    personal: bool = False
    unit: Message = ""
    widget: ClassVar[str] = "text"

    def clean(self, value: object) -> Any:
        """The value to store for what a form, a program or a cell gives; None for nothing.

        Raises:
            Rejected: it is not a value of this field.
        """
        if type(value) is str:
            value = value.strip()
            if value:
                return self.read(value)
            value = None
        if value is None:
            if self.required:
                raise Rejected(_MISSING)
            return None
        return self.check(value)

    def read(self, text: str) -> Any:
        """The value that a text means; the text is not empty and has no spaces around.

        Raises:
            Rejected: the text means no value of this field.
        """
        return self.check(text)

    def check(self, value: Any) -> Any:
        """The value itself if this field takes it.

        Raises:
            Rejected: it does not.
        """
        raise NotImplementedError

    def plain(self, value: Any) -> Any:
        """A stored value as JSON."""
        return value

    def schema(self) -> dict[str, Any]:
        """JSON schema of `plain` values."""
        found = self._schema()
        return found if self.required else {**found, "type": [found["type"], "null"]}

    def _schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def show(self, value: Any, translate: Translate) -> str:
        """A stored value as the reader sees it, without its unit; "" for nothing."""
        del translate
        return "" if value is None else str(value)

    def typed(self, value: Any) -> str:
        """A stored value as a form's control holds it."""
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Text(Field):
    """One line of text of at most `max_length` characters."""

    max_length: int = 200
    forbidden: ClassVar[re.Pattern[str]] = _NOT_A_LINE

    def check(self, value: Any) -> str:
        """See `Field`."""
        if not isinstance(value, str):
            raise Rejected(_NO_TEXT)
        plain = value.isprintable() and _REPLACED not in value
        if not plain and (found := self.forbidden.search(value)):
            raise Rejected(
                _(
                    "Take out the character ${code} at position ${place}; it is no text.",
                    mapping={"code": f"U+{ord(found.group()):04X}", "place": found.start() + 1},
                )
            )
        if len(value) > self.max_length:
            raise Rejected(
                _(
                    "Write at most ${limit} characters; these are ${length}.",
                    mapping={"limit": self.max_length, "length": len(value)},
                )
            )
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": int(self.required), "maxLength": self.max_length}

    def show(self, value: Any, translate: Translate) -> str:
        """See `Field`; personal text is masked."""
        del translate
        if value is None:
            return ""
        return mask(value) if self.personal else str(value)


@dataclass(frozen=True)
class Paragraph(Text):
    """Text of several lines."""

    max_length: int = 5000
    forbidden: ClassVar[re.Pattern[str]] = _NOT_A_PARAGRAPH
    widget: ClassVar[str] = "paragraph"

    def read(self, text: str) -> str:
        """See `Field`; browsers send CR LF at the end of a line."""
        return self.check(text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True)
class Choice(Field):
    """One of the named `choices`, each (value, title)."""

    choices: tuple[tuple[str, Message], ...] = ()
    widget: ClassVar[str] = "choice"

    @cached_property
    def titles(self) -> Mapping[str, Message]:
        """Titles by value."""
        return dict(self.choices)

    def check(self, value: Any) -> str:
        """See `Field`."""
        if isinstance(value, str) and value in self.titles:
            return value
        raise Rejected(_NO_CHOICE)

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [value for value, _title in self.choices]}

    def schema(self) -> dict[str, Any]:
        """See `Field`."""
        found = super().schema()
        return found if self.required else {**found, "enum": [*found["enum"], None]}

    def show(self, value: Any, translate: Translate) -> str:
        """See `Field`."""
        return "" if value is None else translate(self.titles.get(value, value))


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no; nothing says no."""

    widget: ClassVar[str] = "flag"

    def clean(self, value: object) -> bool:
        """See `Field`."""
        return False if value is None or value == "" else super().clean(value)

    def read(self, text: str) -> bool:
        """See `Field`."""
        return self.check(_ANSWERS.get(plain_text(text).casefold()))

    def check(self, value: Any) -> bool:
        """See `Field`."""
        if type(value) is not bool:
            raise Rejected(_NO_ANSWER)
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def show(self, value: Any, translate: Translate) -> str:
        """See `Field`."""
        return translate(_("Yes") if value else _("No"))

    def typed(self, value: Any) -> str:
        """See `Field`."""
        return "true" if value else ""


@dataclass(frozen=True)
class Person(Field):
    """A deputy, by the id of the person; the engine checks that they hold a mandate there (`persons`)."""

    personal: bool = True
    widget: ClassVar[str] = "person"

    def read(self, text: str) -> uuid.UUID:
        """See `Field`."""
        try:
            return uuid.UUID(text)
        except ValueError:
            raise Rejected(_NO_PERSON) from None

    def check(self, value: Any) -> uuid.UUID:
        """See `Field`."""
        if not isinstance(value, uuid.UUID):
            raise Rejected(_NO_PERSON)
        return value

    def plain(self, value: Any) -> Any:
        """See `Field`."""
        return None if value is None else str(value)

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


def plain_text(text: str) -> str:
    """Text with full-width and compatibility characters as plain ones (NFKC), for matching only."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def mask(text: str) -> str:
    """A personal text with its middle hidden: 138****1234, 王**."""
    if len(text) >= _LONG:
        return f"{text[:3]}****{text[-4:]}"
    return text[:1] + "*" * (len(text) - 1)
