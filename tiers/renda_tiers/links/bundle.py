"""What an organisation takes along when it moves to another node and no document says: its records.

Records with their attached files, persons with their seats, and the accounts that have a role there.
Documents need no bundle, they come over the link. Persons are the same by their key and accounts by their
login, whatever ids a node gave.
"""

import gzip
import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from renda import stamps
from renda.database import Base, Scoped
from renda.directory import readings
from renda.directory.models import Person
from renda.errors import Invalid
from renda.files import store
from renda.files.store import StoredFile
from renda.i18n import _
from renda.packs.records import PackRecord, rename_persons
from renda.records import attaching
from renda.records.attachments import Attachment
from renda.rows import read, written
from renda.security.models import Account, Grant
from renda.slices import slices

Rows = list[dict[str, Any]]

_NATURAL: Mapping[str, str] = {Person.__tablename__: "key", Account.__tablename__: "login"}
"""Tables of what may be known already at the other node, and the column by which it is the same."""
_FILES: Any = StoredFile.__table__
"""The bytes of attached files, which belong to no organisation and are the same by their digest."""
MAX_BUNDLE = 256 * 1024 * 1024
"""Bytes of a bundle, compressed."""


class NotABundle(Invalid):
    """Bytes that are no bundle."""

    message = _("This file does not hold the records of an organisation.")

    def __init__(self) -> None:
        super().__init__({"file": self.message})


def _scoped(session: Session) -> list[Table]:
    """Tables of rows that belong to one organisation, those first that others refer to.

    Only those of the components that this node loads: others may be known to the process, and not be there.
    """
    owned = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped)}
    return [table for table in _loaded(session) if table in {*owned, Grant.__table__}]


def _loaded(session: Session) -> list[Table]:
    """Tables of the components that this node loads, those first that others refer to."""
    names = {one.name for one in session.info["registry"].declared.components}
    return [table for table in Base.metadata.sorted_tables if table.name.partition("_")[0] in names]


def _parts(session: Session) -> Iterator[tuple[Table, Any, Table]]:
    """Tables of rows without an organisation that refer to one with: (table, its column, the other)."""
    scoped = set(_scoped(session))
    for table in _loaded(session):
        for key in table.foreign_keys:
            if key.column.table in scoped and table not in scoped:
                yield table, key.parent, key.column.table


def pack(session: Session, organisations: Collection[str], *, handed_on: datetime | None = None) -> bytes:
    """The records of some organisations, and whatever they refer to, as compressed JSON.

    Roles that ended when the organisations were handed on go on at the other node.
    """
    found: dict[str, Rows] = {}
    for table in _scoped(session):
        found[table.name] = _rows(session, table, table.c.organisation, organisations)
    for row in found[Grant.__tablename__]:
        row["until"] = None if row["until"] == handed_on else row["until"]
    for table, column, whole in _parts(session):
        ids = {row["id"] for row in found[whole.name]}
        found[table.name] = _rows(session, table, column, ids)
    digests = {row["digest"] for row in found[Attachment.__tablename__]} - {None}
    found[_FILES.name] = _rows(session, _FILES, _FILES.c.digest, digests)
    for name in _NATURAL:
        table = Base.metadata.tables[name]
        named = _in_packs(found, {}) if table is Person.__table__ else set()
        found[name] = _rows(session, table, table.c.id, _referred(found, table) | named)
    content = {
        "organisations": sorted(organisations),
        "tables": {name: [written(row) for row in rows] for name, rows in found.items() if rows},
    }
    # The same bytes for the same rows, since they may travel in portions.
    return gzip.compress(json.dumps(content, ensure_ascii=False).encode(), mtime=0)


def _rows(session: Session, table: Table, column: Any, values: Collection[Any]) -> Rows:
    return [
        dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
        for some in slices(sorted(values, key=str))
        for row in session.execute(
            select(*table.columns).where(column.in_(some)).order_by(*table.primary_key.columns)
        )
    ]


def _referred(found: Mapping[str, Rows], target: Table) -> set[uuid.UUID]:
    return {
        row[key.parent.name]
        for name, rows in found.items()
        for key in Base.metadata.tables[name].foreign_keys
        if key.column.table is target
        for row in rows
        if row[key.parent.name] is not None
    }


def _in_packs(found: Mapping[str, Rows], ids: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """The persons whom records of practice packs name, after some of them got other ids."""
    rows = found.get(PackRecord.__tablename__, ())
    return {person for row in rows for person in rename_persons(row["said"], ids)}


def unpack(session: Session, data: bytes) -> list[str]:
    """Put a bundle's rows in the place of those that are here of its organisations.

    Returns the names of tables that were left out: their modules are not loaded here, or they have no place
    in a bundle.

    Raises:
        NotABundle: it is none, or holds rows of other organisations; nothing is changed.
    """
    organisations, tables = _read(data)
    parts = {table for table, _column, _whole in _parts(session)}
    taken = [table for table in _loaded(session) if table in {*_scoped(session), *parts}]
    for table, column, whole in _parts(session):
        owned = select(whole.c.id).where(whole.c.organisation.in_(organisations))
        session.connection().execute(delete(table).where(column.in_(owned)))
    for table in reversed(_scoped(session)):
        session.connection().execute(delete(table).where(table.c.organisation.in_(organisations)))
    renamed = {name: _meet(session, name, tables.get(name, [])) for name in _NATURAL}
    readings.fill(session)
    _in_packs(tables, renamed[Person.__tablename__])
    _keep_files(session, tables.get(_FILES.name, []))
    for table in taken:
        rows = tables.get(table.name, [])
        if any(row.get("organisation", organisations[0]) not in organisations for row in rows):
            raise NotABundle
        if not rows:
            continue
        for key in table.foreign_keys:
            ids = renamed.get(key.column.table.name, {})
            for row in rows:
                row[key.parent.name] = ids.get(row[key.parent.name], row[key.parent.name])
        session.connection().execute(insert(table), rows)
    attaching.drop_unnamed(session)
    stamps.touch(session.connection(), *stamps.KEPT)
    return sorted(tables.keys() - {_FILES.name, *(table.name for table in taken)} - _NATURAL.keys())


def _keep_files(session: Session, rows: Rows) -> None:
    for row in rows:
        if store.keep(session, row["content"]) != row["digest"]:
            raise NotABundle


def _read(data: bytes) -> tuple[list[str], dict[str, Rows]]:
    try:
        content = json.loads(gzip.decompress(data))
        tables = {str(name): [read(row) for row in rows] for name, rows in content["tables"].items()}
        organisations = [str(code) for code in content["organisations"]]
    except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotABundle from error
    if not organisations:
        raise NotABundle
    return organisations, tables


def _meet(session: Session, name: str, rows: Rows) -> dict[uuid.UUID, uuid.UUID]:
    """Add those that are not known here; ids of the others here, by their ids there."""
    table, natural = Base.metadata.tables[name], _NATURAL[name]
    known: dict[Any, uuid.UUID] = {}
    for some in slices(sorted({row[natural] for row in rows})):
        here = session.execute(select(table.c.id, table.c[natural]).where(table.c[natural].in_(some)))
        known |= {row[1]: row[0] for row in here}
    new = [row for row in rows if row[natural] not in known]
    if new:
        session.connection().execute(insert(table), new)
    return {row["id"]: known[row[natural]] for row in rows if row[natural] in known}
