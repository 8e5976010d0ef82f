"""A body that says two things in one place is told of, once, on the link over which it is reached."""

import uuid
from importlib import import_module

import pytest
from sqlalchemy import select

from renda.i18n import Translator, thaw
from renda.security.models import AuditEntry
from renda_tiers.documents import forks, ledger, signing
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.links import forked, managing, state
from tests.tiers.links.voices import answer, call_of, key_of, say, with_id, written
from tests.tiers.simulation.world import CITY, N1, N2, NORTH

commands = import_module("renda_tiers.commands.node")
SAID = "has signed two different documents in one place"


def alarm(node, peer):
    text = node.link(peer).alarm
    return Translator((), "en")(thaw(text)) if text else ""


def told(node):
    with node.work() as session:
        return list(session.scalars(select(AuditEntry.target).where(AuditEntry.action == forked.FORKED)))


def acknowledge(node, peer):
    with node.work() as session:
        managing.act(
            session, peer, managing.ACKNOWLEDGE, organisation=node.code, actor=None, now=node.clock()
        )


def receive(node, payload, origin):
    signed = signing.sign(payload, key_of(node, origin))
    with node.work() as session:
        (receipt,) = ledger.receive(session, [signed], now=node.clock())
    assert receipt.outcome == "applied", receipt
    return receipt.hash


def fork(three):
    """Two reports of one revision by a town, the second once the first is everywhere."""
    say(three.town, N1, 3)
    three.network.settle(2)
    say(three.town, N1, 4)
    three.network.settle(3)


def test_a_fork_raises_the_alarm_of_the_link_over_which_the_body_is_reached(three):
    fork(three)
    for node, peer in ((three.county, N1), (three.city, NORTH)):
        assert alarm(node, peer).count(SAID) == 1
        with node.work() as session:
            (found,) = forks.find(session)
            there = state.of(session, node.clock())
        lines = commands._lines(there, Translator((), "en"))
        assert "Forks that go on: 1" in lines[-1]
        assert sum(SAID in line for line in lines) == 1
        assert SAID in str(commands._plain(there)["links"])
        assert told(node) == [found.name]
    # Nobody else's link, nor the node's own word.
    assert not alarm(three.county, CITY)
    assert not alarm(three.town, NORTH)


def test_a_fork_of_the_body_above_raises_the_alarm_of_the_link_up(three):
    say(three.county, NORTH, 3)
    three.network.settle(2)
    for value in (4, 5):
        receive(three.county, written(three.county, NORTH, value, audience=(CITY, NORTH, N1)), NORTH)
    three.network.settle(3)
    assert SAID in alarm(three.town, NORTH)
    assert SAID in alarm(three.city, NORTH)


def test_a_fork_is_told_of_once_and_not_again_after_it_was_acknowledged(three):
    fork(three)
    acknowledge(three.county, N1)
    say(three.county, N2, 1)
    for _time in range(3):
        three.network.settle(3)
    say(three.town, N1, 5)
    three.network.settle(3)
    with three.county.work() as session:
        ledger.rebuild(session)
    assert not alarm(three.county, N1)
    assert len(told(three.county)) == 1
    with three.county.work() as session:
        said = session.scalar(select(AuditEntry.detail).where(AuditEntry.action == "link.acknowledge"))
        assert len(forks.find(session)[0].branches) == 3
    assert SAID in said
    assert "${" not in said


def test_a_fork_that_had_ended_before_it_came_is_not_told_of(three):
    say(three.town, N1, 3)
    say(three.town, N1, 4)
    say(three.town, N1, 5, revision=2)
    three.network.settle(3)
    with three.county.work() as session:
        assert [one.ended_by for one in forks.find(session)] == [2]
    assert not alarm(three.county, N1)
    assert not alarm(three.city, NORTH)


@pytest.mark.parametrize("backwards", [False, True])
def test_two_documents_with_one_id_are_told_of_and_both_stay_what_they_are(three, backwards):
    """Nothing that a node rests on reads the id; so either counts, in whatever order they came."""
    id_ = uuid.UUID("01900000-0000-7000-8000-000000000001")
    payloads = [with_id(written(three.town, N1, 3 + one, revision=1 + one), id_) for one in (0, 1)]
    key = key_of(three.town, N1)
    for payload in reversed(payloads) if backwards else payloads:
        answer(three.county, call_of(three.town, signing.sign(payload, key)))
    assert alarm(three.county, N1).count(SAID) == 1
    with three.county.work() as session:
        rows = session.scalars(select(LedgerDocument.outcome).where(LedgerDocument.id == id_))
        assert list(rows) == ["applied", "applied"]
        (found,) = forks.find(session)
        assert (found.id, found.ended_by) == (id_, None)
    say(three.town, N1, 5, revision=3)
    three.network.settle(2)
    with three.county.work() as session:
        assert [one.ended_by for one in forks.find(session)] == [3]


def test_an_alarm_that_stands_stays_beside_a_new_one(three):
    with three.town.work() as session:
        managing.find(session, NORTH).token = "old"
    call = call_of(three.town)
    assert answer(three.county, call).stale
    fork(three)
    text = alarm(three.county, N1)
    assert "old token" in text
    assert text.count(SAID) == 1
    assert answer(three.county, call).stale
    assert alarm(three.county, N1) == text
