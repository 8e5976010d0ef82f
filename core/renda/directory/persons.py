"""Persons: added once, known to the chain by a keyed hash alone."""

import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.directory.models import Mandate, Person
from renda.security import vault


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
    new = {key: {"id": new_id(), "name": name, "key": key} for name, key in wanted if key not in known}
    if new:
        session.execute(insert(Person), list(new.values()))
        known |= {key: row["id"] for key, row in new.items()}
    return [known[key] for _name, key in wanted]


def in_office(session: Session, organisation: str, day: date) -> list[Person]:
    """Persons who hold a seat of a congress on a day, by seat."""
    return list(
        session.scalars(
            select(Person)
            .join(Mandate, Mandate.person == Person.id)
            .where(
                Mandate.organisation == organisation,
                Mandate.starts_on <= day,
                or_(Mandate.ended_on.is_(None), Mandate.ended_on > day),
            )
            .order_by(Mandate.term, Mandate.seat)
        )
    )
