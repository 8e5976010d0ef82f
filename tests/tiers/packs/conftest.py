"""The tests of packs use the node of the simulation."""

from tests.tiers.rollup.conftest import node, world
from tests.tiers.simulation.conftest import receiver

__all__ = ["node", "receiver", "world"]
