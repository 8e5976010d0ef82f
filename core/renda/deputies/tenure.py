"""Suspending, resuming and ending a seat: decided by people, written down here, each with an audit row."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.deputies.fields import cleaned
from renda.deputies.mandates import trail
from renda.deputies.reasons import ENDINGS, SUSPENSIONS, Reason
from renda.directory.models import Mandate
from renda.directory.persons import TERM_OVER
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.kinds import Choice, Field, Text
from renda.records.quantities import Day

DECISION = Text(
    _("Decision"), _("The decision or notice by which it is so, such as 公告第3号."), max_length=120
)
DAY = Day(_("From which day on"))

_BEFORE = _("This day lies before the first day of the seat.")
_TO_COME = _("This day is still to come. Write it down once it is so.")
_HOLDS_ANOTHER = _("This person holds another seat of this term by now. End that one first.")
_NOT_NOW = _("The seat is not in a state in which this can be done.")


def suspend(
    session: Session,
    mandate: Mandate,
    form: Mapping[str, object],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Write down that performance is suspended (代表法, art. 61).

    Raises:
        Conflict: the seat is suspended or has ended.
        Invalid: day, reason or decision is missing or wrong.
    """
    _require(mandate.ended_on is None and mandate.suspended_on is None)
    day, reason, decision = _said(mandate, form, SUSPENSIONS, now)
    mandate.suspended_on, mandate.suspended_because, mandate.decision = day, reason, decision
    detail = {"day": day.isoformat(), "reason": reason, "decision": decision}
    trail(session, mandate, "mandate.suspend", detail, now=now, actor=actor)


def resume(
    session: Session,
    mandate: Mandate,
    form: Mapping[str, object],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Write down that performance goes on.

    Raises:
        Conflict: the seat is not suspended, or has ended.
        Invalid: the decision is missing.
    """
    _require(mandate.suspended_on is not None and mandate.ended_on is None)
    decision = _cleaned({"decision": DECISION}, form)["decision"]
    since = mandate.suspended_on.isoformat() if mandate.suspended_on else ""
    mandate.suspended_on, mandate.suspended_because, mandate.decision = None, "", decision
    trail(session, mandate, "mandate.resume", {"since": since, "decision": decision}, now=now, actor=actor)


def end(
    session: Session,
    mandate: Mandate,
    form: Mapping[str, object],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Write down that a seat ended, with the statutory reason (代表法, art. 62).

    Raises:
        Conflict: it has ended already.
        Invalid: day, reason or decision is missing or wrong.
    """
    _require(mandate.ended_on is None)
    day, reason, decision = _said(mandate, form, ENDINGS, now)
    mandate.ended_on, mandate.ended_because, mandate.decision = day, reason, decision
    detail = {"day": day.isoformat(), "reason": reason, "decision": decision}
    trail(session, mandate, "mandate.end", detail, now=now, actor=actor)


def reopen(
    session: Session,
    mandate: Mandate,
    form: Mapping[str, object],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Take back that a seat ended, where that was entered by mistake; never one that ended with its term.

    Raises:
        Conflict: it has not ended, or with its term, or the person holds another seat of the term by now.
        Invalid: why is missing.
    """
    _require(mandate.ended_on is not None and mandate.ended_because != TERM_OVER)
    decision = _cleaned({"decision": DECISION}, form)["decision"]
    if _another(session, mandate):
        raise Conflict(_HOLDS_ANOTHER)
    was = mandate.ended_because
    mandate.ended_on, mandate.ended_because, mandate.decision = None, "", decision
    trail(session, mandate, "mandate.reopen", {"was": was, "decision": decision}, now=now, actor=actor)


def _another(session: Session, mandate: Mandate) -> bool:
    """Whether who held a seat holds another one of that term."""
    others = select(Mandate.id).where(
        Mandate.organisation == mandate.organisation,
        Mandate.person == mandate.person,
        Mandate.term == mandate.term,
        Mandate.id != mandate.id,
        Mandate.ended_on.is_(None),
    )
    return session.scalar(others.limit(1)) is not None


def _require(able: bool) -> None:  # noqa: FBT001 - a guard
    if not able:
        raise Conflict(_NOT_NOW)


def _said(
    mandate: Mandate, form: Mapping[str, object], reasons: Mapping[str, Reason], now: datetime
) -> tuple[date, str, str]:
    """Day, reason and decision of an act."""
    reason = Choice(_("Statutory reason"), choices=tuple((name, one.title) for name, one in reasons.items()))
    found = _cleaned({"day": DAY, "reason": reason, "decision": DECISION}, form)
    if found["day"] <= mandate.starts_on:
        raise Invalid({"day": _BEFORE})
    if found["day"] > local_day(now):
        raise Invalid({"day": _TO_COME})
    return found["day"], found["reason"], found["decision"]


def _cleaned(kinds: Mapping[str, Field], form: Mapping[str, object]) -> dict[str, Any]:
    return cleaned(kinds, form, kinds)
