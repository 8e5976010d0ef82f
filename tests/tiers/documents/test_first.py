"""What comes before anything else is judged again with the first control document, whatever becomes of that."""

from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import NORTH, World


def test_a_definition_that_came_first_counts_as_it_would_after_a_rebuild(receiver: Node):
    receiver.reset()
    world = World().found()
    definition = world.define()
    strange = world.place(NORTH, origin=NORTH, signer="stranger", revision=9)
    receiver.receive([definition])
    receiver.receive([strange])
    received = receiver.dump()
    assert receiver.rebuild().dump() == received
