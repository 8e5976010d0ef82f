"""Field kinds that are counted: days, whole numbers and money, in every spelling that people type."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from math import prod
from typing import Any, ClassVar

from renda.i18n import Translate, _
from renda.indicators.kinds import LIMIT
from renda.records.kinds import Field, Rejected, plain_text

_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?([百千万亿]{0,4})")
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DAY = re.compile(
    r"([0-9]{4})(?:([-./])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
)
_NUMERALS = "〇一二三四五六七八九"
_ZEROS = str.maketrans(dict.fromkeys("○◯零", "〇"))
"""Signs that people type for the zero of a year, some of which only look like it."""
_SPOKEN_DAY = re.compile(f"([{_NUMERALS}]{{4}})年([十{_NUMERALS}]{{1,3}})月([十{_NUMERALS}]{{1,3}})日")
_SPOKEN = {
    ("", "十", "二十", "三十")[one // 10] + _NUMERALS[one % 10].strip("〇"): one for one in range(1, 32)
}
"""Numbers of months and days, by their words."""
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_YEARS = "^(19|20|21)"
"""How the years between both begin."""
_DIGITS = 16

_NO_NUMBER = _("Write a whole number in digits, such as 1200 or 3.5万.")
_NO_FRACTION = _("Only whole numbers are kept here; leave out the decimal places.")
_TOO_BIG = _("This number is too large.")
_NO_DAY = _("Write a day as 2024-03-05.")
_NO_SUCH_DAY = _("There is no such day in the calendar.")
_YEAR_OUT_OF_RANGE = _("Write a year between 1900 and 2199.")


def whole_number(text: str) -> int:
    """The whole number that a text means: 1200, 1,200, １２００, 1200.00 and 0.12万 are one number.

    Raises:
        Rejected: it is no number, not a whole one, or larger than what every program keeps exact.
    """
    found = _NUMBER.fullmatch(plain_text(text))
    if not found:
        raise Rejected(_NO_NUMBER)
    sign, digits, fraction, scale = found.groups()
    digits, decimals = digits.replace(",", "").lstrip("0"), (fraction or "").rstrip("0")
    if len(digits) > _DIGITS:
        raise Rejected(_TOO_BIG)
    if len(decimals) > _DIGITS:
        raise Rejected(_NO_FRACTION)
    value = int(digits + decimals or 0) * prod(_SCALES[one] for one in scale)
    part: int = 10 ** len(decimals)
    whole, rest = divmod(value, part)
    if rest:
        raise Rejected(_NO_FRACTION)
    if whole > LIMIT:
        raise Rejected(_TOO_BIG)
    return -whole if sign == "-" else whole


def _in_digits(text: str) -> str:
    """A day that is written in Chinese numerals, in digits; anything else as it is."""
    found = _SPOKEN_DAY.fullmatch(text.translate(_ZEROS))
    if not found or not {found[2], found[3]} <= _SPOKEN.keys():
        return text
    year = "".join(str(_NUMERALS.index(one)) for one in found[1])
    return f"{year}年{_SPOKEN[found[2]]}月{_SPOKEN[found[3]]}日"


@dataclass(frozen=True)
class Day(Field):
    """A civil day."""

    widget: ClassVar[str] = "day"

    def read(self, text: str) -> date:
        """See `Field`.

        2024-03-05, 2024.3.5, 2024/3/5, 20240305, 2024年3月5日 and 二〇二四年三月五日 are one day.
        """
        plain = plain_text(text)
        found = _DAY.fullmatch(plain) or _DAY.fullmatch(_in_digits(plain))
        if not found:
            raise Rejected(_NO_DAY)
        year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
        try:
            return self.check(date(year, month, day))
        except ValueError as error:
            raise error if isinstance(error, Rejected) else Rejected(_NO_SUCH_DAY) from None

    def check(self, value: Any) -> date:
        """See `Field`; a spreadsheet's midnight is its day."""
        if isinstance(value, datetime) and value.time() == time():
            value = value.date()
        if type(value) is not date:
            raise Rejected(_NO_DAY)
        if not _FIRST_DAY <= value <= _LAST_DAY:
            raise Rejected(_YEAR_OUT_OF_RANGE)
        return value

    def plain(self, value: Any) -> Any:
        """See `Field`."""
        return None if value is None else value.isoformat()

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": _YEARS}


@dataclass(frozen=True)
class Integer(Field):
    """A whole number from `least` to `most`."""

    least: int = -LIMIT
    most: int = LIMIT
    widget: ClassVar[str] = "number"

    def read(self, text: str) -> int:
        """See `Field` and `whole_number`."""
        if text.isascii() and text.isdigit() and len(text) < _DIGITS:
            return self.check(int(text))
        return self.check(whole_number(self._digits(plain_text(text))))

    def _digits(self, text: str) -> str:
        return text

    def check(self, value: Any) -> int:
        """See `Field`; a spreadsheet's 3.0 is 3."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise Rejected(_NO_FRACTION if isinstance(value, float) else _NO_NUMBER)
        if not -LIMIT <= value <= LIMIT:
            raise Rejected(_TOO_BIG)
        if value < self.least:
            raise Rejected(_("Write ${limit} or more.", mapping={"limit": f"{self.least:,}"}))
        if value > self.most:
            raise Rejected(_("Write ${limit} or less.", mapping={"limit": f"{self.most:,}"}))
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def show(self, value: Any, translate: Translate) -> str:
        """See `Field`; digits are grouped in threes."""
        del translate
        return "" if value is None else f"{value:,}"


@dataclass(frozen=True)
class Money(Integer):
    """An amount in whole units of `unit`; typed signs of the currency are skipped."""

    least: int = 0

    def _digits(self, text: str) -> str:
        return text.removeprefix("¥").removesuffix("元").strip()
