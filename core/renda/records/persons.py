"""Who may be named in a record: deputies of its organisation's congress and of those below it.

A body that has no congress of its own (a street, a development zone) works with the deputies of the nearest
congress above it, too.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import CTE, Select, Text, literal, select
from sqlalchemy.orm import Session

from renda.database import everything
from renda.directory.models import Edge, Mandate, Organisation, Person
from renda.directory.strokes import official
from renda.directory.validity import valid_at


def subtree(organisation: str, day: date) -> CTE:
    """Codes of an organisation and of all below it on a day, as the column `code`."""
    tree = select(literal(organisation, Text).label("code")).cte("tree", recursive=True)
    below = select(Edge.child).where(
        Edge.parent == tree.c.code, valid_at(Edge.valid_from, Edge.valid_to, day)
    )
    return tree.union(below)


def _own_congress(organisation: str, day: date) -> Select[str]:
    """The congress in which the deputies of an organisation sit: its own, or the nearest above it."""
    way = (
        select(Organisation.code, Organisation.congress)
        .where(Organisation.code == organisation)
        .cte("way", recursive=True)
    )
    above = (
        select(Organisation.code, Organisation.congress)
        .join(Edge, Edge.parent == Organisation.code)
        .join(way, way.c.code == Edge.child)
        .where(~way.c.congress, valid_at(Edge.valid_from, Edge.valid_to, day))
    )
    way = way.union(above)
    return select(way.c.code).where(way.c.congress)


def _in_office(organisation: str, day: date) -> Select[uuid.UUID, str]:
    tree = subtree(organisation, day)
    seats = select(Mandate.person).where(
        Mandate.organisation.in_(select(tree.c.code).union(_own_congress(organisation, day))),
        valid_at(Mandate.starts_on, Mandate.ended_on, day),
    )
    return select(Person.id, Person.name).where(Person.id.in_(seats))


def offered(session: Session, organisation: str, day: date) -> Sequence[tuple[uuid.UUID, str]]:
    """(id, name) of everybody whom a record of this organisation may name on this day, by strokes."""
    with everything(session):
        rows = [(row.id, row.name) for row in session.execute(_in_office(organisation, day))]
    return sorted(rows, key=lambda row: (official(row[1]), row[0]))


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
