"""What PostgreSQL's engine is made to do: many rows go in at once, not by a statement for each.

psycopg sends a statement for each row and takes an answer to each, which for the small rows of this program
costs more than the rows. COPY takes them in half the time. It refuses tables with row security: into those
goes one INSERT, which reads the rows out of one JSON array.

What is inserted or, where it is there, changed (ON CONFLICT DO UPDATE) goes at once only where the caller
says by the execution option `EACH_ONCE` that no row comes twice: one statement may not change a row twice.

A connection that nobody used for a while is looked at before it is used again. Each is told to give instants
in UTC: in the server's own time zone the last ones of the calendar lie beyond the years that Python knows.
And to compress long values by LZ4 where the server knows it: its old method takes longer than all the rest of
storing a document.
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from renda.slices import slices

LEAST = 10
"""Rows from which on it is worth while."""
LONGEST = 64
"""Bytes of a value that is still written as text; longer ones travel better as they are."""
EACH_ONCE = "renda_each_once"
NONE = r"\N"
"""How COPY is told that a row has no value."""
_IDLE = 2.0
"""Seconds after which a connection to a server is looked at before it is used: it may have been cut."""

_COMPRESS = """
SELECT set_config(name, 'lz4', false) FROM pg_settings
WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
"""
"""Nothing happens on a server that was built without it."""

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
"""What would end a value or a row of COPY."""

_VALUE = r"%\(\w+\)s(?:::[A-Z ]+)?"
_INSERT = re.compile(rf"INSERT INTO (\S+) \(([^()]+)\) VALUES \(({_VALUE}(?:, {_VALUE})*)\)([^%]*)")  # noqa: S608
"""Table, columns, values of which each is given and none is an expression, and what follows."""
_NAME = re.compile(r"%\((\w+)\)s")
_WRITTEN = frozenset({uuid.UUID, date, datetime})
"""What PostgreSQL reads as Python writes it."""
_ALIKE = frozenset({str, int, bool, type(None)}) | _WRITTEN
"""What JSON holds so that PostgreSQL understands the same."""


@dataclass(frozen=True)
class Insert:
    """An INSERT of one row whose every value is given.

    Attributes:
        columns: as the statement has them.
        names: of their parameters, in the same order.
        rest: what follows the values.
        plain: whether no value is a document, which JSON would take for one of its own.
    """

    table: str
    columns: str
    names: tuple[str, ...]
    rest: str
    plain: bool

    @property
    def copy(self) -> str:
        """The COPY that takes such rows."""
        return f"COPY {self.table} ({self.columns}) FROM STDIN"

    @property
    def whole(self) -> str:
        """The INSERT that takes a JSON array of such rows."""
        # All of it stood in the statement that SQLAlchemy wrote.
        read = f"SELECT {self.columns} FROM json_populate_recordset(NULL::{self.table}, %(rows)s::json)"  # noqa: S608
        return f"INSERT INTO {self.table} ({self.columns}) {read}{self.rest}"


def watch(engine: Engine, is_secured: Callable[[str], bool]) -> None:
    """Let an engine of PostgreSQL do all of it; `is_secured` tells whether a table has row security."""
    event.listen(engine, "do_executemany", partial(_insert, is_secured))
    event.listen(engine, "do_execute", _copy)
    event.listen(engine, "connect", _prepare)
    _look_after_idling(engine)


def _prepare(connection: Any, _record: object) -> None:
    # In a transaction it would be taken back with it.
    connection.autocommit = True
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute(_COMPRESS)
    connection.autocommit = False


def copy(connection: Connection, into: str, blocks: Iterable[str]) -> None:
    """Put many rows into a table that has no row security.

    Args:
        connection: to PostgreSQL.
        into: the table, and its columns in parentheses.
        blocks: rows in COPY's text form: values `escaped`, `in_hex` or `NONE`, tabs between them, and a line
            feed at the end of each row.
    """
    connection.exec_driver_sql(f"COPY {into} FROM STDIN", {"blocks": blocks})


def _copy(cursor: Any, statement: str, parameters: Any, _context: object) -> bool:
    if not statement.startswith("COPY "):
        return False
    with cursor.copy(statement) as rows:
        for block in parameters["blocks"]:
            rows.write(block)
    return True


def escaped(value: str) -> str:
    """A text as COPY reads it."""
    return value.translate(_ESCAPES)


def in_hex(value: bytes) -> str:
    """Bytes as COPY reads them."""
    return rf"\\x{value.hex()}"


def _insert(
    is_secured: Callable[[str], bool],
    cursor: Any,
    statement: str,
    parameters: Sequence[Mapping[str, Any]],
    context: Any,
) -> bool:
    """Insert the rows, if they are such that it can be done at once; else the driver does it row by row."""
    found = read(statement) if context.isinsert and len(parameters) >= LEAST else None
    if found is None:
        return False
    if not found.rest and not is_secured(found.table):
        with cursor.copy(found.copy) as copy:
            for row in parameters:
                copy.write_row([row[name] for name in found.names])
        return True
    if not found.plain or ("DO UPDATE" in found.rest and not context.execution_options.get(EACH_ONCE)):
        return False
    if not _fits_json(parameters):
        return False
    # In a pipeline the server takes some rows while others are still being written down.
    with _pipeline(cursor.connection):
        for some in slices(parameters):
            cursor.execute(found.whole, {"rows": _ENCODE(some)})
    return True


@contextmanager
def _pipeline(connection: Any) -> Iterator[None]:
    """A pipeline of the driver that tells the first error alone; those that follow from it, it would log."""
    with ExitStack() as pipeline:
        pipeline.enter_context(connection.pipeline())
        try:
            yield
        except Exception:
            with suppress(Exception):
                pipeline.close()
            raise


@lru_cache(1024)
def read(statement: str) -> Insert | None:
    """What an INSERT says; None where it is of another form."""
    found = _INSERT.fullmatch(statement)
    if found is None:
        return None
    table, columns, values, rest = found.groups()
    names = tuple(_NAME.findall(values))
    if names != tuple(name.strip('"') for name in columns.split(", ")):
        return None
    return Insert(table, columns, names, rest, "::JSON" not in values)


def _fits_json(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether JSON can hold all their values so that PostgreSQL understands the same."""
    kinds = {kind for row in rows for kind in map(type, row.values())}
    others = kinds - _ALIKE
    return not others or all(
        _is_short(value) for row in rows for value in row.values() if type(value) in others
    )


def _is_short(value: Any) -> bool:
    """Whether it is bytes, as the driver wraps them, and few."""
    content = getattr(value, "obj", None)
    return isinstance(content, bytes) and len(content) <= LONGEST


def _text(value: Any) -> str:
    return str(value) if type(value) in _WRITTEN else f"\\x{value.obj.hex()}"


_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=_text).encode


def _look_after_idling(engine: Engine) -> None:
    """As `pool_pre_ping`, but a connection that has just been used is not asked again."""
    dialect: Any = engine.dialect

    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    def look(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        now = time.monotonic()
        if now - record.info.get("idle_since", now) > _IDLE:
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", look)
