"""Entering the days that this node counts otherwise than they were announced."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.directory.validity import valid_at
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.notices import workdays
from renda.notices.models import OwnDay
from renda.security import audit
from renda.security.models import Grant

MOST_NOTE = 120


def own(session: Session) -> Sequence[OwnDay]:
    """All days that were entered, the latest first."""
    return session.scalars(select(OwnDay).order_by(OwnDay.day.desc())).all()


def enter(
    session: Session, day: date, note: str, *, works: bool, actor: uuid.UUID | None, now: datetime
) -> None:
    """Have a day counted as a working day or a day off from now on, whatever was announced.

    Raises:
        Invalid: it does not say why.
    """
    note = note.strip()
    if not 0 < len(note) <= MOST_NOTE or not note.isprintable():
        message = _("Say why, in at most ${most} characters.", mapping={"most": MOST_NOTE})
        raise Invalid({"note": message})
    session.merge(OwnDay(day=day, works=works, note=note))
    _written(session, "enter", day, actor=actor, now=now, detail={"works": works, "note": note})


def withdraw(session: Session, day: date, *, actor: uuid.UUID | None, now: datetime) -> None:
    """Have a day counted as it was announced again.

    Raises:
        NotFound: nothing was entered for it.
    """
    if session.get(OwnDay, day) is None:
        raise NotFound
    session.execute(delete(OwnDay).where(OwnDay.day == day))
    _written(session, "withdraw", day, actor=actor, now=now, detail={})


def _written(
    session: Session,
    action: str,
    day: date,
    *,
    actor: uuid.UUID | None,
    now: datetime,
    detail: dict[str, object],
) -> None:
    session.flush()
    workdays.forget(session)
    audit.record(
        session,
        actor=actor,
        organisation=None,
        action=f"workday.{action}",
        target=day.isoformat(),
        now=now,
        detail=detail,
    )


def keeper_above(session: Session, path: Sequence[str], now: datetime) -> str:
    """The highest organisation above (codes from the root down to here) that has an administrator, or "".

    The days are those of the whole node, so that whoever looks after the most of it enters them.
    """
    held = set(
        session.scalars(
            select(Grant.organisation).where(
                Grant.organisation.in_(path[:-1]),
                Grant.role == "admin",
                valid_at(Grant.since, Grant.until, now),
            )
        )
    )
    return next((code for code in path[:-1] if code in held), "")
