"""Who is known at a congress: persons who hold or held its seats, and what is entered of them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.deputies import listing, people, secrets
from renda.deputies.fields import SEALED, SEAT
from renda.directory import terms
from renda.directory.kinds import profile_of
from renda.directory.models import Mandate, Person
from renda.directory.names import plain_name
from renda.directory.persons import person_key
from renda.directory.terms import Term
from renda.security import vault


@dataclass
class Known:
    """What is known at an organisation before a roster is read; loaded once for all rows."""

    session: Session
    organisation: str

    def __post_init__(self) -> None:
        # The first one that is asked for is made; a page that is only looked at could not.
        self._key = vault.chain_key(self.session)

    @cached_property
    def seats(self) -> Mapping[uuid.UUID, Mandate]:
        """All seats of the congress by id."""
        rows = self.session.scalars(select(Mandate).where(Mandate.organisation == self.organisation))
        return {row.id: row for row in rows}

    @cached_property
    def persons(self) -> Mapping[uuid.UUID, Person]:
        """Everybody who holds or held one of them."""
        held = select(Mandate.person).where(Mandate.organisation == self.organisation)
        return {row.id: row for row in self.session.scalars(select(Person).where(Person.id.in_(held)))}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Person]]:
        found: dict[str, list[Person]] = {}
        for person in self.persons.values():
            if person.erased_at is None:
                found.setdefault(plain_name(person.name), []).append(person)
        return found

    @cached_property
    def terms(self) -> Mapping[int, Term]:
        """The terms that are entered, by number."""
        rows = self.session.scalars(select(Term).where(Term.organisation == self.organisation))
        return {row.number: row for row in rows}

    @cached_property
    def years(self) -> int:
        """How long a term of the congress is expected to last."""
        return profile_of(self.session, self.organisation).terms.years

    @cached_property
    def groups(self) -> frozenset[str]:
        """Names of the groups at work."""
        return frozenset(name for _id, name in listing.groups(self.session, self.organisation))

    @cached_property
    def _groups_of(self) -> Mapping[uuid.UUID, Sequence[str]]:
        return listing.groups_of(self.session, self.organisation, self.persons)

    @cached_property
    def _sealed(self) -> Any:
        return secrets.reader(self.session, self.organisation)

    def current_term(self, day: Any) -> int | None:
        """Number of the term that runs on a day."""
        found = terms.current(self.session, self.organisation, day)
        return found.number if found else None

    def by_identity(self, numbers: Collection[str]) -> Mapping[str, Person]:
        """Persons of this node by their identity numbers."""
        keys = {person_key(self._key, number): number for number in numbers}
        rows = self.session.scalars(select(Person).where(Person.key.in_(keys)))
        return {keys[row.key]: row for row in rows}

    def alike(self, given: Mapping[str, Any]) -> list[Person]:
        """Who might be meant: of the same name, not of another birth, and of no other identity number."""
        found = self._by_name.get(plain_name(given["name"]), ())
        born_on = given.get("born_on")
        return [
            one
            for one in found
            if not (born_on and one.born_on and one.born_on != born_on)
            and not ("identity" in given and not people.unidentified(self._key, one))
        ]

    def seat_of(self, person: Person, term: int) -> Mandate | None:
        """A person's seat of a term: the one that is open, or else the last."""
        held = [one for one in self.seats.values() if (one.person, one.term) == (person.id, term)]
        return max(held, key=lambda one: (one.ended_on is None, one.starts_on), default=None)

    def value(self, name: str, person: Person, seat: Mandate | None) -> Any:
        """What is entered of a field; None for nothing."""
        if name in SEALED:
            return self._sealed(person, name)
        if name == "group":
            return next(iter(self._groups_of.get(person.id, ())), None)
        if name in SEAT:
            return (getattr(seat, name) if seat else None) or None
        return getattr(person, name)
