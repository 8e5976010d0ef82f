"""Entries made anew from the records, and compared with them, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, delete, exists, func, select, text
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.plugins import Declared
from renda.search.entries import KEPT, described, put, searchable, searched
from renda.search.models import INDEX, SearchEntry

BATCH = 1000
"""Records that are in memory at once."""
_table: Any = SearchEntry.__table__


def rebuild(session: Session, declared: Declared) -> dict[str, int]:
    """Make the entries of all components of this node anew; how many there are by record type.

    Those of components that are not loaded stay as they are: their records do not change either.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # First of all: triggers cannot take out of a damaged index what is no longer in it.
        connection.execute(text(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')"))  # noqa: S608 - our own
    loaded = {one.name for one in declared.components} | declared.modules.keys()
    connection.execute(delete(_table).where(_table.c.component.in_(loaded)))
    return {kind.name: _write(session, kind) for kind in searchable(declared)}


def fill(session: Session, declared: Declared) -> None:
    """Make the entries of types that have none yet."""
    connection = session.connection()
    for kind in searchable(declared):
        if not connection.scalar(select(exists().where(_table.c.type == kind.name))):
            _write(session, kind)


def _write(session: Session, kind: RecordType) -> int:
    count = 0
    for rows in _batches(session, kind):
        put(session, described(kind, rows))
        count += len(rows)
    return count


def _batches(session: Session, kind: RecordType) -> Iterator[Sequence[Row[Any]]]:
    """By key and not from one cursor: SQLite must not read through a cursor what is written meanwhile."""
    columns = [kind.column(name).label(name) for name in dict.fromkeys((*KEPT, *searched(kind)))]
    ordered = select(*columns).where(*kind.conditions()).order_by(kind.column("id")).limit(BATCH)
    rows = session.execute(ordered).all()
    while rows:
        yield rows
        rows = session.execute(ordered.where(kind.column("id") > rows[-1].id)).all()


def astray(session: Session, kind: RecordType) -> tuple[int, int]:
    """How many records of a type have no entry that fits them, and how many entries have no record."""
    connection, different, fitting = session.connection(), 0, 0
    for rows in _batches(session, kind):
        wanted = {one["id"]: one for one in described(kind, rows)}
        kept = connection.execute(select(_table).where(_table.c.id.in_(wanted)))
        there = {row["id"]: dict(row) for row in kept.mappings()}
        different += sum(there.get(key) != one for key, one in wanted.items())
        fitting += sum(key in there and there[key]["type"] == kind.name for key in wanted)
    total = connection.scalar(select(func.count()).where(_table.c.type == kind.name)) or 0
    return different, total - fitting
