"""Packs that arrive: who may say them, to whom, and what is kept until somebody understands it."""

import pytest

from renda_tiers.documents.envelope import Outcome
from renda_tiers.packs import arrival
from tests.core.packs import files
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, NORTH, S1, SOUTH, World


@pytest.fixture
def said(world: World, node: Node):
    """`said(origin, *audience)` delivers a pack that NORTH made; how it is judged."""

    def deliver(origin, *audience, author=NORTH, subject="", **more):
        text = files.other(("371721-visits", f"{author}-visits"))
        body = {"name": f"{author}-visits", "version": 1, "text": text, **more}
        wanted = subject or arrival.subject(origin, body["name"])
        world.say("pack", origin, wanted, body, audience=audience)
        return node.receive(world.said)[-1].outcome

    return deliver


def test_an_author_sends_it_to_those_above(said):
    assert said(NORTH, CITY) is Outcome.APPLIED


def test_a_body_publishes_to_those_below_what_was_made_at_or_below_it(said):
    assert said(CITY, NORTH, SOUTH, N1, S1) is Outcome.APPLIED
    assert said(NORTH, N1) is Outcome.APPLIED
    assert said(CITY, SOUTH, author="renda") is Outcome.APPLIED


@pytest.mark.parametrize(
    ("origin", "audience"),
    [
        (NORTH, (SOUTH,)),
        (NORTH, (CITY, N1)),
        (N1, (NORTH,)),
        (SOUTH, (S1,)),
        (NORTH, ()),
        (CITY, ("*",)),
    ],
)
def test_nobody_else_and_to_nobody_else(said, origin, audience):
    assert said(origin, *audience) is Outcome.ASIDE


def test_a_document_says_what_its_subject_says(said):
    assert said(NORTH, CITY, subject="pack:other") is Outcome.ASIDE


def test_what_is_not_understood_is_kept(said):
    assert said(NORTH, CITY, text='format = "of tomorrow"') is Outcome.PARKED
    assert said(CITY, NORTH, version=2) is Outcome.PARKED
    assert said(CITY, SOUTH, more=1) is Outcome.PARKED


def test_a_rebuild_judges_the_same(said, node):
    said(NORTH, CITY)
    before = node.dump()
    assert node.rebuild().dump() == before
