"""Numbers that tell one of a series: 第十九届, 第三次. They are never added up."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func

from renda.declarations import Message
from renda.i18n import Translate, _
from renda.records.kinds import Field
from renda.records.quantities import Integer

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_BEYOND = 10_000
_ONES = _DIGITS[1:]


def chinese(number: int) -> str:
    """A number below ten thousand in Chinese numerals, as the names of terms and sessions have them."""
    if not 0 < number < _BEYOND:
        return str(number)
    digits = [int(digit) for digit in str(number)]
    said = "".join(
        _DIGITS[digit] + (_PLACES[place] if digit else "")
        for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True)
    ).rstrip("零")
    while "零零" in said:
        said = said.replace("零零", "零")
    return said.removeprefix("一") if said.startswith("一十") else said


def in_series(column: Any) -> list[ColumnElement[Any]]:
    """What to order texts by that begin with 第 and a numeral below a thousand: 第二, 第十, 第三十.

    Texts that begin otherwise come first, in the order of their characters.
    """

    def digit(worth: int, *before: str, after: str = "") -> list[tuple[ColumnElement[bool], int]]:
        return [
            (column.like(f"第{place}{one}{after}%"), number * worth)
            for place in before
            for number, one in enumerate(_ONES, 1)
        ]

    hundreds = case(*digit(100, "", after="百"), else_=0)
    tens = case((column.like("第十%"), 10), *digit(10, "", "_百", after="十"), else_=0)
    larger = (column.like("第_十%") | column.like("第_百%"), 0)
    ones = case(*digit(1, "十", "_十", "_百零", "_百_十"), larger, *digit(1, ""), else_=0)
    numbered = column.like("第%")
    return [hundreds + tens + ones, case((numbered, func.length(column)), else_=0), column]


def ordinal(words: Message, number: int, translate: Translate) -> str:
    """The words with their `${number}` as the reader's language writes it."""
    locale: str = getattr(translate, "locale", "")
    shown = chinese(number) if locale.startswith("zh") else str(number)
    return translate(_(words, mapping={"number": shown}))


@dataclass(frozen=True)
class Ordinal(Field):
    """The place in a series, from 1 on; `words` say which: "Term ${number}"."""

    words: Message = "${number}"

    def read(self, text: str) -> int:
        """See `Field`."""
        return self._number().read(text)

    def check(self, value: Any) -> int:
        """See `Field`."""
        return self._number().check(value)

    def _number(self) -> Integer:
        return Integer(self.label, least=1, most=_BEYOND - 1)

    def _schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": _BEYOND - 1}

    def show(self, value: Any, translate: Translate) -> str:
        """See `Field`: 第十九届."""
        return "" if value is None else ordinal(self.words, value, translate)
