"""Periods: what a figure is for, from a month to a term of office, with codes that parse back and sort.

| kind | code |
|---|---|
| month | `2026-05` |
| bimonth (two months) | `2026-b3` |
| quarter | `2026-q2` |
| halfyear | `2026-h1` |
| year | `2026` |
| term | `t19:2022-01-10..2026-12-30` |
| span (ad hoc) | `2006-01-01..2015-12-31` |

A term runs from its first session to the first session of the next term (代表法 art. 2), not by the
calendar; so it carries its dates, and its last day is the day before that next session. Codes of one kind
sort in time order.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from enum import StrEnum
from functools import lru_cache
from typing import Self

from pyramid.i18n import TranslationString

from renda.errors import Invalid
from renda.i18n import _


class PeriodKind(StrEnum):
    """How long a period is; the last two have dates of their own."""

    MONTH = "month"
    BIMONTH = "bimonth"
    QUARTER = "quarter"
    HALFYEAR = "halfyear"
    YEAR = "year"
    TERM = "term"
    SPAN = "span"


MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.BIMONTH: 2,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALFYEAR: 6,
    PeriodKind.YEAR: 12,
}
"""Length in months of the kinds that the calendar fixes."""

MAX_TERM = 99
"""Term numbers have two digits in codes, so that codes sort."""

_LETTERS = {"b": PeriodKind.BIMONTH, "q": PeriodKind.QUARTER, "h": PeriodKind.HALFYEAR, "": PeriodKind.MONTH}
_CALENDAR = re.compile(r"([0-9]{4})(?:-([bqh]?)([0-9]{1,2}))?")
_DATES = re.compile(r"(?:t([0-9]{2}):)?([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
_HALVES = (_("First half of ${year}"), _("Second half of ${year}"))
_TITLES = {
    PeriodKind.MONTH: _("Month ${number} of ${year}"),
    PeriodKind.BIMONTH: _("Months ${first}–${last} of ${year}"),
    PeriodKind.QUARTER: _("Quarter ${number} of ${year}"),
    PeriodKind.YEAR: _("Year ${year}"),
    PeriodKind.TERM: _("Term ${number} (${start} to ${end})"),
    PeriodKind.SPAN: _("${start} to ${end}"),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of whole days; earlier starts sort first. Made by `of`, `parse`, or from its dates.

    Attributes:
        start: first day.
        end: last day, included.
        kind: how long it is.
        number: which of its kind in its year, from 1; a term's own number; 0 for a span.

    Raises:
        Invalid: the dates or the number are not those of such a period.
    """

    start: date
    end: date
    kind: PeriodKind = PeriodKind.SPAN
    number: int = 0

    def __post_init__(self) -> None:
        if self.kind in MONTHS:
            valid = _bounds(self.kind, _index(self.kind, self.start)) == (self.start, self.end, self.number)
        elif self.kind is PeriodKind.TERM:
            valid = self.start <= self.end and 1 <= self.number <= MAX_TERM
        else:
            valid = self.start <= self.end and self.number == 0
        if not valid:
            raise _refusal(f"{self.kind} {self.number} {self.start}..{self.end}")

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Self:
        """The period of a kind that contains a day.

        Raises:
            Invalid: for a term or a span, which the calendar does not fix.
        """
        if kind not in MONTHS:
            raise _refusal(kind)
        return cls._at(kind, _index(kind, day))

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, code: str) -> Self:
        """The period of a code.

        Raises:
            Invalid: for any text that is not exactly the code of a period.
        """
        try:
            period = cls._read(code)
        except (ValueError, Invalid):
            period = None
        if period is None or period.code != code:
            raise _refusal(code)
        return period

    @classmethod
    def _read(cls, code: str) -> Self | None:
        """The period that a text seems to name; ValueError or Invalid where there is none."""
        if dates := _DATES.fullmatch(code):
            number, start, end = dates.groups()
            kind = PeriodKind.SPAN if number is None else PeriodKind.TERM
            return cls(date.fromisoformat(start), date.fromisoformat(end), kind, int(number or 0))
        if match := _CALENDAR.fullmatch(code):
            year, letter, part = match.groups(default="")
            kind = _LETTERS[letter] if part else PeriodKind.YEAR
            return cls.of(kind, date(int(year), (int(part or 1) - 1) * MONTHS[kind] + 1, 1))
        return None

    @classmethod
    def _at(cls, kind: PeriodKind, index: int) -> Self:
        start, end, number = _bounds(kind, index)
        return cls(start, end, kind, number)

    @property
    def code(self) -> str:
        """The text form, which `parse` reads back."""
        dates = f"{self.start.isoformat()}..{self.end.isoformat()}"
        year = f"{self.start.year:04}"
        return {
            PeriodKind.MONTH: f"{year}-{self.number:02}",
            PeriodKind.BIMONTH: f"{year}-b{self.number}",
            PeriodKind.QUARTER: f"{year}-q{self.number}",
            PeriodKind.HALFYEAR: f"{year}-h{self.number}",
            PeriodKind.YEAR: year,
            PeriodKind.TERM: f"t{self.number:02}:{dates}",
            PeriodKind.SPAN: dates,
        }[self.kind]

    def title(self) -> TranslationString:
        """The name that people read, to be translated: "Months 5–6 of 2026", "2026年5—6月"."""
        template = _HALVES[self.number - 1] if self.kind is PeriodKind.HALFYEAR else _TITLES[self.kind]
        values = {
            "year": self.start.year,
            "number": self.number,
            "first": self.start.month,
            "last": self.end.month,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }
        return _(template, mapping=values)

    def previous(self) -> Self | None:
        """The period of this kind just before; None for a term, a span and the first of the calendar."""
        return self._shifted(-1)

    def next(self) -> Self | None:
        """The period of this kind just after; None for a term, a span and the last of the calendar."""
        return self._shifted(1)

    def year_before(self) -> Self | None:
        """The same period of the year before; None for a term, a span and the first of the calendar."""
        return self._shifted(-12 // MONTHS.get(self.kind, 12))

    def _shifted(self, steps: int) -> Self | None:
        if self.kind not in MONTHS:
            return None
        index = _index(self.kind, self.start) + steps
        year = index * MONTHS[self.kind] // 12
        return self._at(self.kind, index) if MINYEAR <= year <= MAXYEAR else None

    def contains(self, day: date) -> bool:
        """Whether the day lies in this period."""
        return self.start <= day <= self.end

    def covers(self, other: "Period") -> bool:
        """Whether every day of the other period lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def parts(self, kind: PeriodKind) -> "tuple[Period, ...]":
        """The periods of a kind that this one consists of, in time order: six bimonths of a year.

        Raises:
            Invalid: this period does not divide into whole ones of that kind.
        """
        first, last = Period.of(kind, self.start), Period.of(kind, self.end)
        if (first.start, last.end) != (self.start, self.end):
            raise _refusal(f"{self.code} / {kind}")
        return tuple(Period._at(kind, i) for i in range(_index(kind, self.start), _index(kind, self.end) + 1))


def comparable(period: Period) -> tuple[Period | None, Period | None]:
    """What a figure is compared with: the period before (环比) and the same one of the year before (同比)."""
    return period.previous(), period.year_before()


def _index(kind: PeriodKind, day: date) -> int:
    """How many periods of a calendar kind lie before the one that contains the day."""
    return (day.year * 12 + day.month - 1) // MONTHS[kind]


def _bounds(kind: PeriodKind, index: int) -> tuple[date, date, int]:
    """First day, last day and number within its year of the period with that index."""
    length = MONTHS[kind]
    year, before = divmod(index, 12 // length)
    last_month = (before + 1) * length
    end = date(year, last_month, monthrange(year, last_month)[1])
    return date(year, before * length + 1, 1), end, before + 1


def _refusal(found: str) -> Invalid:
    return Invalid(
        {"period": _("There is no such period. Write it like 2026-05, 2026-b3 or 2026.")}, found=found
    )
