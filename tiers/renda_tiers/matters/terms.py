"""Until when a matter is to be answered: by law where it sets a time, else by what the sender asks."""

from datetime import date, timedelta

from renda.notices.limits import months_later
from renda.profile import Profile

PETITION_DAYS = 60
"""Days within which a petition is handled (信访工作条例)."""


def by_law(category: str, day: date, profile: Profile) -> date | None:
    """The last day for the answer to what is handed over on a day; None where the law sets none.

    A suggestion is answered within the months of the profile (代表法, art. 51).
    """
    if category == "petition":
        return day + timedelta(days=PETITION_DAYS)
    if category == "suggestion":
        return months_later(day, profile.rules.reply_months)
    return None


def overdue(due: date | None, today: date) -> bool:
    """Whether the last day is over."""
    return due is not None and due < today
