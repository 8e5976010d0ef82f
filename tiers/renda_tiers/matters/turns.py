"""Whose turn it is: a case as its holder is about to continue it, and saying the next document of it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import new_id
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records.fields import Rejected
from renda.security import audit
from renda_tiers.documents import issuing, parts, signing, store
from renda_tiers.documents.issuing import Statement
from renda_tiers.matters import cases, reach, state
from renda_tiers.matters.models import Matter
from renda_tiers.matters.state import HAND, Event, Standing
from renda_tiers.reports.standings import ancestry


@dataclass(frozen=True)
class Turn:
    """A case of which an organisation is a party.

    Attributes:
        case: hash of its first document.
        events: what counts of it, in order.
        standing: where it stands.
        matters: the matters of it, by document.
        hand: the row of the matter in hand.
        parties: everybody who has or had it.
    """

    case: bytes
    events: tuple[Event, ...]
    standing: Standing
    matters: dict[bytes, Event]
    hand: Any
    parties: frozenset[str]

    def possible(self, organisation: str) -> frozenset[str]:
        """What an organisation can say next."""
        return state.possible(self.standing, organisation, self.hand.source, self.matters)

    def following(self) -> dict[str, Any]:
        """The fields with which the next document names its place in the case."""
        return {
            "case": self.case.hex(),
            "number": self.standing.number + 1,
            "after": self.standing.tip.hex(),
        }


def turn(session: Session, organisation: str, case: bytes) -> Turn:
    """The case as an organisation that is a party of it finds it.

    Raises:
        NotFound: there is no such case, or the organisation has no part in it.
    """
    held = cases.events(session, case)
    course = state.follow(held)
    rows = {
        row.document: row
        for row in session.execute(select(*Matter.__table__.columns).where(Matter.case == case))
    }
    if course is None:
        raise NotFound
    matters = {one.hash: one for one in held if one.step == HAND}
    counted = [rows[one.hash] for one in course.events if one.step == HAND]
    parties = frozenset(code for row in counted for code in row.parties.split())
    if organisation not in parties:
        raise NotFound
    return Turn(case, course.events, course.standing, matters, rows[course.standing.matter], parties)


def take(session: Session, organisation: str, case: bytes, step: str) -> Turn:
    """The case, if it is an organisation's turn to say this; nobody else continues it meanwhile.

    Raises:
        NotFound: see `turn`.
        Conflict: it is not its turn, or the case does not stand so that this can be said.
    """
    store.lock(session)
    found = turn(session, organisation, case)
    if step not in found.possible(organisation):
        raise Conflict(_("It is not this organisation's turn to say this. Look at where the matter stands."))
    return found


def audience(
    session: Session, speaker: str, parties: Collection[str], about: str, day: date
) -> frozenset[str]:
    """The parties and all who carry it between them, but for the body complained of."""
    above = ancestry(session, {speaker, *parties})
    carrying = reach.between(above, parties, speaker, day) - {about}
    return frozenset({speaker, *parties, *carrying})


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a document that is about to be said, and who may have it; None for all parties."""

    name: str
    content: bytes
    readers: frozenset[str] | None = None


def say(
    session: Session,
    kind: str,
    speaker: str,
    body: dict[str, Any],
    words: Sequence[Words],
    *,
    parties: frozenset[str],
    about: str,
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    """Issue a document of a case, with its parts withheld from all but those who may have them; its hash."""
    never = [about] if about else []
    rules = {
        one.name: parts.withhold(parties if one.readers is None else one.readers, never) for one in words
    }
    statement = Statement(
        kind,
        speaker,
        f"{kind}:{new_id()}",
        {**body, parts.WITHHELD: rules},
        audience(session, speaker, parties, about, local_day(now)),
        [signing.make_part(one.name, one.content) for one in words],
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=speaker,
        action=f"matter.{body.get('step', HAND)}",
        target=body["case"] or document.hex(),
        now=now,
        detail={"to": body["to"]} if "to" in body else {},
    )
    return document


def cleaned(**given: tuple[Any, str]) -> dict[str, str]:
    """Texts as their fields take them, given as (field, text); "" for what is left out and may be.

    Raises:
        Invalid: with a sentence for each text that its field refuses.
    """
    found, errors = {}, {}
    for name, (kind, text) in given.items():
        try:
            found[name] = kind.clean(text) or ""
        except Rejected as error:
            errors[name] = error.message
    if errors:
        raise Invalid(errors)
    return found
