"""Working days in China: weekdays, without public holidays, with the weekends that are worked to make up.

Each November the State Council announces how the holidays of the next year lie (全国年节及纪念日放假办法).
What it announced comes from the `holidays` package; of years that it has not announced, only the holidays
themselves are known, and no weekend counts as worked. What a node's administrator has entered (what was
announced after this version was made, a day off of the region) outranks both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda.notices.models import OwnDay

MOST_DAYS = 1000
"""Most working days that a deadline may be away."""

_SATURDAY = 5
_DAY = timedelta(days=1)
_READ = "workdays"


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The days off of a year, and the days of its weekends that are worked."""
    from holidays import country_holidays

    # The last weekend of a year may be worked for the holiday that opens the next.
    found = country_holidays("CN", years=[year, year + 1], expand=False)
    off = frozenset(day for day in found if day.year == year)
    return off, frozenset(day for day in found.weekend_workdays if day.year == year)


def announced(day: date) -> bool:
    """Whether offices work on a day by what was announced for the whole country."""
    off, worked = _year(day.year)
    if day.weekday() >= _SATURDAY:
        return day in worked
    return day not in off


@dataclass(frozen=True)
class Workdays:
    """The days on which offices work, as one node counts them.

    Attributes:
        own: days that were entered here: whether offices work on them.
    """

    own: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether offices work on a day."""
        own = self.own.get(day)
        return announced(day) if own is None else own

    def knows(self, year: int) -> bool:
        """Whether it was said how the holidays of a year lie: every year has weekends that are worked."""
        return bool(_year(year)[1]) or any(works and day.year == year for day, works in self.own.items())

    def after(self, day: date, days: int) -> date:
        """The last of so many working days; the first of them is the first working day after `day`.

        Raises:
            Invalid: fewer than one, or more than `MOST_DAYS`.
        """
        if not 1 <= days <= MOST_DAYS:
            message = _("A deadline is 1 to ${most} working days away.", mapping={"most": MOST_DAYS})
            raise Invalid({"days": message}, message)
        while days:
            day += _DAY
            days -= self.works(day)
        return day

    def between(self, day: date, last: date) -> int:
        """How many working days there are from the day after `day` up to and including `last`.

        Negative where `last` is over: as many working days as there were since.
        """
        if last < day:
            return -self.between(last, day)
        return sum(self.works(day + _DAY * number) for number in range(1, (last - day).days + 1))


ANNOUNCED = Workdays()
"""The days as they are announced, with nothing entered."""


def of(session: Session) -> Workdays:
    """The days as this node counts them, read once for each session."""
    found: Workdays | None = session.info.get(_READ)
    if found is None:
        found = Workdays({row.day: row.works for row in session.execute(select(OwnDay.day, OwnDay.works))})
        session.info[_READ] = found
    return found


def forget(session: Session) -> None:
    """Have the days read again, after some were entered."""
    session.info.pop(_READ, None)
