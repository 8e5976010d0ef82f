"""Persons: added once, known by their identity number, changed with a trail of what was changed."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import everything, new_id
from renda.deputies import secrets
from renda.deputies.ages import not_born, too_young
from renda.deputies.fields import PLAIN, SEALED
from renda.directory import readings
from renda.directory.models import Mandate, Person, PersonReading, PersonSecret
from renda.directory.names import plain_name
from renda.directory.persons import person_key
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit, vault

OTHER_NAME = _("This identity number belongs to a person of another name.")
SOMEBODY_ELSE = _("Somebody else on this node has this identity number.")
NOBODY = "***"
"""The name of a person whose data were erased."""
ERASED = _("The personal data of this person were erased.")


def at(session: Session, organisation: str, identifier: str) -> Person:
    """A person who holds or held a seat of an organisation.

    Raises:
        NotFound: nobody of this id does.
    """
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound from None
    seats = select(Mandate.person).where(Mandate.organisation == organisation)
    found = session.scalar(select(Person).where(Person.id == wanted, Person.id.in_(seats)))
    if found is None:
        raise NotFound
    return found


def known(session: Session, identity: str) -> Person | None:
    """Who has an identity number, if this node knows."""
    key = person_key(vault.chain_key(session), identity)
    return session.scalar(select(Person).where(Person.key == key))


def unidentified(key: bytes, person: Person) -> bool:
    """Whether no identity number of a person was ever entered; `key` is the chain's."""
    return person.key == person_key(key, _alone(person.id))


def _alone(who: uuid.UUID) -> str:
    """What stands for the identity number of a person of whom none is known."""
    return f"person:{who}"


def add(
    session: Session,
    organisation: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> Person:
    """A new person, or the one who has this identity number, with these values.

    Without an identity number nobody can tell whether another node knows the person, too; their key is then
    this person's alone until a number is entered.

    Raises:
        Invalid: the number belongs to somebody of another name, or the day of birth is wrong.
    """
    identity = values.get("identity")
    person = known(session, identity) if identity else None
    if person is None:
        return add_new(session, organisation, [values], now=now, actor=actor)[0]
    if person.erased_at is not None:
        person.erased_at = None
        _rename(session, person, values["name"])
    elif plain_name(person.name) != plain_name(values["name"]):
        raise Invalid({"identity": OTHER_NAME})
    given = {name: value for name, value in values.items() if value is not None}
    _require_born(session, person, given, now)
    _write(session, organisation, person, given)
    _trail(session, organisation, person, "person.add", given, now=now, actor=actor)
    return person


def add_new(
    session: Session,
    organisation: str,
    many: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> list[Person]:
    """Persons whose identity numbers nobody has here; as many statements for many as for few.

    Raises:
        Invalid: a day of birth is still to come.
    """
    key, found = vault.chain_key(session), []
    for values in many:
        if wrong := not_born(values.get("born_on"), local_day(now)):
            raise Invalid({"born_on": wrong})
        who = new_id()
        plain = {name: values.get(name) for name in PLAIN}
        found.append(Person(id=who, key=person_key(key, values.get("identity") or _alone(who)), **plain))
    session.add_all(found)
    session.flush()
    readings.add(session, [(one.id, one.name) for one in found])
    secrets.put_new(session, organisation, zip(found, many, strict=True))
    for person, values in zip(found, many, strict=True):
        given = [name for name, value in values.items() if value is not None]
        _trail(session, organisation, person, "person.add", given, now=now, actor=actor)
    return found


def change(
    session: Session,
    organisation: str,
    person: Person,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Give a person other values; of sealed ones only those that are among `values`.

    Raises:
        Conflict: the person's data were erased.
        Invalid: somebody else has the identity number, or the day of birth is wrong.
    """
    if person.erased_at is not None:
        raise Conflict(ERASED)
    _require_born(session, person, values, now)
    changed = [name for name, value in values.items() if name in SEALED or value != getattr(person, name)]
    if identity := values.get("identity"):
        _rekey(session, person, identity)
    if "name" in changed:
        _rename(session, person, values["name"])
    _write(session, organisation, person, values)
    if changed:
        _trail(session, organisation, person, "person.change", changed, now=now, actor=actor)


def _require_born(session: Session, person: Person, values: Mapping[str, Any], now: datetime) -> None:
    """Refuse another day of birth that is still to come, or on which a seat of the person rests too soon."""
    born_on = values.get("born_on")
    if born_on is None or born_on == person.born_on:
        return
    with everything(session):
        first = session.scalar(select(func.min(Mandate.starts_on)).where(Mandate.person == person.id))
    if wrong := not_born(born_on, local_day(now)) or too_young(born_on, first):
        raise Invalid({"born_on": wrong})


def _write(session: Session, organisation: str, person: Person, values: Mapping[str, Any]) -> None:
    for name in PLAIN:
        if name in values:
            setattr(person, name, values[name])
    secrets.put(session, organisation, person, values)


def _rename(session: Session, person: Person, name: str) -> None:
    person.name = name
    session.execute(delete(PersonReading).where(PersonReading.person == person.id))
    readings.add(session, [(person.id, name)])


def _rekey(session: Session, person: Person, identity: str) -> None:
    """Hash a person by a number that was not known; what is sealed for them is bound to the new hash."""
    key = person_key(vault.chain_key(session), identity)
    if key == person.key:
        return
    if session.scalar(select(Person.id).where(Person.key == key)) is not None:
        raise Invalid({"identity": SOMEBODY_ELSE})
    with everything(session):
        places = session.scalars(
            select(PersonSecret.organisation).where(PersonSecret.person == person.id).distinct()
        ).all()
        held = {place: secrets.unsealed(session, place, person) for place in places}
        person.key = key
        for place, values in held.items():
            secrets.put(session, place, person, values)


def _trail(
    session: Session,
    organisation: str,
    person: Person,
    action: str,
    fields: Iterable[str],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    detail = {"fields": sorted(fields)}
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action=action,
        target=person.id,
        now=now,
        detail=detail,
    )
