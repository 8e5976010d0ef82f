"""Until when a matter is to be answered: by law where it sets a time, else by what the sender asks."""

import calendar
from datetime import date, timedelta

from renda.notices import workdays
from renda.profile import Profile

PETITION_DAYS = 60
"""Days within which a petition is handled (信访工作条例)."""

SOON = 5
"""Working days before a last day from which on it is a reason to hurry."""


def by_law(category: str, day: date, profile: Profile) -> date | None:
    """The last day for the answer to what is handed over on a day; None where the law sets none.

    A suggestion is answered within the months of the profile (代表法, art. 51).
    """
    if category == "petition":
        return day + timedelta(days=PETITION_DAYS)
    if category == "suggestion":
        return months_later(day, profile.rules.reply_months)
    return None


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def left(due: date | None, today: date) -> int | None:
    """Working days that are left; negative where the last day is over; None where there is none."""
    return None if due is None else workdays.between(today, due)


def overdue(due: date | None, today: date) -> bool:
    """Whether the last day is over."""
    return due is not None and due < today
