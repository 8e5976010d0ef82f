"""The tests of matters use the node of the simulation, too."""

from tests.tiers.simulation.conftest import receiver

__all__ = ["receiver"]
