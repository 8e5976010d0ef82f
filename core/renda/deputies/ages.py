"""How old who holds a seat is: at least eighteen on its first day (宪法, art. 34; 选举法, art. 4)."""

from datetime import date

from renda.declarations import Message
from renda.directory.terms import years_later
from renda.i18n import _

OF_AGE = 18
"""Years from which on somebody may be elected."""

_NOT_BORN = _("A day of birth lies in the past.")
_TOO_YOUNG = _("This person is not yet ${years} on ${day}, when the seat begins (宪法第三十四条).")


def not_born(born_on: date | None, today: date) -> Message:
    """Why this is no day of birth, or ""; one that is not known may be any."""
    return _NOT_BORN if born_on is not None and born_on >= today else ""


def too_young(born_on: date | None, starts_on: date | None) -> Message:
    """Why somebody holds no seat that begins on a day, or ""; what is not known may be any day."""
    if born_on is None or starts_on is None or years_later(born_on, OF_AGE) <= starts_on:
        return ""
    return _(_TOO_YOUNG, mapping={"years": OF_AGE, "day": starts_on.isoformat()})
