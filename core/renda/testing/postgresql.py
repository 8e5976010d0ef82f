"""Databases of tests on PostgreSQL, which are used again with the connections that they have."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from renda import stamps
from renda.database import make_engine
from renda.testing.servers import PostgreSQLServer

Build = Callable[[str], None]
"""Called with the address of an empty database; runs the migrations there."""

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


class Connections:
    """What is kept of the databases used last."""

    def __init__(self, server: PostgreSQLServer) -> None:
        self._server = server
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def of(self, url: str) -> _Kept:
        """Those of a database."""
        if url not in self._kept:
            self._kept[url] = _Kept(make_engine(url), self._server.engine(_name(url)))
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)[1].close()
        self._kept.move_to_end(url)
        return self._kept[url]

    def drop(self, url: str) -> None:
        """Close those of a database that is gone."""
        if url in self._kept:
            self._kept.pop(url).close()

    def close(self) -> None:
        """Close all."""
        for url in list(self._kept):
            self.drop(url)


class PostgreSQLDatabases:
    """Databases cloned from one template by the server, and used again once they are as empty as it.

    To remove a database lets the server write all that it holds to disk, which takes longer than most tests.
    Those used last keep their connections, which know its tables already.
    """

    def __init__(
        self,
        server: PostgreSQLServer,
        build: Build,
        connections: Connections,
        template: str = "template0",
    ) -> None:
        self._server, self._connections = server, connections
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
            self._extended[name] = PostgreSQLDatabases(self._server, build, self._connections, self._template)
        return self._extended[name]

    def fresh(self) -> str:
        """The address of a migrated, empty database that nobody else uses."""
        if self._spare:
            return self._spare.pop()
        return self._server.url(self._server.create("test", self._template))

    def drop(self, url: str) -> None:
        """Take back a database that `fresh` gave, whoever is still connected to it."""
        if self._emptied(url):
            stamps.forget(self._connections.of(url).own.pool)
            self._spare.append(url)
        else:
            self._server.remove(_name(url))
            self._connections.drop(url)

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave; what listens to its statements goes with the test."""
        return self._connections.of(url).own.execution_options()

    def remember(self, url: str) -> object:
        """What is in a database, for `recall`."""
        with self._connections.of(url).superuser.connect() as connection:
            rows = {}
            for name in connection.scalars(text(_EMPTIED)).all():
                with _cursor(connection).copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copy:
                    rows[name] = b"".join(copy)
            sequences = {row.sequencename: row.last_value for row in connection.execute(text(_SEQUENCES))}
        return _Scene({name: data for name, data in rows.items() if len(data) > _NO_ROWS}, sequences)

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""
        assert isinstance(remembered, _Scene)  # noqa: S101 - it came from `remember`
        with self._connections.of(url).superuser.connect() as connection:
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
            kept = self._connections.of(url)
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
