"""Persons: added once, known to the chain by a keyed hash alone."""

import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import new_id
from renda.declarations import Message
from renda.directory import readings, terms
from renda.directory.kinds import profile_of
from renda.directory.models import Mandate, Organisation, Person
from renda.directory.office import held
from renda.directory.sheets import MOST_ERRORS
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit, vault

TERM_OVER = "term_over"
"""Why a seat ended that ended with its term."""


def person_key(chain_key: bytes, identity: str) -> int:
    """The signed 64-bit hash of a person, equal at every node of the chain.

    Args:
        chain_key: the chain's secret; without it nobody can try out identity numbers.
        identity: what tells the person from all others, such as the identity card number; never stored.
    """
    text = unicodedata.normalize("NFKC", identity).strip().upper()
    digest = hmac.digest(chain_key, text.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], signed=True)


def add_persons(session: Session, persons: Iterable[tuple[str, str]]) -> list[uuid.UUID]:
    """Ids of the persons given as (name, identity), in order; who is known already is not added twice."""
    key = vault.chain_key(session)
    wanted = [(name, person_key(key, identity)) for name, identity in persons]
    known = {
        row.key: row.id
        for row in session.execute(
            select(Person.key, Person.id).where(Person.key.in_({key for _name, key in wanted}))
        )
    }
    new = {key: (new_id(), name) for name, key in wanted if key not in known}
    if new:
        rows = [{"id": one, "name": name, "key": key} for key, (one, name) in new.items()]
        session.execute(insert(Person), rows)
        readings.add(session, new.values())
        known |= {key: one for key, (one, _name) in new.items()}
    _name_again(session, wanted)
    return [known[key] for _name, key in wanted]


def _name_again(session: Session, wanted: Sequence[tuple[str, int]]) -> None:
    """Give a name to those of the persons (name, key) whose data were erased: they are entered anew."""
    names = {key: name for name, key in wanted}
    erased = select(Person).where(Person.key.in_(names), Person.erased_at.is_not(None))
    for person in session.scalars(erased).all():
        person.name, person.erased_at = names[person.key], None
        readings.add(session, [(person.id, person.name)])


def seats(session: Session, organisation: str, day: date) -> list[tuple[Mandate, Person]]:
    """Seats of a congress that are held on a day, and by whom."""
    rows = session.execute(
        select(Mandate, Person)
        .join(Person, Person.id == Mandate.person)
        .where(Mandate.organisation == organisation, held(day))
        .order_by(Mandate.term, Mandate.seat)
    )
    return [(mandate, person) for mandate, person in rows]


def in_office(session: Session, organisation: str, day: date) -> list[Person]:
    """Persons who hold a seat of a congress on a day, by seat."""
    return [person for _mandate, person in seats(session, organisation, day)]


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who is to hold a seat.

    Attributes:
        line: where the list says so.
        identity: see `person_key`.
        seat: number of the seat, or None for the next one that is free.
    """

    line: int
    name: str
    identity: str
    starts_on: date
    seat: int | None = None
    constituency: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """How many of a list are new, and how many held a seat of that term before."""

    new: int
    unchanged: int


def add_mandates(
    session: Session,
    organisation: str,
    term: int,
    seated: Sequence[Seated],
    *,
    now: datetime,
    actor: uuid.UUID | None = None,
) -> Added:
    """Give persons their seats in a congress for a term; who has one already keeps it as it is.

    Where the days of the term are known, they decide: seats of a term that is over end with it, and seats of
    earlier terms that nobody ended yet end on its first day (代表法, art. 2).

    Args:
        session: one that sees the organisation.
        organisation: code of the congress.
        term: number of the term, such as 19.
        seated: who is to hold a seat, as `renda.directory.roll` reads it.
        now: when this is done.
        actor: account that does it, None on the command line.

    Raises:
        NotFound: there is no such organisation.
        Conflict: it has no congress, and therefore no seats.
        Invalid: with one sentence per wrong line (at most `MOST_ERRORS`), also where a seat does not begin
            within its term; nothing is changed.
    """
    require_congress(session, organisation)
    chain_key = vault.chain_key(session)
    keys = [person_key(chain_key, one.identity) for one in seated]
    known = session.execute(
        select(Person.key, Person.name).where(Person.key.in_(set(keys)), Person.erased_at.is_(None))
    )
    held = session.execute(
        select(Mandate.seat, Person.key)
        .join(Person, Person.id == Mandate.person)
        .where(Mandate.organisation == organisation, Mandate.term == term)
    )
    taken = {row.seat: row.key for row in held}
    known_term = terms.find(session, organisation, term)
    today, years = local_day(now), profile_of(session, organisation).terms.years
    untimely = {
        day: terms.wrong_first_day(known_term, day, today=today, years=years)
        for day in {one.starts_on for one in seated}
    }
    _refuse_wrong_lines(seated, keys, {row.key: row.name for row in known}, taken, untimely)
    holders = set(taken.values())
    new = [one for one, key in zip(seated, keys, strict=True) if key not in holders]
    if new:
        rows = _mandates(session, organisation, term, new, set(taken))
        session.execute(insert(Mandate), [row | _end(known_term) for row in rows])
    ended = _end_earlier(session, known_term)
    if new or ended:
        detail = {"term": term, "new": len(new), "unchanged": len(seated) - len(new)}
        audit.record(
            session,
            actor=actor,
            organisation=organisation,
            action="mandate.add",
            target=organisation,
            now=now,
            detail=detail | ({"ended": ended} if ended else {}),
        )
    return Added(len(new), len(seated) - len(new))


def require_congress(session: Session, organisation: str) -> None:
    """Refuse a body that has no seats.

    Raises:
        NotFound: there is no such organisation.
        Conflict: it has no congress.
    """
    place = session.get(Organisation, organisation)
    if place is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    if not place.congress:
        raise Conflict(
            _(
                "${name} has no congress of its own and therefore no seats. Name the congress above it.",
                mapping={"name": place.name},
            )
        )


_TWICE = _("This person is there twice.")
_OTHER_NAME = _("This identity belongs to a person of another name.")
SEAT_TAKEN = _("Somebody else holds or held the seat ${seat}.")


def _refuse_wrong_lines(
    seated: Sequence[Seated],
    keys: Sequence[int],
    names: Mapping[int, str],
    taken: Mapping[int, int],
    untimely: Mapping[date, Message],
) -> None:
    """Raise Invalid where a list contradicts itself, or `names` by key, or keys `taken` by seat.

    `untimely` says by first day why a new seat does not begin on it, or "".
    """
    errors: dict[str, str] = {}
    seen, holder_of, holders = set[int](), dict(taken), set(taken.values())
    for one, key in zip(seated, keys, strict=True):
        wrong = ""
        if key in seen:
            wrong = _TWICE
        elif names.get(key, one.name) != one.name:
            wrong = _OTHER_NAME
        elif key not in holders and one.seat is not None and holder_of.setdefault(one.seat, key) != key:
            wrong = SEAT_TAKEN
        elif key not in holders:
            wrong = untimely[one.starts_on]
        if wrong:
            errors[f"line {one.line}"] = wrong % {"seat": one.seat}
        seen.add(key)
    if errors:
        raise Invalid(
            dict(list(errors.items())[:MOST_ERRORS]),
            _("The list of persons needs correction. Nothing was imported."),
        )


def _end(term: terms.Term | None) -> dict[str, object]:
    """How new seats of a term ended, if it is known to be over."""
    if term is None or term.ends_on is None:
        return {}
    return {"ended_on": term.ends_on + timedelta(days=1), "ended_because": TERM_OVER}


def _end_earlier(session: Session, term: terms.Term | None) -> int:
    """End the open seats of earlier terms of the congress; how many there were."""
    if term is None:
        return 0
    open_seats = (
        Mandate.organisation == term.organisation,
        Mandate.term < term.number,
        Mandate.ended_on.is_(None),
        Mandate.starts_on < term.starts_on,
    )
    number = session.scalar(select(func.count()).select_from(Mandate).where(*open_seats)) or 0
    if number:
        session.execute(
            update(Mandate).where(*open_seats).values(ended_on=term.starts_on, ended_because=TERM_OVER)
        )
    return number


def _mandates(
    session: Session, organisation: str, term: int, new: Sequence[Seated], taken: set[int]
) -> list[dict[str, object]]:
    taken = taken | {one.seat for one in new if one.seat is not None}
    free = (number for number in count(1) if number not in taken)
    ids = add_persons(session, [(one.name, one.identity) for one in new])
    return [
        {
            "id": new_id(),
            "organisation": organisation,
            "person": person,
            "term": term,
            "seat": one.seat or next(free),
            "constituency": one.constituency,
            "starts_on": one.starts_on,
            "ended_on": None,
            "ended_because": "",
            "suspended_on": None,
        }
        for one, person in zip(new, ids, strict=True)
    ]
