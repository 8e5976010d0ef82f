"""Where a case stands is a function of its documents, in whatever order they came."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from renda_tiers.matters import state
from renda_tiers.matters.state import (
    ACCEPT,
    ACCEPTED,
    AGAIN,
    ANSWER,
    ANSWERED,
    CLOSE,
    CLOSED,
    HAND,
    HANDED,
    IN_WORK,
    RATE,
    RETURN,
    RETURNED,
    Event,
)

TOWN, COUNTY, CITY, OTHER = "town", "county", "city", "other"
START = datetime(2026, 5, 6, 1, tzinfo=UTC)
DUE = date(2026, 6, 1)


class Case:
    """A case that people continue as they may."""

    def __init__(self) -> None:
        self.events = [self.event(HAND, TOWN, receiver=COUNTY, due=DUE)]

    def event(self, step, origin, *, receiver="", due=None, satisfied=None, after=None, minute=None):
        events = getattr(self, "events", [])
        number = len(events) + 1
        hashed = number.to_bytes(2) + step.encode() + origin.encode()
        now = self.now if events else None
        about = hashed if step == HAND else now and now.matter
        if now and step in {ANSWER, RETURN}:
            about = state.in_hand(now, self.matters) or now.matter
        return Event(
            hash=hashed, number=now.number + 1 if now else 1, after=after or (now.tip if now else None), step=step,
            origin=origin, issued=START + timedelta(minutes=number if minute is None else minute), matter=about,
            source=TOWN, receiver=receiver, forwards=now.matter if now and step == HAND else None, due=due,
            satisfied=satisfied,
        )  # fmt: skip

    @property
    def matters(self):
        return {one.hash: one for one in self.events if one.step == HAND}

    @property
    def now(self):
        return state.follow(self.events).standing

    def say(self, step, origin, **more):
        self.events.append(self.event(step, origin, **more))
        return self.now


def told(standing):
    return standing.state, standing.holder


def test_handed_accepted_answered_and_rated():
    case = Case()
    assert told(case.now) == (HANDED, COUNTY)
    assert case.now.due == DUE
    assert told(case.say(ACCEPT, COUNTY)) == (ACCEPTED, COUNTY)
    assert case.now.due == DUE
    now = case.say(ANSWER, COUNTY)
    assert (*told(now), now.due, now.rounds) == (ANSWERED, TOWN, None, 1)
    now = case.say(RATE, TOWN, satisfied=True)
    assert (*told(now), now.satisfied) == (CLOSED, "", True)


def test_what_does_not_satisfy_is_handled_again_by_who_answered():
    case = Case()
    case.say(ANSWER, COUNTY)
    now = case.say(RATE, TOWN, satisfied=False, due=date(2026, 7, 1))
    assert (*told(now), now.due, now.satisfied) == (AGAIN, COUNTY, date(2026, 7, 1), False)
    case.say(ACCEPT, COUNTY)
    assert case.now.due == date(2026, 7, 1)
    assert case.say(ANSWER, COUNTY).rounds == 2


def test_passed_on_and_given_back_up_to_where_it_began():
    case = Case()
    assert told(case.say(HAND, COUNTY, receiver=CITY)) == (HANDED, CITY)
    assert told(case.say(HAND, CITY, receiver=OTHER)) == (HANDED, OTHER)
    assert told(case.say(RETURN, OTHER)) == (RETURNED, CITY)
    assert told(case.say(RETURN, CITY)) == (RETURNED, COUNTY)
    assert told(case.say(HAND, COUNTY, receiver=OTHER)) == (HANDED, OTHER)
    assert told(case.say(RETURN, OTHER)) == (RETURNED, COUNTY)
    assert told(case.say(RETURN, COUNTY)) == (RETURNED, TOWN)
    assert told(case.say(CLOSE, TOWN)) == (CLOSED, "")


def test_who_got_it_back_may_answer_and_where_it_began_may_hand_it_anew():
    case = Case()
    case.say(HAND, COUNTY, receiver=CITY)
    case.say(RETURN, CITY)
    assert told(case.say(ANSWER, COUNTY)) == (ANSWERED, TOWN)
    other = Case()
    other.say(RETURN, COUNTY)
    assert told(other.say(HAND, TOWN, receiver=CITY)) == (HANDED, CITY)


def test_who_has_not_the_turn_changes_nothing():
    case = Case()
    before = case.now
    for step, origin in ((ACCEPT, CITY), (ANSWER, TOWN), (RATE, TOWN), (CLOSE, TOWN), (HAND, TOWN)):
        assert case.say(step, origin, receiver=OTHER, satisfied=True) == before
        case.events.pop()


def test_of_two_that_follow_one_the_first_said_counts():
    case = Case()
    first = case.event(ANSWER, COUNTY, minute=1)
    second = case.event(RETURN, COUNTY, minute=2)
    for both in ([first, second], [second, first]):
        course = state.follow([*case.events, *both])
        assert course.standing.state == ANSWERED
        assert second not in course.events


def test_who_joined_later_begins_with_the_earliest_that_it_holds():
    case = Case()
    case.say(ACCEPT, COUNTY)
    case.say(HAND, COUNTY, receiver=CITY)
    case.say(ANSWER, CITY)
    assert state.follow(case.events[2:]).standing == replace(case.now)
    assert state.follow(case.events[3:]) is None


def test_nothing_follows_across_a_gap():
    case = Case()
    case.say(ACCEPT, COUNTY)
    case.say(ANSWER, COUNTY)
    assert told(state.follow([case.events[0], case.events[2]]).standing) == (HANDED, COUNTY)


@st.composite
def histories(draw):
    case = Case()
    for _step in range(draw(st.integers(0, 12))):
        now = case.now
        able = sorted(state.possible(now, now.holder, TOWN, case.matters))
        if not able:
            break
        step = draw(st.sampled_from(able))
        receiver = draw(st.sampled_from([one for one in (TOWN, COUNTY, CITY, OTHER) if one != now.holder]))
        case.say(step, now.holder, receiver=receiver, satisfied=draw(st.booleans()) if step == RATE else None)
    return case


@given(histories(), st.randoms(use_true_random=False))
def test_every_step_that_is_possible_counts_and_order_never_matters(case, random):
    course = state.follow(case.events)
    assert course.events == tuple(case.events)
    shuffled = random.sample(case.events, len(case.events))
    assert state.follow(shuffled + shuffled[:3]) == course


@given(histories())
def test_somebody_has_it_until_it_is_closed_and_nobody_afterwards(case):
    now = case.now
    assert (now.holder == "") == (now.state == CLOSED)
    for code in (TOWN, COUNTY, CITY, OTHER):
        able = state.possible(now, code, TOWN, case.matters)
        assert bool(able) == (code == now.holder)
    if now.state in IN_WORK:
        assert now.holder == case.matters[now.matter].receiver


@given(histories(), st.integers(0, 12))
def test_a_prefix_tells_what_stood_then(case, length):
    prefix = case.events[: length + 1]
    assert state.follow(prefix).events == tuple(prefix)
