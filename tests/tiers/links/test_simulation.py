"""Nodes among accidents: calls are lost, repeated and cut short, processes die, disks are rolled back.

Whatever happened, once it stops every node comes to what all of them together hold, by itself.
"""

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from renda.testing.plugin import Databases, VirtualClock
from renda_tiers.documents import judging, ledger, signing, tree
from renda_tiers.documents.envelope import encode
from renda_tiers.documents.models import Anchor, LedgerDocument
from renda_tiers.links import calling, carrying, exchange, hosting, keys
from renda_tiers.rollup.models import RollupCell, RollupKey
from tests.tiers.links import storage
from tests.tiers.links.network import Node
from tests.tiers.links.society import FOUNDED, Powers, Society, found
from tests.tiers.simulation import oracle
from tests.tiers.simulation.strategies import cells, moves
from tests.tiers.simulation.world import CITY, N1, NORTH, PERIODS, S1, SOUTH, private_key

pytestmark = pytest.mark.simulation

PLACES = (
    "links.called",
    "links.answered",
    "links.received",
    "links.marked",
    "ledger.stored",
    "ledger.control",
    "ledger.judged",
    "ledger.settled",
    "ledger.applied.report",
    "ledger.completed.report",
)
"""Where a process dies; at the calling node or at the one that answers."""

WIRE = st.lists(st.sampled_from(["", "", "lost", "unanswered", "twice", "garbled"]), max_size=4)
CUTS = st.none() | st.tuples(st.sampled_from(PLACES), st.integers(1, 3))
ABLE = (CITY, NORTH, SOUTH, N1, S1)
"""Who may get a node of its own."""
JUDGE = "judge"
"""A node that is told everything at once, and has no links."""


@pytest.fixture(scope="module")
def powers() -> Iterator[Powers]:
    """The power supply of every node; the real one comes back at the end."""
    found_powers = Powers()
    with pytest.MonkeyPatch.context() as patch:
        for module in (calling, exchange, ledger, judging):
            patch.setattr(module, "reach", found_powers.reach)
        yield found_powers


@pytest.fixture(scope="module")
def clock() -> VirtualClock:
    return VirtualClock(FOUNDED)


@pytest.fixture(scope="module")
def nodes(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, clock: VirtualClock
) -> Iterator[Any]:
    """A node for everybody, each on a database that examples use again."""
    folder = tmp_path_factory.mktemp("nodes")
    made: dict[str, Node] = {}
    for code in (*ABLE, JUDGE):
        made[code] = Node(folder / code, databases.fresh(), code if code != JUDGE else CITY, clock)
    yield made
    for node in made.values():
        url = node.url
        node.close()
        databases.drop(url)


@pytest.fixture(scope="module")
def starts(nodes: dict[str, Node], clock: VirtualClock, powers: Powers) -> list[dict[str, Any]]:
    """Copies to start from: everybody on the city's node; or 900001 and one of its towns on their own."""
    empty = {code: storage.take(node.registry) for code, node in nodes.items()}
    found(nodes[CITY])
    together = {CITY: storage.take(nodes[CITY].registry)}
    society = Society(nodes, clock, powers)
    society.begin(together)
    for code in (NORTH, N1):
        society.join(code, again=False)
        society.settle()
    apart = {code: storage.take(nodes[code].registry) for code in (CITY, NORTH, N1)}
    return [{**empty, **together}, {**empty, **apart}]


class Accidents(RuleBasedStateMachine):
    """What a chain may live through."""

    nodes: dict[str, Node]
    starts: list[dict[str, Any]]
    clock: VirtualClock
    powers: Powers

    apart: bool

    @initialize()
    def begin(self) -> None:
        self.clock.now = FOUNDED
        copies = self.starts[self.apart]
        for code, copy in copies.items():
            storage.lay(self.nodes[code].registry, copy)
        self.chain = Society(self.nodes, self.clock, self.powers)
        self.chain.begin({code: copies[code] for code in ([CITY, NORTH, N1] if self.apart else [CITY])})
        self.backups: list[tuple[str, Any]] = [(code, copies[code]) for code in self.chain.running]
        self.clock.now = FOUNDED.replace(year=2026, month=5, day=6)

    def _node(self, data: Any) -> str:
        return str(data.draw(st.sampled_from(self.chain.running)))

    def _known(self, kind: str) -> list[bytes]:
        return [hash_ for hash_, one in self.chain.said.items() if one.document.kind == kind]

    @rule(data=st.data(), period=st.sampled_from(PERIODS), said=cells())
    def report(self, data: Any, period: str, said: list) -> None:
        """Somebody reports, or corrects, what it hosts."""
        node = self._node(data)
        hosts = self.chain.hosts(node)
        if hosts:
            definition = data.draw(st.sampled_from(self._known("definition")))
            self.chain.report(node, data.draw(st.sampled_from(hosts)), period, definition, said)

    @precondition(lambda self: self._known("report"))
    @rule(data=st.data(), decision=st.sampled_from(["endorse", "endorse", "return"]))
    def review(self, data: Any, decision: str) -> None:
        about = data.draw(st.sampled_from(self._known("report")))
        for node in self.chain.running:
            if about in self.chain.held[node]:
                self.chain.review(node, about, decision)

    @rule(number=st.integers(1, 2))
    def define_anew(self, number: int) -> None:
        self.chain.define(f"meaning {number}")

    @rule(move=moves)
    def move(self, move: Any) -> None:
        self.chain.move(*move)

    @rule(data=st.data(), plan=WIRE, cut=CUTS)
    def call(self, data: Any, plan: list[str], cut: Any) -> None:
        self.chain.call(self._node(data), plan, cut)

    @rule()
    def call_all(self) -> None:
        self.chain.call_all()

    @rule(number=st.integers(0, 1000))
    def replay(self, number: int) -> None:
        self.chain.replay(number)

    @rule(code=st.sampled_from(ABLE[1:]), again=st.booleans())
    def move_to_a_node_of_its_own(self, code: str, again: bool) -> None:
        self.chain.join(code, again)
        if code in self.chain.running:
            self.backups.append((code, storage.take(self.nodes[code].registry)))

    @rule(data=st.data())
    def rotate(self, data: Any) -> None:
        node = self._node(data)
        with self.nodes[node].work() as session:
            keys.make(session, node, self.clock())

    @rule(data=st.data())
    def back_up(self, data: Any) -> None:
        node = self._node(data)
        self.backups.append((node, storage.take(self.nodes[node].registry)))

    @rule(data=st.data(), declared=st.sampled_from([True, True, False]))
    def restore(self, data: Any, declared: bool) -> None:
        node, copy = self.backups[data.draw(st.integers(0, len(self.backups) - 1))]
        self.chain.restore(node, copy, declared=declared)

    @rule(thief=st.sampled_from([NORTH, N1]), victim=st.sampled_from([SOUTH, S1, CITY, NORTH]), said=cells())
    def cheat(self, thief: str, victim: str, said: list) -> None:
        """Invariant 11: a node that was taken over says what is not its own to say."""
        if thief in self.chain.running and thief != victim:
            self.chain.smuggle(thief, self._forged(thief, victim, said))

    def _forged(self, thief: str, victim: str, said: list) -> Any:
        definition = self._known("definition")[0]
        body = {
            "template": "sim",
            "period": PERIODS[0],
            "definition": definition.hex(),
            "reason": "",
            "cells": said,
            "explanations": [],
        }
        import uuid

        payload = encode(
            id=uuid.UUID(int=7 << 76 | 2 << 62 | len(self.chain.said)),
            kind="report",
            schema=1,
            origin=victim,
            audience=(CITY, victim),
            subject=f"report:{victim}:sim:{PERIODS[0]}",
            revision=99,
            previous=definition,
            issued=self.clock(),
            body=body,
            parts=[],
        )
        return signing.sign(payload, private_key(thief))

    @rule(hours=st.sampled_from([1, 30, 24 * 400]))
    def let_time_pass(self, hours: int) -> None:
        self.clock.forward(hours=hours)

    def teardown(self) -> None:
        """Faults stop."""
        if not hasattr(self, "chain") or sys.exc_info()[0] is not None:
            return
        self.chain.settle()
        self._nothing_is_lost()
        for code in self.chain.running:
            self._is_right(code)
        self._hosted_and_remote_are_the_same()
        self._rebuilds(self.chain.running[len(self.chain.said) % len(self.chain.running)])

    def _nothing_is_lost(self) -> None:
        """Invariants 18, 21: what no accident wiped out everywhere is at the city, without hand work."""
        authentic = {hash_ for hash_, word in self.chain.outcomes(CITY).items() if word != "aside"}
        aside = self.chain.outcomes(CITY).keys() - authentic
        for code in self.chain.running:
            with self.nodes[code].work() as session:
                whom = {"*", *hosting.subtree(hosting.children(session), code)}
            expected = {
                hash_
                for hash_, said in self.chain.said.items()
                if whom & {said.document.origin, *said.document.audience}
            }
            missing = expected - self.chain.held[code] - self.chain.wiped - aside - self.chain.doubted
            assert not missing, (code, [self.chain.said[one] for one in missing])
            assert expected & authentic <= self.chain.held[code]

    def _is_right(self, code: str) -> None:
        """Invariants 1, 4, 7, 11, 14 at one node."""
        held = [self.chain.said[hash_] for hash_ in self.chain.held[code]]
        expected = oracle.judge(held, self.chain.anchor)
        with self.nodes[code].work() as session:
            figures = {
                tuple(row[:7]): tuple(row[7:])
                for row in session.execute(select(*RollupCell.__table__.columns))
            }
            members = {tuple(row) for row in session.execute(select(*RollupKey.__table__.columns))}
        assert figures == expected.rollup()
        assert members == expected.keys_of_rollup()
        at_city, here = self.chain.outcomes(CITY), self.chain.outcomes(code)
        forwarded = {hash_: word for hash_, word in here.items() if word != "aside" or hash_ in at_city}
        assert {hash_: at_city.get(hash_) for hash_ in forwarded} == forwarded

    def _rebuilds(self, code: str) -> None:
        """Invariant 15, at one node of each history."""
        before = self.chain.projections(code)
        self.chain.rebuild(code)
        assert self.chain.projections(code) == before

    def _hosted_and_remote_are_the_same(self) -> None:
        """Invariants 2, 13: a node that was told everything at once has the city's projections."""
        with self.nodes[CITY].work() as session:
            hashes = sorted(session.scalars(select(LedgerDocument.hash)))
            everything = carrying.load(session, hashes)
            anchors = [(row.organisation, row.key) for row in session.scalars(select(Anchor))]
        storage.lay(self.nodes[JUDGE].registry, self.starts[0][JUDGE])
        with self.nodes[JUDGE].work() as session:
            session.add_all(Anchor(organisation=code, key=key) for code, key in anchors)
            session.flush()
            tree.project(session, [])
            carrying.take_in(session, everything, self.clock())
        assert self.chain.projections(JUDGE) == self.chain.projections(CITY)


@pytest.mark.parametrize("begins_apart", [False, True], ids=["one node", "three nodes"])
def test_whatever_happens_all_nodes_come_to_what_all_of_them_hold(
    nodes: dict[str, Node],
    starts: list[dict[str, Any]],
    clock: VirtualClock,
    powers: Powers,
    begins_apart: bool,
) -> None:
    class OnTheseNodes(Accidents):
        apart = begins_apart

    OnTheseNodes.nodes, OnTheseNodes.starts = nodes, starts
    OnTheseNodes.clock, OnTheseNodes.powers = clock, powers
    half = settings(stateful_step_count=10, max_examples=settings.default.max_examples // 2)
    run_state_machine_as_test(OnTheseNodes, settings=half)


class Drawn:
    """What is drawn in a history that a test has written down."""

    def __init__(self, value: object) -> None:
        self.value = value

    def draw(self, _strategy: object) -> object:
        return self.value


@pytest.fixture
def accidents(
    nodes: dict[str, Node], starts: list[dict[str, Any]], clock: VirtualClock, powers: Powers
) -> Accidents:
    """A chain on the city's node, to which a test lets happen what it is about."""
    return _accidents(nodes, starts, clock, powers, apart=False)


def _accidents(
    nodes: dict[str, Node], starts: list[dict[str, Any]], clock: VirtualClock, powers: Powers, *, apart: bool
) -> Accidents:
    class OnTheseNodes(Accidents):
        pass

    OnTheseNodes.nodes, OnTheseNodes.starts, OnTheseNodes.apart = nodes, starts, apart
    OnTheseNodes.clock, OnTheseNodes.powers = clock, powers
    found = OnTheseNodes()
    found.begin()
    return found


def test_what_a_county_said_of_a_town_that_hangs_elsewhere_now_comes_home_to_it(accidents: Accidents) -> None:
    """Else it would speak again in the town's name, with a number that it has used already."""
    accidents.let_time_pass(hours=9600)
    accidents.move_to_a_node_of_its_own(again=False, code=SOUTH)
    accidents.move(move=(S1, NORTH, date(2026, 4, 30)))
    accidents.call_all()
    accidents.restore(data=Drawn(1), declared=True)
    accidents.teardown()


@pytest.mark.parametrize("again", [False, True])
def test_a_town_with_a_new_key_is_known_to_a_city_from_before_the_town_moved(
    accidents: Accidents, again: bool
) -> None:
    """To the city it seems to be hosted there still: what grants the new key does not close the old one."""
    accidents.move_to_a_node_of_its_own(again=again, code=S1)
    accidents.call_all()
    accidents.let_time_pass(hours=1)
    accidents.rotate(data=Drawn(S1))
    accidents.call_all()
    accidents.restore(data=Drawn(0), declared=True)
    accidents.chain.call(S1)
    _recovering, ((_city, state, _level, _fetching, reason),) = accidents.chain.state(S1)
    assert state == "refused"
    assert "had not moved" in reason
    accidents.teardown()


def test_a_town_that_has_moved_gets_the_word_of_those_above_it_before(accidents: Accidents) -> None:
    """What places it where it hangs now rests on where it hung."""
    accidents.move(move=(N1, SOUTH, date(2026, 3, 10)))
    accidents.call_all()
    accidents.move_to_a_node_of_its_own(again=False, code=N1)
    accidents.call_all()
    accidents.teardown()


def test_a_town_with_a_node_of_its_own_hears_its_new_county_before_it_has_joined_there(
    nodes: dict[str, Node], starts: list[dict[str, Any]], clock: VirtualClock, powers: Powers
) -> None:
    """Its node still calls the county under which it hung."""
    accidents = _accidents(nodes, starts, clock, powers, apart=True)
    (definition,) = accidents._known("definition")
    accidents.chain.report(N1, N1, PERIODS[0], definition, [])
    accidents.call_all()
    accidents.call_all()
    accidents.move(move=(N1, SOUTH, date(2026, 1, 15)))
    (report,) = accidents._known("report")
    accidents.call_all()
    accidents.review(data=Drawn(report), decision="endorse")
    accidents.teardown()
    (review,) = accidents._known("review")
    assert review in accidents.chain.held[N1]
