"""The list of an organisation's deputies: looked for by name, filtered, in official order, in pages."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from renda.deputies import secrets
from renda.directory import office
from renda.directory.models import DeputyGroup, GroupMember, Mandate, Person
from renda.directory.readings import called
from renda.directory.strokes import official

SIZE = 50
"""Deputies on a page."""


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; empty words filter nothing.

    Attributes:
        query: characters of a name, or how it is typed in pinyin.
        state: one of `office.STATES`, or "" for all who are in office or suspended.
        group, delegation, constituency: as they are entered; the group by its id.
        term: number of a term, 0 for any.
        page: counted from 1.
    """

    query: str = ""
    state: str = ""
    group: str = ""
    delegation: str = ""
    constituency: str = ""
    term: int = 0
    page: int = 1


@dataclass(frozen=True)
class Deputy:
    """A seat with who holds it; `masked` is what may be shown of sealed values, by field."""

    mandate: Mandate
    person: Person
    groups: Sequence[str]
    masked: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """Some of the seats that were found, and how many there are."""

    deputies: Sequence[Deputy]
    total: int
    number: int = 1

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // SIZE))


def listed(session: Session, organisation: str, day: date, wanted: Wanted) -> Page:
    """A page of the seats wanted, in the order of surnames' strokes."""
    ids = _ordered(session, organisation, day, wanted)
    number = max(1, min(wanted.page, -(-len(ids) // SIZE)))
    shown = ids[(number - 1) * SIZE : number * SIZE]
    return Page(seats(session, organisation, shown), len(ids), number)


def everybody(session: Session, organisation: str, day: date, wanted: Wanted) -> list[Deputy]:
    """All seats wanted, in the same order."""
    return seats(session, organisation, _ordered(session, organisation, day, wanted))


def _ordered(session: Session, organisation: str, day: date, wanted: Wanted) -> list[uuid.UUID]:
    found = session.execute(
        select(Mandate.id, Person.name, Mandate.term)
        .join(Person, Person.id == Mandate.person)
        .where(Mandate.organisation == organisation, *_conditions(organisation, day, wanted))
    )
    return [row.id for row in sorted(found, key=lambda row: (official(row.name), -row.term, row.id))]


def seats(session: Session, organisation: str, ids: Sequence[uuid.UUID]) -> list[Deputy]:
    """These seats, in this order."""
    rows = session.execute(
        select(Mandate, Person).join(Person, Person.id == Mandate.person).where(Mandate.id.in_(ids))
    )
    by_id = {mandate.id: (mandate, person) for mandate, person in rows}
    people = [person.id for _mandate, person in by_id.values()]
    groups = groups_of(session, organisation, people)
    masked = secrets.shown(session, organisation, people)
    return [
        Deputy(mandate, person, groups.get(person.id, ()), masked.get(person.id, {}))
        for mandate, person in (by_id[one] for one in ids)
    ]


def groups_of(
    session: Session, organisation: str, persons: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[str]]:
    """Names of the organisation's groups to which persons belong."""
    rows = session.execute(
        select(GroupMember.person, DeputyGroup.name)
        .join(DeputyGroup, DeputyGroup.id == GroupMember.group)
        .where(DeputyGroup.organisation == organisation, GroupMember.person.in_(list(persons)))
        .order_by(DeputyGroup.name)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        found.setdefault(row.person, []).append(row.name)
    return found


def offered(session: Session, organisation: str) -> Mapping[str, list[tuple[str, str]]]:
    """What the list can be filtered by, as (value, title) by the name of the filter."""
    found = {"group": groups(session, organisation)}
    for name, column in (("delegation", Mandate.delegation), ("constituency", Mandate.constituency)):
        words = select(column).where(Mandate.organisation == organisation, column != "").distinct()
        found[name] = [(word, word) for word in session.scalars(words.order_by(column))]
    return found


def groups(session: Session, organisation: str) -> list[tuple[str, str]]:
    """(id, name) of the organisation's groups at work."""
    ours = select(DeputyGroup.id, DeputyGroup.name).where(
        DeputyGroup.organisation == organisation, DeputyGroup.ended_on.is_(None)
    )
    return [(str(row.id), row.name) for row in session.execute(ours.order_by(DeputyGroup.name))]


def _conditions(organisation: str, day: date, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [office.in_state(wanted.state, day) if wanted.state else office.held(day)]
    if wanted.query:
        found.append(called(wanted.query))
    if wanted.delegation:
        found.append(Mandate.delegation == wanted.delegation)
    if wanted.constituency:
        found.append(Mandate.constituency == wanted.constituency)
    if wanted.term:
        found.append(Mandate.term == wanted.term)
    if wanted.group:
        members = (
            select(GroupMember.person)
            .join(DeputyGroup, DeputyGroup.id == GroupMember.group)
            .where(DeputyGroup.organisation == organisation, GroupMember.group == uuid.UUID(wanted.group))
        )
        found.append(Mandate.person.in_(members))
    return found
