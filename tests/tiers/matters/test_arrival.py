"""What arrives about matters: in any order, and from whoever says it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renda_tiers.documents.signing import make_part
from renda_tiers.matters import reading
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, SOUTH, World


class Talk:
    """A case as bodies speak of it."""

    def __init__(self) -> None:
        self.world = World().found()
        self.founded = len(self.world.said)
        self.last, self.number, self.matter, self.case = None, 0, None, None

    def hand(self, origin, receiver, **more):
        self.number += 1
        body = {
            "case": self.case.hash.hex() if self.case else None,
            "number": self.number,
            "after": self.last.hash.hex() if self.last else None,
            "forwards": self.matter.hash.hex() if self.matter else None,
            "from": self.case.document.origin if self.case else origin,
            "to": receiver,
            "category": "opinion",
            "title": "意见",
            "about": "",
            "due": None,
            "parties": [origin, receiver],
            "withheld": {},
        }
        parts = more.pop("parts", ())
        said = self.world.say("matter", origin, f"matter:{self.number}", {**body, **more}, parts=parts)
        self.last = self.matter = said
        self.case = self.case or said
        return said

    def reply(self, origin, step, **more):
        self.number += 1
        body = {
            "case": self.case.hash.hex(),
            "number": self.number,
            "after": self.last.hash.hex(),
            "matter": self.matter.hash.hex(),
            "step": step,
            "satisfied": True if step == "rate" else None,
            "due": None,
            "withheld": {},
        }
        said = self.world.say("matter_reply", origin, f"matter_reply:{self.number}", {**body, **more})
        self.last = said
        return said


@pytest.fixture
def talk():
    return Talk()


def state(node, case):
    with node.work() as session:
        (row,) = reading.listed(session, case.document.origin, reading.OUT, limit=9)
        return row.state, row.holder


def whole():
    talk = Talk()
    talk.hand(N1, NORTH)
    talk.reply(NORTH, "accept")
    talk.hand(NORTH, SOUTH)
    talk.reply(SOUTH, "answer")
    talk.reply(N1, "rate")
    return talk


def test_it_ends_closed(receiver):
    talk = whole()
    receiver.reset().deliver(talk.world.said)
    assert state(receiver, talk.case) == ("closed", "")


@settings(max_examples=60)
@given(data=st.data())
def test_invariant_2_any_order_with_repetitions_ends_alike(receiver, data):
    talk = whole()
    before = receiver.reset().deliver(talk.world.said).dump()
    said = data.draw(st.permutations(talk.world.said))
    size = data.draw(st.integers(1, 5))
    assert receiver.reset().deliver([*said, *said[:3]], size=size).dump() == before
    assert receiver.rebuild().dump() == before


def test_every_order_of_the_cases_own_documents_ends_alike(receiver):
    talk = whole()
    founding, own = talk.world.said[: talk.founded], talk.world.said[talk.founded :]
    before = receiver.reset().deliver(talk.world.said).dump()
    for order in itertools.islice(itertools.permutations(own), 0, 120, 11):
        assert receiver.reset().deliver(founding).deliver(list(order), size=1).dump() == before


def test_who_joined_later_knows_what_it_was_told(receiver):
    talk = whole()
    own = talk.world.said[talk.founded :]
    receiver.reset().deliver([*talk.world.said[: talk.founded], *own[2:4]])
    with receiver.work() as session:
        (row,) = reading.listed(session, SOUTH, reading.IN, limit=9)
        assert (row.state, row.holder, row.number) == ("answered", N1, 4)
        assert row.case == talk.case.hash


def test_a_stranger_cannot_carry_a_case_on(receiver, talk):
    talk.hand(N1, NORTH)
    good = talk.last, talk.number
    for said in (talk.hand(S1, SOUTH), talk.reply(SOUTH, "answer")):
        talk.last, talk.number = good
        assert said
    receiver.reset().deliver(talk.world.said)
    assert state(receiver, talk.case) == ("handed", NORTH)


@pytest.mark.parametrize(
    ("origin", "to", "more", "outcome"),
    [
        (N1, S1, {}, "aside"),
        (N1, N1, {}, "aside"),
        (N1, SOUTH, {}, "aside"),
        (N1, NORTH, {"from": N2}, "aside"),
        (N1, NORTH, {"to": ""}, "parked"),
        (N1, NORTH, {"number": 2}, "parked"),
        (N1, NORTH, {"number": True}, "parked"),
        (N1, NORTH, {"case": "x"}, "parked"),
        (N1, NORTH, {"category": "praise"}, "parked"),
        (N1, NORTH, {"due": "soon"}, "parked"),
        (N1, NORTH, {"due": 3}, "parked"),
        (N1, NORTH, {"parties": None}, "parked"),
        (N1, NORTH, {"parties": ["a b"]}, "parked"),
        (N1, NORTH, {"withheld": {"identity": {}}}, "parked"),
        (N1, NORTH, {"about": NORTH}, "parked"),
        (N1, NORTH, {"about": CITY, "withheld": {"identity": {"for": [CITY], "never": [CITY]}}}, "parked"),
        (N1, NORTH, {"about": CITY, "withheld": {"identity": {"for": [NORTH], "never": []}}}, "parked"),
        (N1, NORTH, {"more": 1}, "parked"),
        (N1, NORTH, {"parts": [make_part("identity", b"{}")]}, "aside"),
    ],
)
def test_what_is_no_matter_or_gives_somebody_away_has_no_effect(receiver, talk, *, origin, to, more, outcome):
    said = talk.hand(origin, to, **more)
    receiver.reset().deliver(talk.world.said)
    assert receiver.outcomes()[said.hash] == outcome
    assert receiver.dump()["tiers_matter"] == []


@pytest.mark.parametrize(
    ("origin", "step", "more", "outcome"),
    [
        (N1, "answer", {}, "aside"),
        (NORTH, "rate", {}, "aside"),
        (NORTH, "close", {}, "aside"),
        (CITY, "accept", {}, "aside"),
        (NORTH, "praise", {}, "parked"),
        (NORTH, "answer", {"satisfied": True}, "parked"),
        (NORTH, "answer", {"due": "2026-06-01"}, "parked"),
        (N1, "rate", {"satisfied": None}, "parked"),
        (NORTH, "answer", {"case": "00" * 32}, "aside"),
        (NORTH, "answer", {"matter": "00" * 32}, "parked"),
        (NORTH, "answer", {"number": 0}, "parked"),
        (NORTH, "answer", {"withheld": []}, "parked"),
        (NORTH, "answer", {"more": 1}, "parked"),
    ],
)
def test_what_is_no_reply_or_not_ones_to_say_has_no_effect(receiver, talk, *, origin, step, more, outcome):
    talk.hand(N1, NORTH)
    said = talk.reply(origin, step, **more)
    receiver.reset().deliver(talk.world.said)
    assert receiver.outcomes()[said.hash] == outcome
    assert state(receiver, talk.case) == ("handed", NORTH)


def test_a_second_revision_of_a_matter_is_set_aside(receiver, talk):
    first = talk.hand(N1, NORTH)
    again = talk.world.say(
        "matter", N1, first.document.subject, {**first.document.body, "title": "别的"}, revision=2
    )
    receiver.reset().deliver(talk.world.said)
    assert receiver.outcomes()[again.hash] == "aside"
