"""A city, a county and a town with nodes of their own, and everybody else hosted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from renda.testing.plugin import Databases, VirtualClock
from tests.tiers.chain import CAO, CITY
from tests.tiers.links import society, storage
from tests.tiers.links.network import Network, Node, found_city
from tests.tiers.links.voices import Three
from tests.tiers.simulation import world


@pytest.fixture
def network() -> Iterator[Network]:
    found = Network()
    yield found
    found.close()


@pytest.fixture
def start(
    network: Network, databases: Databases, tmp_path: Path, clock: VirtualClock
) -> Iterator[Callable[[str], Node]]:
    """Starts an empty node for an organisation."""
    urls = []

    def begin(code: str) -> Node:
        urls.append(databases.fresh())
        return network.add(Node(tmp_path / f"{code}-{len(urls)}", urls[-1], code, clock))

    yield begin
    network.close()
    for url in urls:
        databases.drop(url)


@pytest.fixture
def city(start: Callable[[str], Node]) -> Node:
    """The city's node, which hosts everybody."""
    node = start(CITY)
    found_city(node)
    return node


@pytest.fixture
def county(network: Network, start: Callable[[str], Node], city: Node) -> Node:
    """A county's node that has joined the city's, both at rest."""
    node = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    return node


@pytest.fixture(scope="module")
def copies() -> dict[str, Any]:
    """The databases of `three` as they were made for the first test of a module."""
    return {}


@pytest.fixture
def three(
    network: Network, start: Callable[[str], Node], clock: VirtualClock, copies: dict[str, Any]
) -> Three:
    """City, county and town on their own nodes, level with one another, on a tree of the simulation."""
    nodes = {code: start(code) for code in (world.CITY, world.NORTH, world.N1)}
    if not copies:
        society.found(nodes[world.CITY])
        for code, above in ((world.NORTH, world.CITY), (world.N1, world.NORTH)):
            network.join(code, above)
            network.settle(2)
        network.settle(2)
        copies |= {code: storage.take(node.registry) for code, node in nodes.items()}
    for code, node in nodes.items():
        storage.lay(node.registry, copies[code])
    network.recorded.clear()
    return Three(nodes[world.CITY], nodes[world.NORTH], nodes[world.N1], network, clock)
