"""The tests of policies use the node of the simulation, too."""

from tests.tiers.simulation.conftest import receiver

__all__ = ["receiver"]
