"""Where a target of a directive is, as a pure function of what it and the issuer have said.

`issued` (not delivered), `received` (delivered, not read), `acknowledged`, `progress`, `done`, and by the
issuer's decision on a `done` response `verified` or `returned`. A response that answers an older revision
counts as long as the same is asked; where it is asked earlier than then, only if it is done already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renda_tiers.directives import bodies

ISSUED, VERIFIED, RETURNED = "issued", "verified", "returned"
RECEIVED, ACKNOWLEDGED, PROGRESS, DONE = bodies.ANSWERS
PHASES = (ISSUED, RECEIVED, ACKNOWLEDGED, PROGRESS, RETURNED, DONE, VERIFIED)
"""In the order in which a board lists them."""

PENDING = frozenset(PHASES) - {DONE, VERIFIED}
"""Phases in which the target has something to do."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, and until when."""

    task: bytes
    due: date


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, the call that it answers, and what was decided on it."""

    document: bytes
    state: str
    issued: datetime
    call: Call
    verification: bytes | None = None
    decision: str | None = None
    decided: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target is; the attributes are those of `models.TargetProgress`."""

    phase: str
    response: bytes | None = None
    verification: bytes | None = None
    round: int = 1
    spoken: datetime | None = None


def highest(rows: Iterable[Any]) -> Any:
    """The row of the highest (revision, issue time, hash); None of none."""
    return max(rows, key=lambda row: (row.revision, row.issued, row.document), default=None)


def place(call: Call, answers: Iterable[Answer], last: bytes | None) -> Place:
    """Where a target is.

    Args:
        call: what is asked now.
        answers: all that it answered.
        last: hash of the answer that stands.
    """
    said = {one.document: one for one in answers}
    current = said.get(last) if last else None
    if current is None:
        return Place(ISSUED)
    returns = sum(one.decision == bodies.RETURN for one in said.values())
    spoken = max(current.issued, current.decided or current.issued)
    return Place(_phase(call, current), current.document, current.verification, returns + 1, spoken)


def _phase(call: Call, answer: Answer) -> str:
    same = answer.call.task == call.task
    if not same or (call.due < answer.call.due and answer.state != DONE):
        return ISSUED
    if answer.state == DONE and answer.decision is not None:
        return VERIFIED if answer.decision == bodies.VERIFY else RETURNED
    return answer.state
