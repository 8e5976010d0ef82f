"""Accidents that random histories reach seldom, each by a short script; nobody lends a hand afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from renda_tiers.documents import issuing, ledger
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import beliefs, gate, keys, renewal, routing
from renda_tiers.links.models import LinkDocument
from tests.tiers.links import society, storage
from tests.tiers.links.network import Node
from tests.tiers.links.voices import call_of, say, value_at
from tests.tiers.simulation.world import CITY, N1, NORTH, SOUTH


@contextmanager
def without(node: Node, kind: str) -> Iterator[None]:
    """The node as it is where no module declares this kind of document."""
    declared = node.registry.declared
    known = {name: one for name, one in declared.document_kinds.items() if name != kind}
    node.registry.declared = replace(declared, document_kinds=known)
    yield
    node.registry.declared = declared


def restored(node: Node, copy: object) -> None:
    storage.lay(node.registry, copy)
    with node.work() as session:
        gate.close(session)


def is_recovering(node: Node) -> bool:
    with node.work() as session:
        return bool(session.scalar(select(ThisNode.recovering)))


def test_invariant_12_a_county_that_does_not_know_reports_changes_no_total_above(three):
    with without(three.county, "report"):
        say(three.town, N1, 7)
        three.network.settle(3)
        assert value_at(three.city, N1) == 7
        assert value_at(three.county, N1) is None
        assert three.county.link(N1).level
    with three.county.work() as session:
        ledger.reconsider(session)
    three.network.settle(2)
    assert value_at(three.county, N1) == 7
    assert three.town.link(NORTH).level


def test_invariant_21_what_survived_only_at_a_town_is_up_again_before_the_city_signs(three):
    """City and county are both rolled back, and the town alone still holds what the city has said."""
    copies = storage.take(three.city.registry), storage.take(three.county.registry)
    with three.city.work() as session:
        body = society.definition_body("meaning 2")
        statement = issuing.Statement("definition", CITY, "definition:sim", body, frozenset({"*"}))
        (second,) = issuing.issue(session, [statement], now=three.clock())
    three.network.settle(2)
    assert second in three.town.documents()
    restored(three.city, copies[0])
    restored(three.county, copies[1])
    three.network.dial(NORTH)
    assert is_recovering(three.city), "the county has not heard its town yet"
    three.network.settle(4)
    assert not is_recovering(three.city)
    assert not is_recovering(three.county)
    assert second in three.city.documents()


def test_invariant_21_a_restored_city_that_has_forgotten_its_own_key_and_those_of_others(three):
    """Root, county and town have new keys since; each shows the enrolments that lead to one that is known."""
    copy = storage.take(three.city.registry)
    for node, code in ((three.city, CITY), (three.county, NORTH), (three.town, N1)):
        three.clock.forward(hours=1)
        with node.work() as session:
            renewal.rotate(session, code, now=three.clock())
        three.network.settle(3)
    restored(three.city, copy)
    three.network.settle(4)
    assert not is_recovering(three.city)
    say(three.town, N1, 8)
    three.network.settle(3)
    assert value_at(three.city, N1) == 8


def test_a_node_that_slept_through_new_keys_above_hears_its_parent_again(three):
    for node, code in ((three.city, CITY), (three.county, NORTH)):
        three.clock.forward(hours=1)
        with node.work() as session:
            renewal.rotate(session, code, now=three.clock())
        three.network.dial(NORTH)
        three.network.dial(NORTH)
    say(three.town, N1, 8)
    three.network.settle(3)
    assert not three.town.link(NORTH).reason
    assert value_at(three.city, N1) == 8


def test_a_node_that_asks_for_a_key_does_not_keep_its_restored_parent_from_catching_up(three):
    copy = storage.take(three.county.registry)
    say(three.town, N1, 1)
    three.network.settle(2)
    with three.town.work() as session:
        renewal.rotate(session, N1, now=three.clock())
    restored(three.county, copy)
    three.network.settle(4)
    assert not is_recovering(three.county)
    with three.county.work() as session:
        assert len(keys.granted(session, N1)) == 2


def test_what_concerns_a_peer_no_longer_is_not_waited_for(three):
    """A document was to be sent, and then whom it is for left that subtree, to be hosted by the city."""
    with three.city.work() as session:
        assert not routing.count_waiting(session)
        about = issuing.Statement(
            "definition",
            CITY,
            "definition:other",
            {**society.definition_body(), "code": "other"},
            frozenset({N1, CITY}),
        )
        (hash_,) = issuing.issue(session, [about], now=three.clock())
        assert routing.count_waiting(session) == {NORTH: 1}
        placed = {
            "organisation": N1,
            "name": "机构",
            "kind": "town",
            "tier": "township",
            "congress": True,
            "edges": [[NORTH, "2020-01-01", None]],
        }
        issuing.create_keys(session, [N1], three.clock())
        issuing.issue(session, [society.moved(placed, SOUTH, date(2026, 6, 1))], now=three.clock())
        assert session.get(LinkDocument, (NORTH, hash_)) is None
    three.network.settle(3)
    assert hash_ not in three.county.documents()
    assert three.county.link(CITY).level
    assert three.city.link(NORTH).level
    with three.county.work() as session:
        assert beliefs.missing(session, CITY) == 0


def test_the_digest_of_a_month_follows_what_is_said_in_it(three):
    """Nothing but the new document travels: no list is asked for where both have told the truth."""
    say(three.town, N1, 1)
    three.network.settle(2)
    say(three.town, N1, 2, revision=2)
    before = three.network.calls
    three.network.dial(N1)
    assert three.network.calls == before + 1


@pytest.mark.parametrize("declared", [True, False])
def test_a_township_restored_to_the_day_it_joined_gets_its_reports_back(three, declared):
    copy = storage.take(three.town.registry)
    for value in (1, 2, 3):
        say(three.town, N1, value, revision=value)
        three.network.settle(2)
    if declared:
        restored(three.town, copy)
    else:
        storage.lay(three.town.registry, copy)
    three.network.settle(3)
    assert value_at(three.town, N1) == 3
    say(three.town, N1, 4, revision=4)
    three.network.settle(2)
    assert value_at(three.city, N1) == 4
    assert call_of(three.town)
