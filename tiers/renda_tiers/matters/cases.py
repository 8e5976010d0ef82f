"""Following cases: the rows that arriving matters and replies move."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.matters import state
from renda_tiers.matters.models import Matter, MatterCase, MatterReply
from renda_tiers.matters.state import HAND, Course, Event


def move(session: Session, cases: Collection[bytes]) -> None:
    """Write where these cases stand, from all that is held of them."""
    for some in slices(sorted(cases)):
        matters, told = _read(session, some)
        rows = []
        for case, events in told.items():
            course = state.follow(events)
            if course is not None:
                rows.append(_row(case, matters, course))
        session.execute(delete(MatterCase).where(MatterCase.case.in_(some)))
        if rows:
            session.execute(insert(MatterCase), rows)


def _row(case: bytes, matters: dict[bytes, Any], course: Course) -> dict[str, Any]:
    first = matters[course.events[0].hash]
    return {
        "case": case,
        "source": first.source,
        "category": first.category,
        "title": first.title,
        "opened": first.issued,
        **asdict(course.standing),
    }


def events(session: Session, case: bytes) -> list[Event]:
    """Everything that is held of a case."""
    return _read(session, [case])[1].get(case, [])


def _read(session: Session, cases: Iterable[bytes]) -> tuple[dict[bytes, Any], dict[bytes, list[Event]]]:
    """The rows of the matters by document, and the events of each case."""
    wanted = list(cases)
    matters = {
        row.document: row
        for row in session.execute(select(*Matter.__table__.columns).where(Matter.case.in_(wanted)))
    }
    replies = session.execute(select(*MatterReply.__table__.columns).where(MatterReply.case.in_(wanted)))
    found: dict[bytes, list[Event]] = {}
    for row in matters.values():
        found.setdefault(row.case, []).append(_handed(row))
    for row in replies:
        found.setdefault(row.case, []).append(_replied(row, matters[row.matter].source))
    return matters, found


def _handed(row: Any) -> Event:
    return Event(
        hash=row.document,
        number=row.number,
        after=row.after,
        step=HAND,
        origin=row.origin,
        issued=row.issued,
        matter=row.document,
        source=row.source,
        receiver=row.receiver,
        forwards=row.forwards,
        due=row.due,
    )


def _replied(row: Any, source: str) -> Event:
    return Event(
        hash=row.document,
        number=row.number,
        after=row.after,
        step=row.step,
        origin=row.origin,
        issued=row.issued,
        matter=row.matter,
        source=source,
        due=row.due,
        satisfied=row.satisfied,
    )
