"""Deliver anything in any order, more than once, in any batches: the node comes to the same, right state."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from renda_tiers.rollup.models import RollupCell, RollupKey
from tests.tiers.simulation import oracle
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import deliveries, worlds
from tests.tiers.simulation.world import World


def rollup(node: Node):
    columns = list(RollupCell.__table__.columns)
    with node.work() as session:
        cells = {tuple(row[:7]): tuple(row[7:]) for row in session.execute(select(*columns))}
        keys = {tuple(row) for row in session.execute(select(*RollupKey.__table__.columns))}
    return cells, keys


def assert_right(node: Node, said) -> None:
    """Invariants 1, 4, 6: every fold is the algebra's fold of the current authentic reports of its subtree."""
    expected = oracle.judge(said)
    cells, keys = rollup(node)
    assert cells == expected.rollup()
    assert keys == expected.keys_of_rollup()


@given(world=worlds(), data=st.data())
def test_invariant_1_a_roll_up_is_the_fold_of_the_current_authentic_reports(
    receiver: Node, world: World, data
):
    receiver.reset()
    for batch in data.draw(deliveries(world.said)):
        receiver.receive(batch)
    assert_right(receiver, world.said)


@given(world=worlds(), data=st.data())
def test_invariant_2_any_order_repetition_and_prefix_converge(receiver: Node, world: World, data):
    straight = receiver.reset().deliver(world.said).dump()
    receiver.reset()
    stream = data.draw(deliveries(world.said))
    received = []
    stop = data.draw(st.integers(0, len(stream)))
    for number, batch in enumerate(stream):
        receiver.receive(batch)
        received += batch
        if number == stop:
            assert_right(receiver, received)
    assert receiver.dump() == straight
