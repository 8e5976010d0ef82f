"""What only a logged purpose opens: sealed identity numbers, phones and home addresses.

They are sealed with the key of the chain, which itself lies sealed with the node's key file, so that a copy
of the database opens nothing, and records that move to another node of the chain come along.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.declarations import Message
from renda.deputies.fields import PERSON, SEALED
from renda.directory.models import Person, PersonSecret
from renda.errors import Invalid
from renda.i18n import _
from renda.records.kinds import Rejected, Text, mask
from renda.security import audit, vault

PURPOSES: Mapping[str, Message] = {
    "credentials": _("Examining credentials"),
    "duty": _("Reaching the deputy about deputies' work"),
    "certificate": _("Certificates, insurance and travel for deputies' work"),
    "report": _("A list that the law or a body above asks for"),
    "request": _("The deputy's own request to see or correct it"),
    "inquiry": _("An inquiry or audit"),
}
"""What sealed data may be opened for."""

WORDS = Text(_("In words"), _("What for exactly; no personal data here."), max_length=200)
_SHOWN = 3
"""Characters of an address that are shown."""


def masked(field: str, value: str) -> str:
    """What of a value may be shown: of an address no more than where it begins."""
    return f"{value[:_SHOWN]}****" if field == "address" else mask(value)


def put(session: Session, organisation: str, person: Person, values: Mapping[str, Any]) -> None:
    """Seal those of the values that are to be sealed; None takes away what an organisation keeps."""
    key = vault.chain_key(session)
    for field in SEALED:
        if field not in values:
            continue
        value = values[field]
        held = session.get(PersonSecret, (organisation, person.id, field))
        if value is None:
            if held is not None:
                session.delete(held)
            continue
        if held is None:
            session.add(_secret(key, organisation, person, field, value))
        else:
            held.sealed = vault.seal(value.encode(), key, _owner(person, field))
            held.masked = masked(field, value)
    session.flush()


def put_new(session: Session, organisation: str, many: Iterable[tuple[Person, Mapping[str, Any]]]) -> None:
    """Seal values of persons of whom the organisation has none yet."""
    key = vault.chain_key(session)
    session.add_all(
        _secret(key, organisation, person, field, values[field])
        for person, values in many
        for field in SEALED
        if values.get(field) is not None
    )
    session.flush()


def _secret(key: bytes, organisation: str, person: Person, field: str, value: str) -> PersonSecret:
    return PersonSecret(
        organisation=organisation,
        person=person.id,
        field=field,
        sealed=vault.seal(value.encode(), key, _owner(person, field)),
        masked=masked(field, value),
    )


def _owner(person: Person, field: str) -> str:
    """Whose it is, by the key that a person has at every node: ids change with the node."""
    return _owned(person.key, field)


def _owned(key: int, field: str) -> str:
    return f"person:{key}:{field}"


def shown(
    session: Session, organisation: str, persons: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[str, str]]:
    """What may be shown of the sealed values of persons, by person and field; nothing is opened."""
    found: dict[uuid.UUID, dict[str, str]] = {}
    rows = session.execute(
        select(PersonSecret.person, PersonSecret.field, PersonSecret.masked).where(
            PersonSecret.organisation == organisation, PersonSecret.person.in_(persons)
        )
    )
    for row in rows:
        found.setdefault(row.person, {})[row.field] = row.masked
    return found


def unsealed(session: Session, organisation: str, person: Person) -> dict[str, str]:
    """The values themselves, for the system's own comparisons; readers get them from `opened` alone."""
    key = vault.chain_key(session)
    rows = session.scalars(
        select(PersonSecret).where(
            PersonSecret.organisation == organisation, PersonSecret.person == person.id
        )
    )
    return {row.field: vault.unseal(row.sealed, key, _owner(person, row.field)).decode() for row in rows}


def reader(session: Session, organisation: str) -> Callable[[Person, str], str | None]:
    """Gives one sealed value of a person, for the system's own comparisons of many."""
    key = vault.chain_key(session)
    rows = session.scalars(select(PersonSecret).where(PersonSecret.organisation == organisation))
    held = {(row.person, row.field): row.sealed for row in rows}

    def value(person: Person, field: str) -> str | None:
        sealed = held.get((person.id, field))
        return None if sealed is None else vault.unseal(sealed, key, _owner(person, field)).decode()

    return value


def shut(session: Session) -> int:
    """How many sealed values do not open, at all organisations that the session sees."""
    if session.scalar(select(PersonSecret.person).limit(1)) is None:
        return 0
    key, number = vault.chain_key(session), 0
    rows = session.execute(
        select(PersonSecret.sealed, PersonSecret.field, Person.key)
        .join(Person, Person.id == PersonSecret.person)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        try:
            vault.unseal(row.sealed, key, _owned(row.key, row.field))
        except vault.CannotUnseal:
            number += 1
    return number


def opened(
    session: Session,
    organisation: str,
    person: Person,
    *,
    purpose: str,
    words: str,
    actor: uuid.UUID,
    now: datetime,
) -> dict[str, str]:
    """The values in full, and that somebody saw them, in one transaction.

    Raises:
        Invalid: the purpose is none of the list, or is not put into words.
    """
    errors = {}
    if purpose not in PURPOSES:
        errors["purpose"] = _("Choose one of the values in the list.")
    try:
        said = WORDS.clean(words)
    except Rejected as error:
        errors["words"] = error.message
    if errors:
        raise Invalid(errors)
    found = unsealed(session, organisation, person)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="person.open",
        target=person.id,
        now=now,
        detail={"fields": sorted(found), "purpose": purpose, "words": said},
    )
    session.flush()
    return {field: found[field] for field in PERSON if field in found}


def forget(session: Session, person: Person, organisation: str | None = None) -> None:
    """Delete the sealed values of a person at one organisation, or at all that the session sees."""
    at = () if organisation is None else (PersonSecret.organisation == organisation,)
    session.execute(delete(PersonSecret).where(PersonSecret.person == person.id, *at))
