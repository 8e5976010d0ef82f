"""An order erases a part everywhere, and nothing else changes."""

import pytest
from sqlalchemy import select

from renda_tiers.documents import ledger
from renda_tiers.documents.models import Erasure, LedgerPart
from renda_tiers.documents.signing import make_part
from tests.tiers.simulation.world import CITY, N1, NORTH, PERIODS, World


@pytest.fixture
def world():
    world = World().found()
    world.define()
    return world


@pytest.fixture
def report(world):
    definition = next(one for one in world.said if one.document.kind == "definition")
    parts = [make_part("evidence", b"0123456789")]
    return world.report(N1, PERIODS[1], definition, [["SUM", "", "reported", 3, "="]], parts=parts)


def order(world, origin, target, part="evidence", subject=None, **more):
    body = {"document": target.hash.hex(), "part": part, "reason": "本人要求", **more}
    return world.say("erasure", origin, subject or f"erasure:{target.hash.hex()}", body)


def contents(node):
    with node.work() as session:
        return session.scalars(select(LedgerPart.content)).all()


def test_the_bytes_are_gone_and_everything_else_is_as_before(receiver, world, report):
    receiver.reset().deliver(world.said)
    before = receiver.dump()
    said = order(world, N1, report)
    receiver.deliver([said])
    assert contents(receiver) == [None]
    after = receiver.dump()
    assert {name for name in after if after[name] != before[name]} == {"tiers_erasure", "verdicts"}
    with receiver.work() as session:
        assert ledger.verify(session) == []
        assert session.scalar(select(Erasure.reason)) == "本人要求"
    receiver.deliver(world.said)
    assert contents(receiver) == [None]
    assert receiver.rebuild().dump() == after


def test_an_order_may_come_before_what_it_erases(receiver, world, report):
    said = order(world, N1, report)
    receiver.reset().deliver([said, *(one for one in world.said if one not in {said, report})], size=1)
    assert receiver.outcomes()[said.hash] == "parked"
    receiver.deliver([report])
    assert receiver.outcomes()[said.hash] == "applied"
    assert contents(receiver) == [None]


@pytest.mark.parametrize("origin", [NORTH, CITY])
def test_nobody_but_the_origin_orders_it(receiver, world, report, origin):
    said = order(world, origin, report)
    receiver.reset().deliver(world.said)
    assert receiver.outcomes()[said.hash] == "aside"
    assert contents(receiver) == [b"0123456789"]


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"subject": "erasure:x"}, "aside"),
        ({"reason": " "}, "parked"),
        ({"document": "x"}, "parked"),
        ({"part": 1}, "parked"),
        ({"more": 1}, "parked"),
    ],
)
def test_what_is_no_order_erases_nothing(receiver, world, report, more, outcome):
    said = order(world, N1, report, **more)
    receiver.reset().deliver(world.said)
    assert receiver.outcomes()[said.hash] == outcome
    assert contents(receiver) == [b"0123456789"]
