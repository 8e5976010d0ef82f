"""Waking links: what a commit has put on a link leaves at once, and not at the next tick."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from renda.tasks import enqueue
from renda.tasks.bell import ring_after_commit
from renda.tasks.models import TaskRow
from renda_tiers.links.models import OPEN, PARENT, Link, LinkDocument, waiting

DIAL = "tiers.dial"
"""Task: call the parent's node."""
POKE = "tiers.poke"
"""Task: ask a child's node, where it can be reached, to call."""

_HELD_BACK = "tiers.held_back"


@contextmanager
def held_back(session: Session) -> Iterator[None]:
    """Wake links at the end of the block only: until then it is not clear what the peer holds already."""
    session.info[_HELD_BACK] = True
    try:
        yield
    finally:
        del session.info[_HELD_BACK]
    wake(session)


def wake(session: Session) -> None:
    """Let every open link with something to send be served as soon as this transaction is committed."""
    if session.info.get(_HELD_BACK):
        return
    something = select(LinkDocument.document).where(LinkDocument.link == Link.peer, *waiting()).exists()
    now: datetime = session.info["registry"].clock()
    for link in session.scalars(select(Link).where(Link.state == OPEN, something)):
        if link.role == PARENT:
            soon(session, DIAL, link.peer, now)
        elif link.address:
            soon(session, POKE, link.peer, now)


def soon(session: Session, task: str, peer: str, now: datetime) -> None:
    """Ask for a task about a peer now; one that is due later is brought forward instead.

    That one is kept from being begun until this transaction is committed, since it would not see yet what it
    is to be begun for. One that another transaction holds may be begun too early: then there are two.
    """
    keys = _unclaimed(session, task, peer)
    if not keys:
        enqueue(session, task, peer, now=now)
        return
    session.connection().execute(
        update(TaskRow).where(TaskRow.id == keys[0], TaskRow.due > now).values(due=now)
    )
    ring_after_commit(session)


def later(session: Session, task: str, peer: str, due: datetime) -> None:
    """Let the task about a peer next run at an instant at the latest, and only once."""
    keys = _unclaimed(session, task, peer)
    if not keys:
        enqueue(session, task, peer, now=due, due=due)
        return
    connection = session.connection()
    connection.execute(delete(TaskRow).where(TaskRow.id.in_(keys[1:])))
    connection.execute(update(TaskRow).where(TaskRow.id == keys[0], TaskRow.due > due).values(due=due))


def _unclaimed(session: Session, task: str, peer: str) -> list[uuid.UUID]:
    """Rows of a task about a peer that nobody holds, locked until the transaction ends; next due first."""
    session.flush()
    return list(
        session.scalars(
            select(TaskRow.id)
            .where(
                TaskRow.name == task,
                TaskRow.args == json.dumps([peer], ensure_ascii=False),
                TaskRow.claimed_until.is_(None),
            )
            .order_by(TaskRow.due, TaskRow.id)
            .with_for_update(skip_locked=True)
        )
    )
