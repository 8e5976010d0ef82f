"""The tests of the roll-up use a node of the simulation, and what others say to it."""

import pytest

from tests.tiers.simulation.conftest import receiver
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import World

__all__ = ["receiver"]


@pytest.fixture
def world() -> World:
    return World().found()


@pytest.fixture
def node(receiver: Node) -> Node:
    return receiver.reset()
