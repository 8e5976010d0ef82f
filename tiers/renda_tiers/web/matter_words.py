"""How pages say what has become of a matter."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.i18n import _
from renda.notices import remaining
from renda.types import Request
from renda_tiers.matters import state

CATEGORIES: Mapping[str, str] = {
    "opinion": _("Opinion"),
    "petition": _("Petition"),
    "suggestion": _("Suggestion"),
    "other": _("Other matter"),
}

STATES: Mapping[str, tuple[str, str]] = {
    state.HANDED: ("busy", _("To be accepted")),
    state.ACCEPTED: ("busy", _("Being handled")),
    state.ANSWERED: ("busy", _("Answered, to be rated")),
    state.RETURNED: ("warn", _("Given back")),
    state.AGAIN: ("warn", _("To be handled again")),
    state.CLOSED: ("ok", _("Closed")),
}
"""Light and words of a case's state."""

STEPS: Mapping[str, tuple[str, str]] = {
    state.ACCEPT: ("busy", _("Accepted")),
    state.ANSWER: ("ok", _("Answered")),
    state.RETURN: ("warn", _("Given back")),
    state.CLOSE: ("off", _("Closed")),
}
"""Light and words of what was said of a matter; a rating is told apart by its judgement."""


def standing(name: str) -> dict[str, str]:
    """A state as a table shows it."""
    light, text = STATES[name]
    return {"light": light, "text": text}


def names(session: Session, codes: set[str]) -> dict[str, str]:
    """Names of organisations by code."""
    rows = session.execute(
        select(Organisation.code, Organisation.name).where(Organisation.code.in_(sorted(codes)))
    )
    return {row.code: row.name for row in rows}


def due(request: Request, row: Any) -> dict[str, Any]:
    """The last day of a case as a table shows it."""
    return {
        "text": row.due,
        "note": remaining.left(request, row.due),
        "note_light": remaining.urgency(request, row.due),
    }
