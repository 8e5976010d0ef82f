"""Several real nodes in one process, each with its own database and keys, and a network that tests control."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from renda.app import configure, unit_of_work
from renda.database import everything
from renda.directory import service
from renda.testing.plugin import VirtualClock, node_settings
from renda_tiers import founding
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.links import answering, calling, entering, joining
from renda_tiers.links.models import Link
from renda_tiers.links.transports.http import Rejected, Unreachable
from renda_tiers.reports import templates
from tests.tiers import chain

ADDRESS = "http://{}.example/"
PROFILES = {chain.CITY: "city", chain.CAO: "county", chain.SHAN: "county"}


def hurry(connection: Any, _record: object) -> None:
    """Thousands of examples need no disk."""
    connection.execute("PRAGMA synchronous=OFF")


def assemble(folder: Path, url: str, code: str, clock: VirtualClock) -> Any:
    """The application of a node whose keys lie in a folder; they are the same for all nodes of that code."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("renda.secret", "renda.key"):
        path = folder / name
        if not path.exists():
            path.write_bytes(f"{name} of {code} ".encode() * 4)
            path.chmod(0o600)
    settings = node_settings(folder, url, **{"renda.profile": PROFILES.get(code, "township")})
    settings["renda.tiers.address"] = ADDRESS.format(code)
    return configure(settings, environment={}, clock=clock).registry


class Node:
    """A node of the network, on an application of its own or on one that tests share."""

    _shared = False

    def __init__(
        self, folder: Path, url: str, code: str, clock: VirtualClock, application: Any = None
    ) -> None:
        self.code, self.url, self.folder, self.clock = code, url, folder, clock
        self._shared = application is not None
        self.registry: Any = application or assemble(folder, url, code, clock)
        if self.registry.engine.dialect.name == "sqlite":
            event.listen(self.registry.engine, "connect", hurry)

    @contextmanager
    def work(self) -> Iterator[Session]:
        with unit_of_work(self.registry) as session, everything(session):
            yield session

    def documents(self, *kinds: str) -> set[bytes]:
        with self.work() as session:
            statement = select(LedgerDocument.hash)
            if kinds:
                statement = statement.where(LedgerDocument.kind.in_(kinds))
            return set(session.scalars(statement))

    def link(self, peer: str) -> Link:
        with self.work() as session:
            found = session.get(Link, peer)
            assert found is not None
            session.expunge(found)
            return found

    def close(self) -> None:
        if not self._shared:
            self.registry.engine.dispose()


class Network:
    """Nodes by address; `fault(call number, stage)` may raise to lose a call or its answer."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.calls = 0
        self.fault: Callable[[int, str], None] | None = None
        self.recorded: list[tuple[str, bytes]] = []

    def add(self, node: Node) -> Node:
        self.nodes[ADDRESS.format(node.code)] = node
        return node

    def node(self, code: str) -> Node:
        return self.nodes[ADDRESS.format(code)]

    def send(self, address: str, call: bytes) -> bytes:
        """What `calling.dial` uses instead of HTTP."""
        self.calls += 1
        number = self.calls
        if self.fault:
            self.fault(number, "call")
        if address not in self.nodes:
            raise Unreachable
        self.recorded.append((address, call))
        answer = self.answer(address, call)
        if self.fault:
            self.fault(number, "answer")
        return answer

    def answer(self, address: str, call: bytes) -> bytes:
        node = self.nodes[address]
        try:
            with unit_of_work(node.registry) as session:
                return answering.answer(session, call, now=node.clock())
        except Unreachable:
            raise
        except Exception as error:
            raise Rejected(said=repr(error)) from error

    def dial(self, code: str) -> None:
        """Let a node call its parent until neither has anything more to say."""
        node = self.node(code)
        with node.work() as session:
            parents = session.scalars(select(Link.peer).where(Link.role == "parent")).all()
        for peer in parents:
            calling.dial(node.registry, peer, self.send)

    def settle(self, rounds: int = 6) -> None:
        """Let everybody call until nothing moves any more."""
        for _round in range(rounds):
            for node in self.nodes.values():
                self.dial(node.code)

    def join(self, code: str, parent: str, now: datetime | None = None, *, again: bool = False) -> None:
        """Invite and join, as the two administrators do; `again` where the first answer is lost."""
        above, below = self.node(parent), self.node(code)
        with above.work() as session:
            one_time = joining.invite(session, code, now=now or above.clock())
        with below.work() as session:
            request = entering.ask(
                session, one_time, code, address=ADDRESS.format(code), now=now or below.clock()
            )
        for _try in range(2 if again else 1):
            with above.work() as session:
                answer = joining.accept(session, request, now=now or above.clock())
        with below.work() as session:
            entering.enter(session, one_time, code, ADDRESS.format(parent), answer, now=now or below.clock())

    def close(self) -> None:
        for node in self.nodes.values():
            node.close()


def found_city(node: Node, apart: frozenset[str] = frozenset()) -> None:
    """The six bodies of `tests.tiers.chain` on the city's node; those `apart` get no keys here."""
    with node.work() as session:
        codes = service.place(session, chain.bodies(), chain.SINCE)
        service.use_defaults(session, node.registry.profiles, codes, chain.SINCE)
        founding.found(session, chain.CITY, now=chain.FOUNDED)
        founding.declare(session, codes, now=chain.FOUNDED, apart=apart)
        templates.publish(session, chain.CITY, chain.TRAINING, now=chain.FOUNDED)
