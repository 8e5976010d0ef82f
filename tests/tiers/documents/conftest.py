"""The ledger is tested on the node of the simulation, with what others say to it, as the roll-up is."""

from tests.tiers.rollup.conftest import node, receiver, world

__all__ = ["node", "receiver", "world"]
