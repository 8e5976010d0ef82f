"""A whole database in one file, and back: every table of every component, whatever database it comes from.

The file is a zip with a manifest and one JSON line per row. It reads one snapshot and holds no secrets: the
files of secrets lie beside the database and are kept apart from its backups.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select, text
from sqlalchemy.exc import CompileError, DataError, IntegrityError

from renda import __version__, migrate
from renda.app import unit_of_work
from renda.database import FULL_TEXT, Base
from renda.directory.models import Organisation
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.rows import read, written
from renda.security import audit
from renda.slices import SLICE, slices
from renda.types import Registry

FORMAT = 1
MADE = "node.backup"
"""Action of the audit row that says that a backup was made."""
_MANIFEST = "manifest.json"
_VERSIONS = "_alembic_version"
_FILES, _FEW = "content", 4
"""The column of tables whose rows hold whole files, and how many of these are in memory at once."""
_UNFIT = (CompileError, DataError, IntegrityError)
"""What a database says of rows that are not those written: other columns, other values, no parent."""


class NotABackup(Invalid):
    """A file that is no backup of a node."""

    message = _("This file is no backup of a node.")

    def __init__(self, message: str = "") -> None:
        super().__init__({"file": message or self.message}, message)


class Damaged(NotABackup):
    """A backup that is not whole."""

    message = _("The backup is damaged: rows are missing.")


@dataclass(frozen=True)
class Restored:
    """Said through the registry, inside the transaction, when a backup has taken the place of all rows."""

    session: Any


def backup(registry: Registry, path: Path, now: datetime) -> dict[str, int]:
    """Write all rows into a file that appears as a whole or not at all; the number of rows by table.

    Nobody waits for it. Afterwards the audit trail says that it was made.
    """
    counts: dict[str, int] = {}
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    unfinished.chmod(0o600)
    with (
        unit_of_work(registry, reading=True) as session,
        zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        connection = _snapshot(session)
        for table in _tables(connection):
            counts[table.name] = _write(file, connection, table)
        versions = {name: migrate.revision(connection, name) for name in _components(connection)}
        manifest = {"format": FORMAT, "version": __version__, "at": now.isoformat(), "revisions": versions}
        file.writestr(_MANIFEST, json.dumps(manifest | {"rows": counts}))
    with unfinished.open("rb") as written_file:
        os.fsync(written_file.fileno())
    unfinished.replace(path)
    with unit_of_work(registry) as session:
        rows = sum(counts.values())
        audit.record(
            session,
            actor=None,
            organisation=None,
            action=MADE,
            target=path.name,
            now=now,
            detail={"rows": rows},
        )
    return counts


def _snapshot(session: Any) -> Connection:
    """A connection to which nothing changes; SQLite gives no other."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ"} if postgresql else {}
    found: Connection = session.connection(execution_options=options)
    return found


def _tables(connection: Connection) -> list[Table]:
    """Every table but those of versions, those first that others refer to; also of modules not loaded now."""
    names = inspect(connection).get_table_names()
    there = {name for name in names if not name.startswith(FULL_TEXT)}
    known = [table for table in Base.metadata.sorted_tables if table.name in there]
    left = sorted(there - {table.name for table in known})
    reflected = MetaData()
    return known + [
        Table(name, reflected, autoload_with=connection, resolve_fks=False)
        for name in left
        if not name.endswith(_VERSIONS)
    ]


def _components(connection: Connection) -> list[str]:
    names = inspect(connection).get_table_names()
    return sorted(name.removesuffix(_VERSIONS) for name in names if name.endswith(_VERSIONS))


def _portion(table: Table) -> int:
    """How many of a table's rows are in memory at once."""
    return _FEW if _FILES in table.columns else SLICE


def _write(file: zipfile.ZipFile, connection: Connection, table: Table) -> int:
    count = 0
    with file.open(f"{table.name}.jsonl", "w") as raw, TextIOWrapper(raw, encoding="utf-8") as lines:
        for row in connection.execution_options(yield_per=_portion(table)).execute(select(*table.columns)):
            lines.write(json.dumps(written(dict(row._mapping)), ensure_ascii=False) + "\n")  # noqa: SLF001
            count += 1
    return count


def restore(registry: Registry, path: Path, *, replace: bool) -> dict[str, int]:
    """Put the rows of a backup in the place of all rows, in one transaction; the number by table.

    Raises:
        NotABackup: the file is none; nothing is changed.
        Damaged: rows are missing, or are not those that were written; nothing is changed.
        Conflict: there are organisations here already and `replace` was not said, or the tables are of
            another version than those in the file.
    """
    try:
        with unit_of_work(registry) as session, _opened(path) as file:
            return _replace(registry, session, file, replace=replace)
    except _UNFIT as error:
        raise Damaged from error


def _replace(registry: Registry, session: Any, file: zipfile.ZipFile, *, replace: bool) -> dict[str, int]:
    connection: Connection = session.connection()
    manifest = _manifest(file)
    if not replace and connection.scalar(select(func.count()).select_from(Organisation)):
        raise Conflict(_("There are data here already. Say --replace to put the backup in their place."))
    tables = _tables(connection)
    _ensure_same_tables(connection, manifest)
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(tables):
        connection.execute(delete(table))
    counts = {table.name: _read_table(file, connection, table) for table in tables}
    if counts != {name: count for name, count in manifest["rows"].items() if count or name in counts}:
        raise Damaged
    registry.notify(Restored(session))
    return counts


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotABackup from error


def _manifest(file: zipfile.ZipFile) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(file.read(_MANIFEST))
        known = found["format"] == FORMAT and isinstance(found["rows"], dict)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise NotABackup from error
    if not known:
        raise NotABackup
    return found


def _ensure_same_tables(connection: Connection, manifest: Mapping[str, Any]) -> None:
    here = {name: migrate.revision(connection, name) for name in _components(connection)}
    other = sorted(name for name, said in manifest["revisions"].items() if here.get(name) != said)
    if other:
        raise Conflict(
            _(
                "The backup was made by version ${version}, whose tables differ in ${names}. "
                "Restore it with that version and run renda upgrade then.",
                mapping={"version": manifest["version"], "names": ", ".join(other)},
            )
        )


def _read_table(file: zipfile.ZipFile, connection: Connection, table: Table) -> int:
    count = 0
    try:
        with file.open(f"{table.name}.jsonl") as raw, TextIOWrapper(raw, encoding="utf-8") as lines:
            for some in slices((read(json.loads(line)) for line in lines), _portion(table)):
                connection.execute(insert(table), some)
                count += len(some)
    except KeyError:
        return 0
    except (TypeError, ValueError, zipfile.BadZipFile) as error:
        raise Damaged from error
    return count
