"""Working days in China: weekdays, without public holidays, with the weekends that are worked to make up.

Each November the State Council announces how the holidays of the next year lie (全国年节及纪念日放假办法).
What it announced comes from the `holidays` package; of years that it has not announced, only the holidays
themselves are known, and no weekend counts as worked.
"""

from datetime import date, timedelta
from functools import lru_cache

from renda.errors import Invalid
from renda.i18n import _

MOST_DAYS = 1000
"""Most working days that a deadline may be away."""

_SATURDAY = 5
_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The days off of a year, and the days of its weekends that are worked."""
    from holidays import country_holidays

    # The last weekend of a year may be worked for the holiday that opens the next.
    found = country_holidays("CN", years=[year, year + 1], expand=False)
    off = frozenset(day for day in found if day.year == year)
    return off, frozenset(day for day in found.weekend_workdays if day.year == year)


def is_working_day(day: date) -> bool:
    """Whether offices work on a day."""
    off, worked = _year(day.year)
    if day.weekday() >= _SATURDAY:
        return day in worked
    return day not in off


def after(day: date, days: int) -> date:
    """The last of so many working days; the first of them is the first working day after `day`.

    Raises:
        Invalid: fewer than one, or more than `MOST_DAYS`.
    """
    if not 1 <= days <= MOST_DAYS:
        message = _("A deadline is 1 to ${most} working days away.", mapping={"most": MOST_DAYS})
        raise Invalid({"days": message}, message)
    while days:
        day += _DAY
        days -= is_working_day(day)
    return day


def between(day: date, last: date) -> int:
    """How many working days there are from the day after `day` up to and including `last`.

    Negative where `last` is over: as many working days as there were since.
    """
    if last < day:
        return -between(last, day)
    return sum(is_working_day(day + _DAY * number) for number in range(1, (last - day).days + 1))
