"""Deputies by name, in characters or as it is typed in pinyin."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Mandate, Person
from renda.directory.office import held
from renda.directory.readings import called
from renda.directory.strokes import official

MOST = 50
"""Deputies that a page shows; who looks for one of so many writes more of the name."""


@dataclass(frozen=True)
class Deputy:
    """A seat of a congress, held by somebody who was looked for; `person` is their id."""

    person: uuid.UUID
    name: str
    organisation: str
    term: int
    constituency: str


def deputies(session: Session, query: str, organisations: Collection[str], day: date) -> list[Deputy]:
    """Who holds a seat on a day in one of these congresses and is called so, at most `MOST`.

    The session's wall stands: it tells of no congress for which it was not opened.
    """
    rows = session.execute(
        select(Person.id, Person.name, Mandate.organisation, Mandate.term, Mandate.constituency)
        .join(Mandate, Mandate.person == Person.id)
        .where(
            Mandate.organisation.in_(organisations),
            held(day),
            called(query),
        )
        .order_by(Person.name, Mandate.organisation)
        .limit(MOST)
    )
    return sorted((Deputy(*row) for row in rows), key=lambda one: official(one.name))
