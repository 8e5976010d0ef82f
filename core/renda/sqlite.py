"""What SQLite is told so that it is durable, and waits for its turn to write.

It runs in WAL with `synchronous=FULL` and takes its single write lock at BEGIN, so that a transaction never
fails half way for want of it. Connections opened with the execution option `renda_read` begin without the
lock. A file that is missing is made for its owner's eyes only; SQLite gives the files beside it (`-wal`,
`-shm`) the same mode.

Days and instants are written as SQLAlchemy writes them, but by Python itself, in a third of the time.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Dialect, Engine, event
from sqlalchemy.dialects import sqlite


class _Day(sqlite.DATE):
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        del dialect
        return lambda value: value and value.isoformat()


class _Instant(sqlite.DATETIME):
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        del dialect
        # It is in UTC (`renda.database.UTCDateTime`), and the column does not say so.
        return lambda value: value and value.isoformat(" ", "microseconds").removesuffix("+00:00")


def watch(engine: Engine) -> None:
    """Let an engine of SQLite do all of it."""
    dialect: Any = engine.dialect
    dialect.colspecs = {**dialect.colspecs, Date: _Day, DateTime: _Instant}
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _end)


def _make_private(_dialect: Dialect, _record: object, arguments: list[Any], _options: object) -> None:
    path = arguments[0] if arguments else ""
    if path in {"", ":memory:"} or path.startswith("file:"):
        return
    # Only where it is missing: closing a file that SQLite has open would drop this process's locks on it.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _tune(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("renda_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _end(connection: Any, _record: object) -> None:
    # SQLite keeps a transaction whose COMMIT failed open, and SQLAlchemy takes it for ended.
    if connection is not None and connection.in_transaction:
        connection.rollback()
