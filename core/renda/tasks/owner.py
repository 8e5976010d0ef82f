"""Whether this process alone does the background work of a database.

The answer is held by a lock that the operating system or PostgreSQL releases when the process dies, however
it dies; so what is then found claimed in the database belongs to nobody.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select

RELAY_LOCK = 7_236_120_012
"""PostgreSQL advisory lock of the relay that owns a database."""


@contextmanager
def sole_owner(engine: Engine) -> Iterator[bool]:
    """True while this process holds the lock; False where another process does."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Closing returns a connection to the pool, lock and all, unless it has left the pool.
            connection.detach()
            yield bool(connection.scalar(select(func.pg_try_advisory_lock(RELAY_LOCK))))
    elif engine.url.database in {None, "", ":memory:"}:
        yield True
    else:
        with Path(f"{engine.url.database}.relay").open("w") as file:
            yield _flock(file.fileno())


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
