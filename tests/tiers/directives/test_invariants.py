"""Invariants 2, 15 and 16 of directives, judged in plain Python from what was delivered."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from renda_tiers.directives import bounds
from renda_tiers.directives.models import Directive, DirectiveStanding, Target, TargetProgress
from renda_tiers.documents import signing
from renda_tiers.reports.models import Demand
from tests.tiers.directives.strategies import DUES, TEXTS, body, direct, named, path, worlds
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import deliveries
from tests.tiers.simulation.world import (
    CITY,
    N1,
    N2,
    NORTH,
    S1,
    SOUTH,
    Said,
    World,
    private_key,
    public_key,
)


class Judged:
    """Which documents count, and where every target is: an oracle without tables, batches or order."""

    def __init__(self, world: World) -> None:
        self.tree = world.tree
        speaking = [one for one in world.said if one.signed.key == public_key(one.document.origin)]
        self.said = {one.hash.hex(): one.document for one in speaking}
        self.directives = {
            name: one for name, one in self.said.items() if one.kind == "directive" and self.within(one)
        }
        self.responses = {
            name: one for name, one in self.said.items() if one.kind == "response" and self.answers(one)
        }
        self.decisions = [
            one for one in self.said.values() if one.kind == "verification" and self.decides(one)
        ]

    def within(self, one: Any) -> bool:
        said = one.body
        if not all(one.origin in path(self.tree, code)[1:] for code in said["targets"]):
            return False
        if said["of"] is not None:
            call = self.said.get(said["of"])
            same = {**said, "state": "open", "of": None}
            if call is None or not self.within(call) or same != call.body:
                return False
        if said["parent"] is None:
            return set(one.audience) == set(said["targets"])
        outer = self.said.get(said["parent"]["document"])
        if outer is None or not self.within(outer):
            return False
        rest = iter(said["steps"])
        return (
            outer.body["state"] == "open"
            and one.origin in outer.body["targets"]
            and said["due"] <= outer.body["due"]
            and said["text"][: len(outer.body["text"])] == outer.body["text"]
            and all(step in rest for step in outer.body["steps"])
            and set(one.audience) - set(said["targets"])
            == (set(outer.audience) - set(outer.body["targets"])) | {outer.origin}
        )

    def answers(self, one: Any) -> bool:
        call = self.directives.get(one.body["directive"])
        return (
            call is not None
            and call.body["state"] == "open"
            and one.origin in call.body["targets"]
            and all(step < len(call.body["steps"]) for step in one.body["steps"])
            and (one.body["state"] != "done" or len(one.body["steps"]) == len(call.body["steps"]))
        )

    def decides(self, one: Any) -> bool:
        response = self.responses.get(one.body["response"])
        return (
            response is not None
            and response.body["state"] == "done"
            and self.directives[response.body["directive"]].origin == one.origin
        )

    def phases(self) -> dict[tuple[str, str], str]:
        found = {}
        for subject in {one.subject for one in self.directives.values()}:
            stands = max((one for one in self.directives.values() if one.subject == subject), key=rank)
            call = self.directives[stands.body["of"]] if stands.body["of"] else stands
            for target in call.body["targets"]:
                found[subject, target] = self.phase(call, subject, target)
        return found

    def phase(self, call: Any, subject: str, target: str) -> str:
        said = [
            one
            for one in self.responses.values()
            if one.origin == target and self.directives[one.body["directive"]].subject == subject
        ]
        if not said:
            return "issued"
        last = max(said, key=rank)
        then, state = self.directives[last.body["directive"]].body, last.body["state"]
        if (then["text"], then["steps"]) != (call.body["text"], call.body["steps"]):
            return "issued"
        if call.body["due"] < then["due"] and state != "done":
            return "issued"
        decided = [one for one in self.decisions if one.body["response"] == last.hash.hex()]
        if not decided:
            return state
        return {"verify": "verified", "return": "returned"}[max(decided, key=rank).body["decision"]]


def rank(one: Any) -> tuple[int, Any, bytes]:
    return (one.revision, one.issued, one.hash)


def applied(node: Node) -> set[str]:
    return {hash_.hex() for hash_, outcome in node.outcomes().items() if outcome == "applied"}


def progress(node: Node) -> dict[tuple[str, str], str]:
    with node.work() as session:
        rows = session.execute(
            select(TargetProgress.subject, TargetProgress.organisation, TargetProgress.phase)
        )
        return {(row.subject, row.organisation): row.phase for row in rows}


@given(world=worlds(), data=st.data())
def test_invariants_2_and_16_whatever_arrives_in_whatever_order_only_what_may_be_said_counts(
    receiver: Node, world: World, data
):
    expected = Judged(world)
    receiver.reset()
    for batch in data.draw(deliveries(world.said)):
        receiver.receive(batch)
    counted = {*expected.directives, *expected.responses, *(one.hash.hex() for one in expected.decisions)}
    assert applied(receiver) & {one.hash.hex() for one in world.said if one.document.kind in KINDS} == counted
    assert progress(receiver) == expected.phases()
    state = receiver.dump()
    assert receiver.reset().deliver(world.said).dump() == state


KINDS = ("directive", "response", "verification")


@given(world=worlds())
def test_invariant_16_no_child_that_counts_is_later_or_wider_than_its_parent(receiver: Node, world: World):
    receiver.reset().deliver(world.said)
    parents = {one.hash: one.document for one in world.said}
    with receiver.work() as session:
        for row in session.execute(
            select(Directive.document, Directive.origin, Directive.due, Directive.parent)
        ):
            targets = session.scalars(
                select(Target.organisation).where(Target.directive == row.document)
            ).all()
            assert all(row.origin in path(world.tree, code)[1:] for code in targets)
            if row.parent is not None:
                outer = parents[row.parent].body
                assert row.due.isoformat() <= outer["due"]
                assert row.origin in outer["targets"]


@given(world=worlds())
def test_invariant_15_a_rebuild_makes_identical_boards(receiver: Node, world: World):
    before = receiver.reset().deliver(world.said).dump()
    assert receiver.rebuild().dump() == before


def outcome(node: Node, one: Said) -> str:
    return node.outcomes()[one.hash]


def test_a_child_that_only_names_its_parent_waits_for_it(receiver: Node):
    world = World().found()
    outer = direct(world, CITY, "d1", body(targets=[NORTH]))
    inner = direct(world, NORTH, "d2", body(targets=[N1], parent=named(outer, carried=False)), above=[CITY])
    receiver.reset().deliver([one for one in world.said if one is not outer])
    assert outcome(receiver, inner) == "parked"
    receiver.receive([outer])
    assert outcome(receiver, inner) == "applied"


def test_a_node_that_was_never_sent_the_parent_judges_the_child_by_what_it_carries(receiver: Node):
    world = World().found()
    outer = direct(world, CITY, "d1", body(targets=[NORTH]))
    inner = direct(world, NORTH, "d2", body(targets=[N1], parent=named(outer, carried=True)), above=[CITY])
    late = direct(
        world, NORTH, "d3", body(targets=[N1], due=DUES[2], parent=named(outer, carried=True)), above=[CITY]
    )
    receiver.reset().deliver([one for one in world.said if one is not outer])
    assert [outcome(receiver, one) for one in (inner, late)] == ["applied", "aside"]
    receiver.receive([outer])
    assert [outcome(receiver, one) for one in (inner, late)] == ["applied", "aside"]


def test_a_child_that_carries_another_s_signature_waits_for_the_parent_itself(receiver: Node):
    world = World().found()
    outer = direct(world, CITY, "d1", body(targets=[NORTH]))
    copy = signing.sign(outer.signed.payload, private_key(SOUTH))
    inner = direct(
        world, NORTH, "d2", body(targets=[N1], parent=bounds.carrying(copy, outer.hash)), above=[CITY]
    )
    receiver.reset().deliver([one for one in world.said if one is not outer])
    assert outcome(receiver, inner) == "parked"
    receiver.receive([outer])
    assert outcome(receiver, inner) == "applied"


def test_a_parent_that_its_issuer_never_signed_lends_no_authority(receiver: Node):
    world = World().found()
    forged = direct(world, CITY, "d1", body(targets=[NORTH], due=DUES[2]), signer=NORTH)
    other = direct(world, CITY, "d2", body(targets=[SOUTH]))
    said = {
        "forged": named(forged, carried=True),
        "another's": named(other, carried=True),
        "swapped": {**named(other, carried=True), "document": forged.hash.hex()},
        "no signature": {
            "document": other.hash.hex(),
            "envelope": {**named(other, carried=True)["envelope"], "signature": "00"},
        },
        "unknown": {"document": "0" * 64, "envelope": None},
    }
    children = [
        direct(world, NORTH, f"c{number}", body(targets=[N1], parent=parent), above=[CITY])
        for number, parent in enumerate(said.values())
    ]
    receiver.reset().deliver(world.said)
    assert [outcome(receiver, one) for one in children] == ["parked", "aside", "aside", "aside", "parked"]


def test_a_grandchild_falls_with_the_child_that_was_too_late(receiver: Node):
    world = World({CITY: None, NORTH: CITY, N1: NORTH, f"{N1}001": N1}).found()
    outer = direct(world, CITY, "d1", body(targets=[NORTH]))
    late = direct(
        world, NORTH, "d2", body(targets=[N1], due=DUES[2], parent=named(outer, carried=True)), above=[CITY]
    )
    below = direct(
        world,
        N1,
        "d3",
        body(targets=[f"{N1}001"], parent=named(late, carried=True)),
        above=[CITY, NORTH],
    )
    receiver.reset().deliver(world.said)
    assert [outcome(receiver, one) for one in (outer, late, below)] == ["applied", "aside", "aside"]


def test_targets_that_move_away_take_the_directive_with_them_and_bring_it_back(receiver: Node):
    world = World().found()
    given_ = direct(world, NORTH, "d1", body(targets=[N2, N1]))
    receiver.reset().deliver(world.said)
    moved = world.move(N1, SOUTH, date(2026, 1, 1))
    receiver.receive([moved])
    assert outcome(receiver, given_) == "aside"
    assert progress(receiver) == {}
    back = world.place(N1, origin=CITY)
    receiver.receive([back])
    assert outcome(receiver, given_) == "applied"
    assert set(progress(receiver)) == {(given_.document.subject, code) for code in (N1, N2)}


def test_what_is_no_directive_is_parked_and_harms_nothing(receiver: Node):
    world = World().found()
    sound = body(targets=[NORTH])
    wrong = [
        {},
        {**sound, "more": 1},
        {**sound, "title": ""},
        {**sound, "due": "soon"},
        {**sound, "due": "20260520"},
        {**sound, "targets": [SOUTH, NORTH]},
        {**sound, "targets": []},
        {**sound, "targets": {"a": 1}},
        {**sound, "steps": [1]},
        {**sound, "report": {"template": "x", "period": "x"}},
        {**sound, "report": {"template": "x"}},
        {**sound, "selection": None},
        {**sound, "parent": {"document": "x", "envelope": None}},
        {
            **sound,
            "parent": {
                "document": "0" * 64,
                "envelope": {"payload": "", "signature": "x", "key": "", "algorithm": ""},
            },
        },
        {**sound, "state": "closed"},
        {**sound, "of": "0" * 64},
    ]
    said = [
        world.say("directive", CITY, f"directive:{CITY}:w{number}", one, audience=[NORTH])
        for number, one in enumerate(wrong)
    ]
    said.append(world.say("response", NORTH, "response:x", {"directive": "x"}))
    said.append(world.say("verification", CITY, "verification:x", {"response": "x"}))
    good = direct(world, CITY, "d1", sound)
    receiver.reset().deliver(world.said)
    assert {outcome(receiver, one) for one in said} == {"parked"}
    assert outcome(receiver, good) == "applied"


def test_subjects_of_others_are_set_aside(receiver: Node):
    world = World().found()
    taken = world.say("directive", NORTH, f"directive:{CITY}:d1", body(targets=[N1]), audience=[N1])
    strange = world.say("directive", NORTH, "directive", body(targets=[N1]), audience=[N1])
    wide = direct(world, NORTH, "d2", body(targets=[N1]), above=[S1])
    receiver.reset().deliver(world.said)
    assert {outcome(receiver, one) for one in (taken, strange, wide)} == {"aside"}


def test_a_fork_is_settled_alike_everywhere(receiver: Node):
    world = World().found()
    first = direct(world, CITY, "d1", body(targets=[NORTH]))
    other = direct(world, CITY, "d1", body(targets=[SOUTH], text=TEXTS[1]), revision=1)
    for order in ([first, other], [other, first]):
        receiver.reset().deliver([*(one for one in world.said if one not in order), *order], size=1)
        with receiver.work() as session:
            assert session.scalars(select(DirectiveStanding.document)).all() == [other.hash]
            assert session.scalars(select(Demand.directive)).all() == []
        assert set(progress(receiver)) == {(first.document.subject, SOUTH)}
