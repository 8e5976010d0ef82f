"""A city, a county and a town with nodes of their own, and everybody else hosted."""

from collections.abc import Callable
from typing import Any

import pytest

from renda.testing.plugin import VirtualClock
from tests.tiers.links import society, storage
from tests.tiers.links.network import Network, Node
from tests.tiers.links.voices import Three
from tests.tiers.simulation import world


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
