"""The life of a task's row: asked for, claimed under a lease, done or failed.

No lease decides whether an effect happens: whoever runs a task removes its row in the same transaction, and
whoever finds the row gone undoes what they did. A lease only keeps others from trying in vain.
"""

import json
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Update,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.tasks.bell import ring_after_commit
from renda.tasks.declare import LONGEST_WAIT, TASKS, Task
from renda.tasks.models import TaskRow

FIRST_WAIT = timedelta(seconds=2)
ERROR_LENGTH = 2000
PERIODIC = uuid.UUID("5f1c8a34-6a3e-4ab0-9d8e-3f6f2f6f5f10")
"""Name space of the ids of periodic tasks: one row each, whatever process inserts it."""

Argument = str | int | uuid.UUID


@dataclass(frozen=True)
class Claim:
    """A row that this process has claimed."""

    id: uuid.UUID
    name: str
    args: Sequence[str | int]
    tries: int


def enqueue(
    session: Session, name: str, *args: Argument, now: datetime, due: datetime | None = None
) -> uuid.UUID:
    """Ask for a task in the session's transaction; the relay of this process wakes when it commits.

    Args:
        session: the transaction that decides: no commit, no task.
        name: a declared task.
        args: ids, as short text, numbers or UUIDs (which arrive as text).
        now: the present instant.
        due: when to begin, if not at once.

    Raises:
        LookupError: no imported module declares such a task.
        TypeError: an argument is not an id.
        ValueError: it is to begin later than the task ever does (`Task.longest`).
    """
    if name not in TASKS:
        raise LookupError(f"no task is named {name}")
    longest = TASKS[name].longest
    if due is not None and longest is not None and due > now + longest:
        raise ValueError(f"{name} is never due more than {longest} ahead")
    row = TaskRow(id=new_id(), name=name, args=_encode(args), due=due or now)
    session.add(row)
    ring_after_commit(session)
    return row.id


def _encode(args: Iterable[Argument]) -> str:
    values = [str(one) if isinstance(one, uuid.UUID) else one for one in args]
    for one in values:
        if not isinstance(one, str | int):
            raise TypeError(f"a task takes ids, not {type(one).__name__}")
    return json.dumps(values, ensure_ascii=False)


def plan(session: Session, tasks: Mapping[str, Task], now: datetime) -> None:
    """Give every periodic task its row, due now, unless it has one."""
    wanted = {uuid.uuid5(PERIODIC, one.name): one.name for one in tasks.values() if one.period is not None}
    known = set(session.scalars(select(TaskRow.id).where(TaskRow.id.in_(wanted))))
    rows = [
        {"id": key, "name": name, "args": "[]", "due": now, "tries": 0, "worker": "", "error": ""}
        for key, name in wanted.items()
        if key not in known
    ]
    if rows:
        session.execute(insert(TaskRow), rows)


def next_due(connection: Connection, names: Iterable[str]) -> datetime | None:
    """When a task with one of these names is next due, or None where none is waiting."""
    earliest = select(TaskRow.due).where(TaskRow.name.in_(names)).order_by(TaskRow.due).limit(1)
    return connection.scalar(earliest)


def claim(
    session: Session, names: Iterable[str], worker: str, now: datetime, *, lease: timedelta, limit: int
) -> list[Claim]:
    """Claim up to `limit` due rows, the longest due first; rows that others are busy with are left out."""
    due = (
        select(TaskRow.id)
        .where(TaskRow.due <= now, TaskRow.name.in_(names))
        .order_by(TaskRow.due, TaskRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    until = now + lease
    taken = session.execute(
        update(TaskRow)
        .where(TaskRow.id.in_(due.scalar_subquery()))
        .values(due=until, claimed_until=until, worker=worker, tries=TaskRow.tries + 1)
        .returning(TaskRow.id, TaskRow.name, TaskRow.args, TaskRow.tries)
        .execution_options(synchronize_session=False)
    )
    claims = [Claim(row.id, row.name, json.loads(row.args), row.tries) for row in taken]
    return sorted(claims, key=lambda one: one.id)


def find(connection: Connection, key: uuid.UUID) -> Claim | None:
    """The claimed row with this id; None says that the work is done or waits for another try."""
    row = connection.execute(
        select(TaskRow.id, TaskRow.name, TaskRow.args, TaskRow.tries).where(
            TaskRow.id == key, TaskRow.claimed_until.is_not(None)
        )
    ).one_or_none()
    return row and Claim(row.id, row.name, json.loads(row.args), row.tries)


def lock(session: Session, claimed: Claim) -> bool:
    """Lock a claimed row until the transaction ends; False where it is gone or somebody else has it."""
    held = (
        select(TaskRow.id)
        .where(TaskRow.id == claimed.id, TaskRow.claimed_until.is_not(None))
        .with_for_update(skip_locked=True)
    )
    return session.scalar(held) is not None


def finish(session: Session, claimed: Claim, task: Task, now: datetime) -> bool:
    """Remove the row, or set it to the next period; False where somebody else has finished it."""
    done: Delete | Update = delete(TaskRow)
    if task.period is not None:
        again = now + task.period
        done = update(TaskRow).values(due=again, claimed_until=None, worker="", tries=0, error="")
    finished = session.execute(
        done.where(TaskRow.id == claimed.id, TaskRow.claimed_until.is_not(None)).returning(TaskRow.id),
        execution_options={"synchronize_session": False},
    )
    return finished.one_or_none() is not None


def fail(session: Session, claimed: Claim, error: Exception, now: datetime) -> None:
    """Keep the error and make the row due again after a random wait that grows with the tries."""
    session.execute(
        update(TaskRow)
        .where(TaskRow.id == claimed.id)
        .values(
            due=now + wait(claimed.tries),
            claimed_until=None,
            worker="",
            error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH],
        ),
        execution_options={"synchronize_session": False},
    )


def wait(tries: int) -> timedelta:
    """How long to wait after the last of so many tries: full jitter below a limit that doubles."""
    limit = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(tries - 1, 16)))
    return limit * random.uniform(0, 1)  # noqa: S311 - spreads load, hides nothing


def give_back(session: Session, claims: Sequence[Claim], now: datetime) -> None:
    """Make claimed rows due again that were not begun."""
    session.execute(
        update(TaskRow)
        .where(TaskRow.id.in_([one.id for one in claims]))
        .values(due=now, claimed_until=None, worker="", tries=TaskRow.tries - 1),
        execution_options={"synchronize_session": False},
    )


def recover(session: Session, names: Iterable[str], now: datetime) -> None:
    """Make every claimed row due again, for the sole owner of the database to call.

    What was begun more than once waits a little: it may be what killed the process.
    """
    claimed = select(TaskRow.id, TaskRow.tries).where(
        TaskRow.claimed_until.is_not(None), TaskRow.name.in_(names)
    )
    for key, tries in session.execute(claimed).all():
        session.execute(
            update(TaskRow)
            .where(TaskRow.id == key)
            .values(due=now + (wait(tries - 1) if tries > 1 else timedelta()), claimed_until=None, worker=""),
            execution_options={"synchronize_session": False},
        )


def has_strays(connection: Connection, tasks: Iterable[Task], now: datetime, lease: timedelta) -> bool:
    """Whether a row is due later than it could be, had the clock always been right."""
    conditions = [condition for condition, _due in _strays(tasks, now, lease)]
    return connection.scalar(select(TaskRow.id).where(or_(*conditions)).limit(1)) is not None


def bring_back(session: Session, tasks: Iterable[Task], now: datetime, lease: timedelta) -> None:
    """Let such rows be due as late as they can be; sooner, clocks that differ a little would hurry tasks."""
    for condition, due in _strays(tasks, now, lease):
        session.execute(
            update(TaskRow).where(condition).values(due=due), execution_options={"synchronize_session": False}
        )


def _strays(
    tasks: Iterable[Task], now: datetime, lease: timedelta
) -> Iterator[tuple[ColumnElement[bool], datetime]]:
    """Conditions of rows that are due too late, with the latest instant at which they can be."""
    names: dict[timedelta, list[str]] = {}
    every = []
    for one in tasks:
        every.append(one.name)
        if one.longest is not None:
            names.setdefault(one.longest, []).append(one.name)
    unclaimed = TaskRow.claimed_until.is_(None)
    for longest, some in names.items():
        yield and_(unclaimed, TaskRow.name.in_(some), TaskRow.due > now + longest), now + longest
    yield and_(~unclaimed, TaskRow.name.in_(every), TaskRow.due > now + lease), now + lease
