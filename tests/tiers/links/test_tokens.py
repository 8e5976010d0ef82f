"""A copy of a node shows by the tokens of its calls; a bad line never looks like one."""

import itertools

import pytest

from renda.i18n import Translator, thaw
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import tokens
from renda_tiers.links.models import Link
from renda_tiers.links.transports.http import Unreachable
from tests.tiers.links import storage
from tests.tiers.links.voices import answer, call_of, say
from tests.tiers.simulation.world import N1, NORTH


def recovering(node):
    with node.work() as session:
        return session.query(ThisNode.recovering).scalar()


def lose(network, lost):
    """Lose the answers of the calls for which this gives True."""
    pattern = iter(lost)

    def fault(_number, stage):
        if stage == "answer" and next(pattern):
            raise Unreachable

    network.fault = fault


def in_turn(three, copies, calls=4):
    """Let two copies of the town's node call in turn."""
    for turn in range(calls):
        three.clock.forward(seconds=30)
        storage.lay(three.town.registry, copies[turn % 2])
        three.network.dial(N1)
        copies[turn % 2] = storage.take(three.town.registry)


LINES = {
    "all answers of an hour": [True] * 120,
    "every second answer": [True, False] * 60,
    "two of three answers": [True, True, False] * 40,
}


@pytest.mark.parametrize("line", LINES)
def test_an_hour_of_lost_answers_is_no_copy(three, line):
    lose(three.network, itertools.chain(LINES[line], itertools.repeat(False)))
    for _call in LINES[line]:
        three.clock.forward(seconds=30)
        three.network.dial(N1)
        assert not recovering(three.town)
    say(three.town, N1, 7)
    three.network.settle(2)
    assert three.county.link(N1).alarm == ""
    assert three.town.link(NORTH).level


def test_more_answers_are_lost_than_are_remembered(three):
    lose(three.network, itertools.chain([True] * 150, itertools.repeat(False)))
    for _call in range(151):
        three.network.dial(N1)
    three.network.dial(N1)
    assert three.county.link(N1).alarm == ""
    assert len(three.county.link(N1).token.split()) <= tokens._MOST


@pytest.mark.parametrize("apart", [0, 1, 2])
def test_two_copies_that_call_in_turn_and_say_nothing_are_told_within_four_calls(three, apart):
    """The copy was taken `apart` calls before both go on."""
    copies = [storage.take(three.town.registry)]
    for _call in range(apart):
        three.clock.forward(seconds=30)
        three.network.dial(N1)
    in_turn(three, [storage.take(three.town.registry), *copies])
    assert "a copy of it is running" in Translator((), "en")(thaw(three.county.link(N1).alarm))


def test_copies_are_told_again_after_the_alarm_was_acknowledged(three):
    copies = [storage.take(three.town.registry)] * 2
    for _round in range(2):
        with three.county.work() as session:
            session.get(Link, N1).alarm = ""
        in_turn(three, copies)
        assert three.county.link(N1).alarm


def test_a_call_that_comes_again_is_answered_with_the_same_token_and_leaves_the_child_in_step(three):
    """Whoever is on the line may send old calls again: the child goes on with what it was told."""
    first = call_of(three.town)
    token = answer(three.county, first).token
    three.clock.forward(seconds=1)
    second = call_of(three.town)
    assert answer(three.county, second).token != token
    assert answer(three.county, first).token == token
    with three.town.work() as session:
        session.get(Link, NORTH).token = token
    assert not answer(three.county, call_of(three.town)).stale
    # What was given beside the token that the child went on with is nobody's to show.
    assert answer(three.county, second).stale
    assert three.county.link(N1).alarm
