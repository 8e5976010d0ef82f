"""Who may be named in a record: deputies of its organisation's congress and of those below it.

A body that has no congress of its own (a street, a development zone) works with the deputies of the nearest
congress above it, too.
"""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from sqlalchemy import CTE, Select, Text, literal, select
from sqlalchemy.orm import Session

from renda.database import everything
from renda.declarations import RecordType
from renda.directory.models import Edge, Mandate, Organisation, Person
from renda.directory.names import tidy
from renda.directory.office import held
from renda.directory.readings import begins, called
from renda.directory.strokes import official
from renda.directory.validity import valid_at
from renda.errors import Invalid
from renda.i18n import _
from renda.records import namesakes
from renda.records.kinds import Person as PersonField
from renda.records.kinds import Rejected

_NAMED = 5
"""Names that a sentence lists of those who are called so."""
_BETWEEN = re.compile(r"[、,，;；](?![^（(]*[）)])")
"""Commas, but for those in brackets."""
_NOBODY = _("Nobody who may be named here is called so. Write the name, its pinyin or its initials.")


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
        held(day),
    )
    return select(Person.id, Person.name).where(Person.id.in_(seats))


def offered(
    session: Session, organisation: str, day: date, also: Mapping[uuid.UUID, str] = MappingProxyType({})
) -> Sequence[tuple[uuid.UUID, str]]:
    """(id, name) of everybody whom a record of this organisation may name on this day, by strokes.

    `also` are named already, and stay among them. Names that several have are told apart, see
    `renda.records.namesakes`.
    """
    names = {**also, **_known(session, _in_office(organisation, day))}
    told = namesakes.told_apart(session, names, day)
    ordered = sorted(names, key=lambda one: (official(names[one]), told[one], one))
    return [(one, told[one]) for one in ordered]


def called_so(session: Session, organisation: str, day: date, text: str) -> uuid.UUID:
    """The one person whom a record of this organisation may name and whose name is typed so.

    Typed are characters of the name, its pinyin or its initials; a whole name is preferred to a part of one,
    and one that begins so to one whose given name does.
    Behind a whole name may stand in brackets what tells it apart, see `renda.records.namesakes`.

    Raises:
        Rejected: nobody is called so, or several are.
    """
    known = _known(session, _in_office(organisation, day).where(called(text)))
    name, words = namesakes.parted(text)
    if words and not known:
        alike = _known(session, _in_office(organisation, day).where(Person.name == tidy(name)))
        known = namesakes.told(session, alike, words, day)
    found = {one: name for one, name in known.items() if name == text}
    found = found or {one: name for one, name in known.items() if begins(name, text)} or known
    if not found:
        raise Rejected(_NOBODY)
    if len(found) > 1:
        told = namesakes.told_apart(session, found, day)
        called_alike = [told[one] for one in sorted(found, key=lambda one: (official(found[one]), told[one]))]
        said = {"names": "、".join(called_alike[:_NAMED]), "count": len(found)}
        raise Rejected(_("${count} persons are called so, such as ${names}. Choose one.", mapping=said))
    return next(iter(found))


def _known(session: Session, statement: Select[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    with everything(session):
        return {row.id: row.name for row in session.execute(statement)}


def many_called_so(session: Session, organisation: str, day: date, text: str) -> set[uuid.UUID]:
    """Persons whose names are typed with commas between them; see `called_so`.

    Raises:
        Rejected: one of them is nobody's name, or several persons'.
    """
    typed = filter(None, (one.strip() for one in _BETWEEN.split(text)))
    return {called_so(session, organisation, day, one) for one in typed}


def resolved(
    session: Session, organisation: str, day: date, kind: RecordType, typed: Mapping[str, str]
) -> dict[str, str]:
    """What a form holds, with ids for the persons whom it names by what was typed of their names.

    Raises:
        Invalid: with a sentence for each field that names nobody, or several persons.
    """
    found, errors = dict(typed), {}
    for name, what in kind.fields.items():
        text = typed.get(name, "").strip()
        if not isinstance(what, PersonField) or not text or is_id(text):
            continue
        try:
            found[name] = str(called_so(session, organisation, day, text))
        except Rejected as error:
            errors[name] = error.message
    if errors:
        raise Invalid(errors)
    return found


def is_id(text: str) -> bool:
    """Whether a text is an id, and no name."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


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
