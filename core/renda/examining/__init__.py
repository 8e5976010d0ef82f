"""Examining a live node: what must hold, looked at in its data and on its machine, and nothing changed.

Every check runs in a transaction of its own that can write nothing, or is thrown away. Components add theirs
when the registry says `Examining`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import transaction
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from renda.app import Node, open_session
from renda.database import everything
from renda.errors import Conflict, RendaError
from renda.i18n import _
from renda.types import Registry


@dataclass(frozen=True)
class Check:
    """Something that must hold on every node.

    Attributes:
        name: `<component>.<what>`, for scripts.
        title: what holds.
        advice: what to do where it does not hold.
        look: gives a message for each thing that is wrong.
        whole: it reads all data, which takes its time on a large node.
        rehearses: it changes rows, in a transaction that is thrown away; until then others cannot write.
    """

    name: str
    title: str
    advice: str
    look: Callable[[Node], Iterable[str]]
    whole: bool = False
    rehearses: bool = False


@dataclass(frozen=True)
class Examining:
    """Said through the registry before a node is examined: a subscriber adds its component's checks."""

    checks: list[Check] = field(default_factory=list)


class State(StrEnum):
    """What became of a check."""

    OK = "ok"
    FAIL = "fail"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Finding:
    """What a check found; `wrong` is empty where all is well or nobody looked."""

    check: Check
    state: State
    wrong: Sequence[str] = ()


class NoDatabase(Conflict):
    """The file of a SQLite database is missing; looking would make an empty one."""

    message = _("There is no database yet. Run renda init first.")


def examine(
    registry: Registry, first: Sequence[Check], others: Sequence[Check], *, quick: bool = False
) -> Iterator[Finding]:
    """What each check finds, in order.

    Args:
        registry: of the node.
        first: without which there is no point in looking further.
        others: the rest, left out where one of the first fails.
        quick: leave out checks that read all data.

    Raises:
        NoDatabase: see there.
    """
    database = registry.engine.url.database
    if registry.engine.dialect.name == "sqlite" and not Path(database or "").is_file():
        raise NoDatabase
    able = True
    for check in (*first, *others):
        if (quick and check.whole) or not able:
            yield Finding(check, State.LEFT_OUT)
            continue
        wrong = _look(registry, check)
        yield Finding(check, State.FAIL if wrong else State.OK, wrong)
        if wrong and check in first:
            able = False


def _look(registry: Registry, check: Check) -> tuple[str, ...]:
    try:
        with _looking(registry, rehearses=check.rehearses) as session:
            return tuple(check.look(Node(registry, session, registry.clock())))
    except RendaError as error:
        return (error.message,)
    except Exception as error:  # noqa: BLE001 - a check that cannot be made has failed, and the next one goes on
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        return (_("It could not be looked at: ${error}", mapping={"error": said}),)


@contextmanager
def _looking(registry: Registry, *, rehearses: bool) -> Iterator[Session]:
    """A session whose transaction is thrown away; it cannot even write unless it rehearses."""
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = open_session(registry, manager, reading=not rehearses)
    try:
        with everything(session):
            if not rehearses:
                _forbid_writing(session, forbidden=True)
            yield session
    finally:
        if not rehearses and session.get_bind().dialect.name == "sqlite":
            with suppress(SQLAlchemyError):
                _forbid_writing(session, forbidden=False)
        manager.abort()


def _forbid_writing(session: Session, *, forbidden: bool) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
    else:
        # It belongs to the connection, which the next transaction uses again.
        connection.execute(text(f"PRAGMA query_only={'ON' if forbidden else 'OFF'}"))
