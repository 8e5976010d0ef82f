"""Who holds a seat on a day, and how: one rule for lists, counts, choices, programs and the public page.

A seat is held from its first day up to and not including the day of its end, also while performance is
suspended (代表法, art. 61).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from renda.declarations import Message
from renda.directory.models import Mandate
from renda.directory.validity import valid_at
from renda.i18n import _

IN_OFFICE, SUSPENDED, COMING, ENDED = "in_office", "suspended", "coming", "ended"
STATES: Mapping[str, tuple[str, Message]] = {
    IN_OFFICE: ("ok", _("In office")),
    SUSPENDED: ("warn", _("Suspended")),
    COMING: ("off", _("Not begun")),
    ENDED: ("off", _("Ended")),
}
"""Light and words of what a seat is on a day; of several seats the first of these says what somebody is."""


def state(mandate: Mandate, day: date) -> str:
    """What a seat is on a day: one of `STATES`."""
    if mandate.ended_on is not None and mandate.ended_on <= day:
        return ENDED
    if mandate.starts_on > day:
        return COMING
    if mandate.suspended_on is not None and mandate.suspended_on <= day:
        return SUSPENDED
    return IN_OFFICE


def held(day: Any) -> ColumnElement[bool]:
    """That a seat is held on a day, in office or suspended; for statements that select mandates."""
    return valid_at(Mandate.starts_on, Mandate.ended_on, day)


def in_state(name: str, day: Any) -> ColumnElement[bool]:
    """That a seat is in one of `STATES` on a day, as `state` says; for statements that select mandates."""
    suspended = and_(Mandate.suspended_on.is_not(None), Mandate.suspended_on <= day)
    ended = and_(Mandate.ended_on.is_not(None), Mandate.ended_on <= day)
    return {
        IN_OFFICE: and_(held(day), or_(Mandate.suspended_on.is_(None), Mandate.suspended_on > day)),
        SUSPENDED: and_(held(day), suspended),
        COMING: and_(Mandate.starts_on > day, ~ended),
        ENDED: ended,
    }[name]
