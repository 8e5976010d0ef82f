"""Fresh databases for tests, on SQLite and on PostgreSQL, each a copy of one that migrations built."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from renda.database import make_engine
from renda.testing.postgresql import Build, Connections, PostgreSQLDatabases
from renda.testing.servers import PostgreSQLServer


class Databases(Protocol):
    """Gives fresh databases and takes them back."""

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""

    def remember(self, url: str) -> object:
        """What is in a database, for `recall`."""

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave; what listens to its statements goes with the test."""

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
        _copy(_path(url), str(path))
        return path

    def recall(self, url: str, remembered: object) -> None:
        """Let a database hold what was in another, and nothing else."""
        _copy(str(remembered), _path(url))

    def engine(self, url: str) -> Engine:
        """An engine for a database that `fresh` gave; it never waits for the disk."""
        if url not in self._engines:
            self._engines[url] = make_engine(url)
            event.listen(self._engines[url], "connect", _hurry)
        return self._engines[url]

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` gave."""
        if url in self._engines:
            self._engines.pop(url).dispose()
        for path in self._folder.glob(f"{Path(_path(url)).name}*"):
            path.unlink()


def _copy(source: str, target: str) -> None:
    # Not the files: other connections may have them open, and not all of it needs to be in the first.
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _path(url: str) -> str:
    return make_url(url).database or ""


@contextmanager
def opened(backend: str, folder: Path, build: Build, *, durable: bool = False) -> Iterator[Databases]:
    """Databases of one kind, `sqlite` or `postgresql`, which are gone at the end of the `with`.

    See `PostgreSQLServer` for what is `durable`; on SQLite, only connections that `engine` did not make are.
    """
    if backend == "sqlite":
        yield SQLiteDatabases(folder, build)
        return
    server = PostgreSQLServer(folder, durable=durable)
    connections = Connections(server)
    try:
        yield PostgreSQLDatabases(server, build, connections)
    finally:
        connections.close()
        server.close()
