"""Who may be named in a record: deputies with a seat at its organisation or below it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import CTE, Select, Text, literal, or_, select
from sqlalchemy.orm import Session

from renda.database import everything
from renda.directory.models import Edge, Mandate, Person


def subtree(organisation: str, day: date) -> CTE:
    """Codes of an organisation and of all below it on a day, as the column `code`."""
    tree = select(literal(organisation, Text).label("code")).cte("tree", recursive=True)
    below = select(Edge.child).where(
        Edge.parent == tree.c.code, Edge.valid_from <= day, or_(Edge.valid_to.is_(None), Edge.valid_to > day)
    )
    return tree.union(below)


def _in_office(organisation: str, day: date) -> Select[uuid.UUID, str]:
    tree = subtree(organisation, day)
    seats = select(Mandate.person).where(
        Mandate.organisation.in_(select(tree.c.code)),
        Mandate.starts_on <= day,
        or_(Mandate.ended_on.is_(None), Mandate.ended_on > day),
    )
    return select(Person.id, Person.name).where(Person.id.in_(seats))


def offered(session: Session, organisation: str, day: date) -> Sequence[tuple[uuid.UUID, str]]:
    """(id, name) of everybody whom a record of this organisation may name on this day, by name."""
    with everything(session):
        return [
            (row.id, row.name)
            for row in session.execute(_in_office(organisation, day).order_by(Person.name, Person.id))
        ]


def eligible(
    session: Session, organisation: str, day: date, persons: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Those of `persons` whom a record of this organisation may name on this day."""
    with everything(session):
        statement = _in_office(organisation, day).where(Person.id.in_(persons))
        return set(session.scalars(statement.with_only_columns(Person.id)))


def names(session: Session, persons: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Names by id, in one query."""
    if not persons:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(persons)))
    return {row.id: row.name for row in rows}
