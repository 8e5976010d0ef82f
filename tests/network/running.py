"""A node as it is run: `renda serve` in a process of its own, and a hand on its database from outside."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import transaction
from sqlalchemy.orm import Session

from renda.app import configure, open_session
from renda.clock import system_clock
from renda.database import everything
from renda.testing.plugin import node_settings
from tests.tiers.links.network import Node

ROOT = Path(__file__).parents[2]
INI = """\
[app:main]
use = egg:renda
{settings}

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 4
"""


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def tier_of(code: str) -> str:
    """The tier of a body, by its code."""
    return "township" if len(code) > 6 else "city" if code.endswith("00") else "county"


@dataclass
class Running(Node):
    """A node of a network whose process is another one.

    Attributes:
        port: where it listens on loopback.
        process: None while it does not run.
        registry: of this process, on the node's database.
    """

    code: str
    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    registry: Any = None
    clock: Any = field(default=system_clock)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        more = {"renda.profile": tier_of(self.code), "renda.tiers.address": self.address}
        settings = node_settings(self.folder, self.url, **more)
        lines = "\n".join(f"{key} = {str(value).replace('%', '%%')}" for key, value in settings.items())
        self.config = self.folder / "node.ini"
        self.config.write_text(INI.format(settings=lines, port=self.port), encoding="utf-8")
        self.registry = configure(settings, environment={}).registry

    @property
    def address(self) -> str:
        """Where other nodes call it."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Begin its process; what it prints goes to a file beside its settings."""
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "renda", "serve", str(self.config)],
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                cwd=ROOT,
            )

    def kill(self) -> None:
        """End its process, as a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A session that only reads, and keeps nobody waiting."""
        manager = transaction.TransactionManager(explicit=True)
        manager.begin()
        session = open_session(self.registry, manager, reading=True)
        try:
            with everything(session):
                yield session
        finally:
            manager.abort()

    def poke(self) -> None:
        """Knock at the node itself, past any wire, as whoever has something to say does."""
        with suppress(httpx.HTTPError):
            httpx.post(f"http://127.0.0.1:{self.port}/chain/poke", timeout=5)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False
