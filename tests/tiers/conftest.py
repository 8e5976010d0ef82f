"""The small chain of `tests.tiers.chain`, founded on a fresh database, or on nodes of their own that are linked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from renda.testing.plugin import Databases, VirtualClock
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY
from tests.tiers.links.network import Network, Node, assemble, found_city


@pytest.fixture
def founded(scene: Any, db: Session) -> Session:
    """A session that sees everything of a founded chain, and whose changes are thrown away."""
    scene("chain", chain.found)
    return db


@pytest.fixture
def stored(scene: Any, work: Any, clock: Any) -> Any:
    """A founded and committed chain with an account for each role; gives (organisation, role) → account."""
    scene("chain", chain.found)
    with work() as session:
        return chain.accounts(session, clock())


@pytest.fixture
def network() -> Iterator[Network]:
    found = Network()
    yield found
    found.close()


@pytest.fixture(scope="session")
def applications() -> dict[tuple[str, int], Any]:
    """Those of `start`, by the node's code and how many of that code a test has started before it."""
    return {}


@pytest.fixture
def start(
    network: Network, databases: Databases, node_folder: Path, clock: VirtualClock, applications: Any
) -> Iterator[Callable[[str], Node]]:
    """Starts an empty node for an organisation."""
    begun: list[Node] = []

    def begin(code: str) -> Node:
        which = code, sum(one.code == code for one in begun)
        folder, url = node_folder / f"{code}-{which[1]}", databases.fresh()
        if which not in applications:
            made = assemble(folder, url, code, clock)
            applications[which] = made, dict(vars(made))
        application, pristine = applications[which]
        vars(application).clear()
        vars(application).update(pristine)
        application.engine, application.clock = databases.engine(url), clock
        begun.append(Node(folder, url, code, clock, application))
        return network.add(begun[-1])

    yield begin
    for node in begun:
        databases.drop(node.url)


@pytest.fixture
def laid(databases: Databases, clock: VirtualClock, scenes: Any) -> Callable[..., None]:
    """`laid(name, nodes, make)` brings nodes into the state that `make` left, which runs once for all tests."""

    def lay(name: str, nodes: list[Node], make: Callable[[], None]) -> None:
        if name not in scenes:
            make()
            scenes[name] = clock.now, [databases.remember(node.url) for node in nodes]
            return
        clock.now, remembered = scenes[name]
        for node, one in zip(nodes, remembered, strict=True):
            databases.recall(node.url, one)

    return lay


@pytest.fixture
def city(start: Callable[[str], Node], laid: Callable[..., None]) -> Node:
    """The city's node, which hosts everybody."""
    node = start(CITY)
    laid("city of links", [node], lambda: found_city(node))
    return node


@pytest.fixture
def county(network: Network, start: Callable[[str], Node], city: Node, laid: Callable[..., None]) -> Node:
    """A county's node that has joined the city's, both at rest."""
    node = start(CAO)

    def join() -> None:
        network.join(CAO, CITY)
        network.settle()

    laid("county of links", [city, node], join)
    network.calls = 0
    network.recorded.clear()
    return node
