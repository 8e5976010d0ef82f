"""What only one process may do on a database at a time: own its background work, or call a certain node.

The answer is held by a lock that the operating system or PostgreSQL releases when the process dies, however
it dies; so what is then found claimed in the database belongs to nobody.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, func, select

RELAY_LOCK = 7_236_120_012
"""PostgreSQL advisory lock of the relay that owns a database."""


@contextmanager
def sole_owner(engine: Engine) -> Iterator[bool]:
    """True while this process alone does the background work of a database; False where another does."""
    with _held(engine, RELAY_LOCK, "relay") as held:
        yield held


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """True while no other process or thread does what has this name; False where one does."""
    with _held(engine, func.hashtextextended(name, 0), quote(name, safe="")) as held:
        yield held


@contextmanager
def _held(engine: Engine, number: Any, suffix: str) -> Iterator[bool]:
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Closing returns a connection to the pool, lock and all, unless it has left the pool.
            connection.detach()
            yield bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
    elif engine.url.database in {None, "", ":memory:"}:
        yield True
    else:
        with Path(f"{engine.url.database}.{suffix}").open("w") as file:
            yield _flock(file.fileno())


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
