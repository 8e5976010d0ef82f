"""The demonstration's nodes as files: an ini file, two secrets and, with SQLite, a database each."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import NullPool, create_engine, text

from renda import ini
from renda.app import configure
from renda.clock import Clock
from renda.types import Registry
from renda_tiers.demo import plan
from renda_tiers.demo.plan import Place

DONE = "demo.accounts"
"""Written last: a folder without it is an unfinished demonstration and is begun anew."""

MADE = "demo.*"
"""All that a demonstration writes into its folder, and all that it ever removes there: no node's files."""

DATABASE = "renda_demo_"
"""How the names of a demonstration's databases on PostgreSQL begin; no others are ever removed there."""

INI = """\
[app:main]
use = egg:renda
renda.profile = {tier}
renda.modules = {modules}
renda.database_url = {database}
renda.broker_url = {broker}
renda.queue = renda-demo-{code}
renda.secret_file = {folder}/demo.{code}.secret
renda.key_file = {folder}/demo.{code}.key
renda.secure_cookies = false
renda.cookie = renda-{code}
renda.notice = {notice}
renda.contact = {contact}
renda.tiers.address = {address}

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
"""


@dataclass(frozen=True)
class Servers:
    """What the nodes stand on.

    Attributes:
        folder: of all files.
        ports: of the nodes, in the order of `ORDER`.
        database: address of a PostgreSQL server, or "" for files of SQLite.
        broker: address of RabbitMQ or Redis, or "" for background work within each node's process.
    """

    folder: Path
    ports: Sequence[int]
    database: str = ""
    broker: str = ""

    def config(self, place: Place) -> Path:
        """Path of a node's ini file."""
        return self.folder / f"demo.{place.code}.ini"

    def port(self, place: Place) -> int:
        """Where a node listens."""
        return self.ports[ORDER.index(place)]

    def address(self, place: Place) -> str:
        """How others call a node."""
        return f"http://127.0.0.1:{self.port(place)}/"

    def database_url(self, place: Place) -> str:
        """Where a node keeps its tables."""
        if self.database:
            return f"{self.database.rstrip('/')}/{DATABASE}{place.code}"
        return f"sqlite:///{self.folder.resolve()}/demo.{place.code}.sqlite"


ORDER = (*plan.PLACES, plan.NEW_PLACE)
"""All nodes, in the order of their ports."""


def prepare(servers: Servers, place: Place) -> Path:
    """Write a node's ini file and, where they are missing, its secrets; the path of the ini file."""
    servers.folder.mkdir(parents=True, exist_ok=True)
    for kind in ("secret", "key"):
        path = servers.folder / f"demo.{place.code}.{kind}"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(os.urandom(32).hex(), encoding="ascii")
    said = {
        "tier": place.tier,
        "modules": place.modules,
        "code": place.code,
        "folder": str(servers.folder.resolve()),
        "database": servers.database_url(place),
        "broker": servers.broker,
        "notice": plan.NOTICE,
        "contact": plan.CONTACT,
        "address": servers.address(place),
    }
    content = INI.format(port=servers.port(place), **{key: _kept(one) for key, one in said.items()})
    # The addresses of database and broker may hold passwords.
    servers.config(place).touch(mode=0o600)
    servers.config(place).write_text(content, encoding="utf-8")
    return servers.config(place)


def _kept(value: str) -> str:
    """A value as an ini file keeps it."""
    return value.replace("%", "%%")


def open_(servers: Servers, place: Place, clock: Clock) -> Registry:
    """A prepared node, on a clock; what the environment says is for other nodes."""
    return cast("Registry", configure(ini.read(servers.config(place)), environment={}, clock=clock).registry)


def clear(servers: Servers) -> None:
    """Remove what an earlier run left."""
    for path in servers.folder.glob(MADE):
        path.unlink()
    if servers.database:
        _databases(servers, "DROP DATABASE IF EXISTS {} WITH (FORCE)")


def create(servers: Servers) -> None:
    """Make the databases, where they are no files."""
    if servers.database:
        _databases(servers, "CREATE DATABASE {}")


def _databases(servers: Servers, statement: str) -> None:
    server = f"{servers.database.rstrip('/')}/postgres"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for place in ORDER:
            connection.execute(text(statement.format(f"{DATABASE}{place.code}")))
