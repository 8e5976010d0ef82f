"""Persons of one name, told apart by the seats that they hold: 王小明（曹县）, 王小明（曹县 第二代表团）."""

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.database import everything
from renda.directory.models import Mandate, Organisation, Person
from renda.directory.names import plain_name
from renda.slices import slices

_MANY = 10_000
"""Persons that one statement asks about, so that whole provinces take no more than a few."""
_BRACKETED = re.compile(r"(.+?)\s*[（(]([^（()）]+)[)）]")


@dataclass(frozen=True, slots=True)
class _Seat:
    key: int
    body: str = ""
    delegation: str = ""
    number: int = 0


_Seats = Sequence[_Seat]
_OF_SEAT = (Mandate.delegation, Mandate.seat, Mandate.starts_on, Mandate.ended_on)
_TELLING: tuple[Callable[[_Seats], str], ...] = (
    lambda seats: seats[0].delegation,
    # The words stand in names that files hold, which are Chinese whoever reads them.
    lambda seats: f"席位{seats[0].number}" if seats[0].number else "",
    lambda seats: f"{seats[0].key % 10_000:04}",
)
"""What is said beside the body, where several hold seats of one: the first of these that tells all apart."""


def told_apart(session: Session, named: Mapping[uuid.UUID, str], day: date) -> dict[uuid.UUID, str]:
    """The names, in brackets behind those that several have the body in which each holds a seat on a day.

    Where that is one body, too, their delegation follows, or the number of the seat. Takes one query, and
    none where all names differ.
    """
    found = dict(named)
    alike = _alike(named)
    if alike:
        seats = _seats(session, [one for many in alike.values() for one in many], day)
        for name, many in alike.items():
            words = _words({one: seats[one] for one in many})
            found |= {one: f"{name}（{said}）" for one, said in words.items() if said}
    return found


def parted(text: str) -> tuple[str, str]:
    """A name, and what stands in brackets behind it or ""."""
    found = _BRACKETED.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text, "")


def told(session: Session, named: Mapping[uuid.UUID, str], words: str, day: date) -> dict[uuid.UUID, str]:
    """Those whom words in brackets mean: whom `told_apart` tells by them, else all who sit in that body."""
    wanted, labels = plain_name(words), told_apart(session, named, day)
    exactly = {one for one, label in labels.items() if plain_name(parted(label)[1]) == wanted}
    if not exactly:
        seats = _seats(session, named, day)
        exactly = {one for one in named if wanted in map(plain_name, _said_of(seats[one]))}
    return {one: name for one, name in named.items() if one in exactly}


def _said_of(seats: _Seats) -> list[str]:
    bodies = _bodies(seats)
    return [*bodies, "、".join(bodies)]


def _alike(named: Mapping[uuid.UUID, str]) -> dict[str, list[uuid.UUID]]:
    """The texts that several have, with those who have them."""
    found: dict[str, list[uuid.UUID]] = {}
    for one, text in named.items():
        found.setdefault(text, []).append(one)
    return {text: many for text, many in found.items() if len(many) > 1}


def _bodies(seats: _Seats) -> list[str]:
    return list(dict.fromkeys(one.body for one in seats if one.body))


def _words(seats: Mapping[uuid.UUID, _Seats]) -> dict[uuid.UUID, str]:
    """What tells persons of one name apart."""
    said = {one: "、".join(_bodies(held)) for one, held in seats.items()}
    for body, many in _alike(said).items():
        for tell in _TELLING:
            more = {one: tell(seats[one]) for one in many}
            if all(more.values()) and len(set(more.values())) == len(many):
                said |= {one: f"{body} {words}".strip() for one, words in more.items()}
                break
    return said


def _seats(session: Session, persons: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, list[_Seat]]:
    """The seats that persons hold on a day, or held last; one without a body for who never held any."""
    held: dict[uuid.UUID, list[tuple[bool, date, _Seat]]] = {}
    for some in slices(persons, _MANY):
        statement = (
            select(Person.id, Person.key, Organisation.name, *_OF_SEAT)
            .outerjoin(Mandate, Mandate.person == Person.id)
            .outerjoin(Organisation, Organisation.code == Mandate.organisation)
            .where(Person.id.in_(some))
            .order_by(Organisation.code, Mandate.term, Mandate.seat)
        )
        with everything(session):
            rows: Sequence[Any] = session.execute(statement).all()
        for who, key, body, delegation, number, began, ended in rows:
            now = began is not None and began <= day and (ended is None or ended > day)
            seat = _Seat(key) if began is None else _Seat(key, body, delegation, number)
            held.setdefault(who, []).append((now, date.min if now or began is None else began, seat))
    return {who: _last(many) for who, many in held.items()}


def _last(held: Sequence[tuple[bool, date, _Seat]]) -> list[_Seat]:
    """The seats that somebody holds now, else those that began last."""
    last = max(one[:2] for one in held)
    return [one[2] for one in held if one[:2] == last]
