"""The tests of packs use the node of the simulation, and nodes that are linked."""

from tests.tiers.links.conftest import city, network, start
from tests.tiers.rollup.conftest import node, world
from tests.tiers.simulation.conftest import receiver

__all__ = ["city", "network", "node", "receiver", "start", "world"]
