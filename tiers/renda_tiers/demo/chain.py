"""The demonstration's nodes as one chain: who hosts whom, work on each, and what they tell one another."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.directory import divisions
from renda.directory.divisions import Body
from renda.errors import RendaError
from renda.i18n import _
from renda.types import Registry
from renda_tiers.demo import plan
from renda_tiers.links import answering, calling, state
from renda_tiers.links.models import CLOSED, PARENT, Link

MOST_ROUNDS = 1_000
"""More than any step needs; then something is wrong with a node."""


class NotLevel(RendaError):
    """Nodes that do not agree."""

    message = _("The nodes of the demonstration do not come to agree. Look at what they have logged.")


@dataclass
class Hand:
    """A clock that stands where it is put: the nodes' while the demonstration is made."""

    now: datetime

    def __call__(self) -> datetime:
        """The instant."""
        return self.now


@dataclass
class Chain:
    """Nodes by the organisation at their top.

    Attributes:
        nodes: each after the one that it calls.
        carry: lets the nodes tell one another what there is; called until they are level.
    """

    nodes: dict[str, Registry]
    carry: Callable[["Chain"], None]
    bodies: Sequence[Body] = field(default_factory=lambda: divisions.bodies(divisions.shipped(), plan.CITY))

    @property
    def parents(self) -> Mapping[str, str | None]:
        """Everybody's parent."""
        return {one.code: one.parent for one in self.bodies}

    def host(self, organisation: str) -> str:
        """The organisation at the top of the node that hosts another one."""
        return host(organisation, self.nodes, self.parents)

    def hosted(self) -> Iterator[tuple[str, list[Body]]]:
        """Each node with the bodies that it hosts."""
        found: dict[str, list[Body]] = {code: [] for code in self.nodes}
        for body in self.bodies:
            found[self.host(body.code)].append(body)
        yield from found.items()

    @contextmanager
    def work(self, organisation: str) -> Iterator[Session]:
        """A unit of work on the node that hosts an organisation."""
        with unit_of_work(self.nodes[self.host(organisation)]) as session:
            yield session

    def settle(self) -> None:
        """Let the nodes talk until each has all that concerns it.

        Raises:
            NotLevel: they do not come to an end.
        """
        for _round in range(MOST_ROUNDS):
            if self.is_level():
                return
            self.carry(self)
        raise NotLevel

    def is_level(self) -> bool:
        """Whether no node has anything to tell another."""
        return all(map(_is_level, self.nodes.values()))

    def close(self) -> None:
        """Let go of the databases."""
        for registry in self.nodes.values():
            registry.engine.dispose()


def host(organisation: str, nodes: Collection[str], parents: Mapping[str, str | None]) -> str:
    """The nearest organisation at or above another one that is at the top of one of the nodes."""
    code = organisation
    while code not in nodes:
        above = parents[code]
        assert above is not None  # noqa: S101 - the city's node hosts whoever is left
        code = above
    return code


def _is_level(registry: Registry) -> bool:
    with unit_of_work(registry, reading=True) as session:
        return state.is_level(session)


def within(chain: Chain) -> None:
    """Carry everything within this process: whoever stands below calls, as over a wire."""
    addresses = {registry.values["tiers.address"]: registry for registry in chain.nodes.values()}

    def send(address: str, call: bytes) -> bytes:
        registry = addresses[address]
        with unit_of_work(registry) as session:
            return answering.answer(session, call, now=registry.clock())

    for registry in reversed(chain.nodes.values()):
        with unit_of_work(registry, reading=True) as session:
            peers = session.scalars(select(Link.peer).where(Link.role == PARENT, Link.state != CLOSED)).all()
        for peer in peers:
            calling.dial(registry, peer, send)
