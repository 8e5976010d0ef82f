"""Fresh databases for tests, on SQLite and on PostgreSQL, each a copy of one that migrations built."""

import shutil
import sqlite3
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from renda.database import make_engine
from renda.testing.servers import PostgreSQLServer

_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND NOT (state = 'idle' AND pid = ANY (:kept))
"""
_RESTING = "SELECT pid FROM pg_stat_activity WHERE state = 'idle' AND pid = ANY (:kept)"
_EMPTIED = r"""
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '%\_alembic\_version'
"""
_SHAPE = r"""
SELECT md5(string_agg(said, '|' ORDER BY said)) FROM (
    SELECT concat_ws(' ', relname, attname, atttypid, attnotnull) AS said
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT concat_ws(' ', conname, contype, conkey) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
) AS everything
"""
"""A digest of the tables, with their columns, indexes and rules."""
_VERSIONS = r"""
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname LIKE '%\_alembic\_version'
"""

_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"

Build = Callable[[str], None]
"""Called with the address of an empty database; runs the migrations there."""


class Databases(Protocol):
    """Gives fresh databases and takes them back."""

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""

    def remember(self, url: str) -> object:
        """What is in a database, for `recall`."""

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave; what listens to it is gone when the next asks."""

    def drop(self, url: str) -> None:
        """Remove it."""

    def extended(self, name: str, build: Build) -> "Databases":
        """Databases to which these migrations were added; the same ones whenever that name is asked for."""


class SQLiteDatabases:
    """Copies of one SQLite file."""

    def __init__(
        self,
        folder: Path,
        build: Build,
        template: Path | None = None,
        engines: dict[str, Engine] | None = None,
    ) -> None:
        self._folder = folder
        self._template = folder / f"{uuid.uuid4().hex}.template"
        self._extended: dict[str, SQLiteDatabases] = {}
        self._engines = {} if engines is None else engines
        if template:
            shutil.copyfile(template, self._template)
        build(f"sqlite:///{self._template}")

    def extended(self, name: str, build: Build) -> "SQLiteDatabases":
        """Databases to which these migrations were added; the same ones whenever that name is asked for."""
        if name not in self._extended:
            self._extended[name] = SQLiteDatabases(self._folder, build, self._template, self._engines)
        return self._extended[name]

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""
        path = self._folder / f"{uuid.uuid4().hex}.sqlite"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def remember(self, url: str) -> object:
        """What is in a database, for `recall`."""
        path = self._folder / f"{uuid.uuid4().hex}.scene"
        _copy(_name(url), str(path))
        return path

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""
        _copy(str(remembered), _name(url))

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave."""
        if url not in self._engines:
            self._engines[url] = make_engine(url)
        return self._engines[url]

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` gave."""
        if url in self._engines:
            self._engines.pop(url).dispose()
        for path in self._folder.glob(f"{Path(make_url(url).database or '').name}*"):
            path.unlink()


def _copy(source: str, target: str) -> None:
    # Not the files: other connections may have them open, and not all of it needs to be in the first.
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)


@dataclass(frozen=True)
class _Scene:
    """The rows of the tables that have any, as COPY writes them, and where the sequences stood."""

    rows: dict[str, bytes]
    sequences: dict[str, int]


_MOST_KEPT = 4
"""Databases whose connections stay: a server has no more than a hundred for all processes of a run."""


class _Kept:
    """The connections to one database: those of its role, with their processes there, and a superuser's."""

    def __init__(self, own: Engine, superuser: Engine) -> None:
        self.own, self.superuser = own, superuser
        self.pids: set[int] = set()
        event.listen(own, "connect", lambda connection, _record: self.pids.add(connection.info.backend_pid))

    def forget(self) -> None:
        self.own.dispose()
        self.pids.clear()

    def close(self) -> None:
        self.forget()
        self.superuser.dispose()


class PostgreSQLDatabases:
    """Databases cloned from one template by the server, and used again once they are as empty as it.

    To remove a database lets the server write all that it holds to disk, which takes longer than most tests.
    Those used last keep their connections, which know its tables already.
    """

    def __init__(
        self,
        server: PostgreSQLServer,
        build: Build,
        template: str = "template0",
        kept: "OrderedDict[str, _Kept] | None" = None,
    ) -> None:
        self._server = server
        self._kept = OrderedDict() if kept is None else kept
        self._template = server.create("template", template)
        build(server.url(self._template))
        self._spare: list[str] = []
        self._extended: dict[str, PostgreSQLDatabases] = {}
        # A database that is copied has no connection.
        reading = server.engine(self._template)
        with reading.connect() as connection:
            self._shape = _shape(connection)
            names = connection.scalars(text(_EMPTIED)).all()
            self._empty = "".join(f'DELETE FROM "{name}"; ' for name in names)  # noqa: S608 - our own tables
        reading.dispose()

    def extended(self, name: str, build: Build) -> "PostgreSQLDatabases":
        """Databases to which these migrations were added; the same ones whenever that name is asked for."""
        if name not in self._extended:
            self._extended[name] = PostgreSQLDatabases(self._server, build, self._template, self._kept)
        return self._extended[name]

    def fresh(self) -> str:
        """The address of a migrated, empty database that nobody else uses."""
        if self._spare:
            return self._spare.pop()
        return self._server.url(self._server.create("test", self._template))

    def drop(self, url: str) -> None:
        """Take back a database that `fresh` gave, whoever is still connected to it."""
        if self._emptied(url):
            self._spare.append(url)
        else:
            self._server.remove(_name(url))
            self._kept.pop(url).close()

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave; what listens to it is gone when the next asks."""
        return self._connected(url).own.execution_options()

    def _connected(self, url: str) -> "_Kept":
        if url not in self._kept:
            self._kept[url] = _Kept(make_engine(url), self._server.engine(_name(url)))
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)[1].close()
        self._kept.move_to_end(url)
        return self._kept[url]

    def remember(self, url: str) -> object:
        """What is in a database, for `recall`."""
        with self._connected(url).superuser.connect() as connection:
            rows = {}
            for name in connection.scalars(text(_EMPTIED)).all():
                with _cursor(connection).copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copy:
                    rows[name] = b"".join(copy)
            sequences = {row.sequencename: row.last_value for row in connection.execute(text(_SEQUENCES))}
        return _Scene({name: data for name, data in rows.items() if len(data) > _NO_ROWS}, sequences)

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""
        assert isinstance(remembered, _Scene)  # noqa: S101 - it came from `remember`
        with self._connected(url).superuser.connect() as connection:
            # As a replica it looks at no foreign key.
            connection.exec_driver_sql(f"BEGIN; SET LOCAL session_replication_role = replica; {self._empty}")
            for name, data in remembered.rows.items():
                with _cursor(connection).copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as copy:
                    copy.write(data)
            for name, last in remembered.sequences.items():
                connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
            connection.exec_driver_sql("COMMIT")

    def _emptied(self, url: str) -> bool:
        """Whether the database has the tables of the template, and nothing in them any more."""
        try:
            kept = self._connected(url)
            with kept.superuser.connect() as connection:
                if set(connection.scalars(text(_RESTING), {"kept": list(kept.pids)})) != kept.pids:
                    kept.forget()
                connection.execute(text(_ALONE), {"kept": list(kept.pids)})
                if _shape(connection) != self._shape:
                    return False
                connection.exec_driver_sql(
                    f"BEGIN; SET LOCAL session_replication_role = replica; {self._empty} COMMIT"
                )
        except DBAPIError:
            return False
        return True


def _name(url: str) -> str:
    return make_url(url).database or ""


@contextmanager
def opened(backend: str, folder: Path, build: Build, *, durable: bool = False) -> Iterator[Databases]:
    """Databases of one kind, `sqlite` or `postgresql`, which are gone at the end of the `with`.

    See `PostgreSQLServer` for what is `durable`; SQLite's are as those of a node always.
    """
    if backend == "sqlite":
        yield SQLiteDatabases(folder, build)
        return
    server = PostgreSQLServer(folder, durable=durable)
    try:
        yield PostgreSQLDatabases(server, build)
    finally:
        server.close()


def _shape(connection: Connection) -> tuple[object, ...]:
    """The tables of a database, and how far each component's were migrated."""
    names = connection.scalars(text(_VERSIONS)).all()
    each = (f"SELECT '{name} ' || version_num FROM \"{name}\"" for name in names)  # noqa: S608 - our own tables
    told = connection.scalars(text(" UNION ALL ".join(each))).all() if names else []
    return connection.scalar(text(_SHAPE)), *sorted(told)


_NO_ROWS = len(b"PGCOPY\n\xff\r\n\0") + 4 + 4 + 2
"""Length of a binary COPY without any: signature, flags, extension, trailer."""


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()
