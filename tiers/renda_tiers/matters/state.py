"""Where a case stands, from its documents alone: pure functions.

Documents form a chain, each naming the one before it. Of two that name the same one the first said counts
(the lowest issue time, then hash), if it was its speaker's turn; the other, and what follows it, does not.
A node that joined later begins with the earliest document that it holds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

HAND = "hand"
ACCEPT, ANSWER, RETURN, RATE, CLOSE = "accept", "answer", "return", "rate", "close"
STEPS = frozenset({ACCEPT, ANSWER, RETURN, RATE, CLOSE})
"""What a reply can say; HAND is what a matter says."""

HANDED, ACCEPTED, ANSWERED, RETURNED, AGAIN, CLOSED = (
    "handed",
    "accepted",
    "answered",
    "returned",
    "again",
    "closed",
)
IN_WORK = frozenset({HANDED, ACCEPTED, AGAIN})
"""States in which the receiver of the matter in hand has to answer."""


@dataclass(frozen=True, slots=True)
class Event:
    """One document of a case.

    Attributes:
        hash: of the document.
        number: its place in the case.
        after: hash of the one before it.
        step: HAND, or what a reply says.
        origin: who says it.
        issued: when, by its own claim.
        matter: hash of the matter that it is about; of HAND the document itself.
        source: where the case began.
        receiver: of HAND, to whom.
        forwards: of HAND, the matter that is passed on.
        due: of HAND and of a rating, the last day.
        satisfied: of a rating.
    """

    hash: bytes
    number: int
    after: bytes | None
    step: str
    origin: str
    issued: datetime
    matter: bytes
    source: str
    receiver: str = ""
    forwards: bytes | None = None
    due: date | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands; the attributes are those of `MatterCase`."""

    state: str
    holder: str
    since: datetime
    due: date | None
    matter: bytes
    tip: bytes
    number: int
    rounds: int = 0
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A case as its documents tell it: what counted, in order, and where it stands."""

    events: tuple[Event, ...]
    standing: Standing


def follow(events: Iterable[Event]) -> Course | None:
    """The course of one case; None where nothing begins it yet."""
    held = {one.hash: one for one in events}
    matters = {one.hash: one for one in held.values() if one.step == HAND}
    following: dict[bytes, list[Event]] = {}
    for one in held.values():
        if one.after is not None:
            following.setdefault(one.after, []).append(one)
    starts = [one for one in held.values() if one.after not in held and one.step == HAND]
    if not starts:
        return None
    first = min(starts, key=lambda one: (one.number, *_rank(one)))
    standing, counted = _move(None, first, matters), [first]
    while True:
        able = [one for one in following.get(standing.tip, ()) if allowed(standing, one, matters)]
        if not able:
            return Course(tuple(counted), standing)
        counted.append(min(able, key=_rank))
        standing = _move(standing, counted[-1], matters)


def _rank(one: Event) -> tuple[datetime, bytes]:
    return one.issued, one.hash


def allowed(now: Standing, one: Event, matters: Mapping[bytes, Event]) -> bool:
    """Whether a document follows from where a case stands: whose turn it is, and what can be said then."""
    if one.number != now.number + 1 or one.origin != now.holder:
        return False
    return _RULES[one.step](now, one, matters)


def in_hand(now: Standing, matters: Mapping[bytes, Event]) -> bytes | None:
    """The matter that the holder answers, accepts or gives back; None for who began the case."""
    if now.state != RETURNED:
        return now.matter
    # What came back may have been handed out more than once; the holder has what was last handed to it.
    found = matters.get(now.matter)
    while found is not None and found.receiver != now.holder:
        found = matters.get(found.forwards) if found.forwards else None
    return found.hash if found else None


def possible(now: Standing, organisation: str, source: str, matters: Mapping[bytes, Event]) -> frozenset[str]:
    """What an organisation can say next: HAND and the steps of a reply."""
    found = set()
    for step in (HAND, *STEPS):
        about = in_hand(now, matters) if step in {ANSWER, RETURN} else now.matter
        if about is not None:
            one = Event(
                hash=b"",
                number=now.number + 1,
                after=now.tip,
                step=step,
                origin=organisation,
                issued=now.since,
                matter=about,
                source=source,
                forwards=now.matter,
            )
            if allowed(now, one, matters):
                found.add(step)
    return frozenset(found)


def _passes_on(now: Standing, one: Event, _matters: Mapping[bytes, Event]) -> bool:
    return now.state in {*IN_WORK, RETURNED} and one.forwards == now.matter


def _accepts(now: Standing, one: Event, _matters: Mapping[bytes, Event]) -> bool:
    return now.state in {HANDED, AGAIN} and one.matter == now.matter


def _answers(now: Standing, one: Event, matters: Mapping[bytes, Event]) -> bool:
    return now.state in {*IN_WORK, RETURNED} and one.matter == in_hand(now, matters)


def _rates(now: Standing, one: Event, _matters: Mapping[bytes, Event]) -> bool:
    return now.state == ANSWERED and one.matter == now.matter


def _closes(now: Standing, one: Event, _matters: Mapping[bytes, Event]) -> bool:
    return now.state in {ANSWERED, RETURNED} and one.matter == now.matter and one.origin == one.source


_RULES: Mapping[str, Callable[[Standing, Event, Mapping[bytes, Event]], bool]] = {
    HAND: _passes_on,
    ACCEPT: _accepts,
    ANSWER: _answers,
    RETURN: _answers,
    RATE: _rates,
    CLOSE: _closes,
}


def _move(before: Standing | None, one: Event, matters: Mapping[bytes, Event]) -> Standing:
    """Where a case stands after a document that follows."""
    matter = matters[one.matter]
    due = one.due or matter.due
    now = Standing(
        HANDED,
        one.receiver,
        one.issued,
        due,
        one.matter,
        one.hash,
        one.number,
        before.rounds if before else 0,
    )
    if one.step == ACCEPT:
        due = before.due if before else due
        return replace(now, state=ACCEPTED, holder=one.origin, due=due)
    if one.step == ANSWER:
        return replace(now, state=ANSWERED, holder=one.source, due=None, rounds=now.rounds + 1)
    if one.step == RETURN:
        return replace(now, state=RETURNED, holder=matter.origin)
    if one.step == RATE and not one.satisfied:
        return replace(now, state=AGAIN, holder=matter.receiver, due=one.due, satisfied=False)
    if one.step in {RATE, CLOSE}:
        return replace(now, state=CLOSED, holder="", due=None, satisfied=one.satisfied)
    return now
