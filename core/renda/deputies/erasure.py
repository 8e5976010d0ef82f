"""Erasing a person's data: an audited act, and one of two persons where administrators are kept apart.

Either what an organisation keeps sealed goes, whose span ends first, or all of it at every organisation of
the node: name, particulars, readings, sealed values, public page and unfinished input that names them. Seats
stay, and so does the keyed hash of the person, on which figures of the past rest. Evidence that was submitted
holds no name and stays.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import everything
from renda.deputies import publishing, secrets
from renda.deputies.fields import PLAIN, cleaned
from renda.deputies.people import ERASED, NOBODY
from renda.directory.kinds import profile_of
from renda.directory.models import Erasure, GroupMember, Mandate, Person, PersonReading
from renda.errors import Conflict
from renda.i18n import _
from renda.profile import Profile
from renda.records import drafts
from renda.records.kinds import Choice, Field, Text
from renda.security import audit
from renda.security.models import Account

CONTACT, EVERYTHING = "contact", "person"
FORM: Mapping[str, Field] = {
    "what": Choice(
        _("What is erased"),
        choices=(
            (CONTACT, _("Identity number, phone and address that this body keeps")),
            (EVERYTHING, _("All personal data, at every body of this node")),
        ),
    ),
    "reason": Text(_("Reason"), _("Such as: the span has passed, or the person asked. No personal data.")),
}
"""What is asked of who wants to erase; the choices are kinds of `retention.SPANS`."""

_IN_OFFICE = _("This person holds a seat. What a seat needs stays as long as it is held.")
_ASKED = _("Somebody has asked already.")
_ANOTHER = _("Somebody else has to carry it out: administrators are kept apart here.")


def apart(profile: Profile) -> bool:
    """Whether a profile demands separate administrators, so that no one erases alone."""
    return any("admin" in group for group in profile.roles.exclusive)


def waiting(session: Session, organisation: str, person: uuid.UUID) -> Erasure | None:
    """What somebody has asked for and nobody has decided."""
    return session.scalar(
        select(Erasure).where(
            Erasure.organisation == organisation, Erasure.person == person, Erasure.decided_at.is_(None)
        )
    )


def undecided(session: Session, organisation: str) -> list[tuple[Erasure, str]]:
    """All that waits at an organisation, with the names of who asked, the oldest first."""
    rows = session.execute(
        select(Erasure, Account.name)
        .join(Account, Account.id == Erasure.asked_by)
        .where(Erasure.organisation == organisation, Erasure.decided_at.is_(None))
        .order_by(Erasure.asked_at, Erasure.id)
    )
    return [(row, name) for row, name in rows]


def obstacle(session: Session, person: Person, now: datetime) -> str:
    """Why a person's data cannot be erased, or "": a seat at any congress of this node stands against it."""
    if person.erased_at is not None:
        return ERASED
    today = local_day(now)
    held = select(Mandate.id).where(
        Mandate.person == person.id, or_(Mandate.ended_on.is_(None), Mandate.ended_on > today)
    )
    with everything(session):
        return _IN_OFFICE if session.scalar(held.limit(1)) is not None else ""


def ask(
    session: Session,
    organisation: str,
    person: Person,
    form: Mapping[str, object],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> Erasure:
    """Ask to erase a person's data; it is done at once where one may do it alone.

    Raises:
        Conflict: they hold a seat, were erased already, or somebody has asked.
        Invalid: the reason, or what is to be erased, is missing.
    """
    if why := obstacle(session, person, now):
        raise Conflict(why)
    if waiting(session, organisation, person.id) is not None:
        raise Conflict(_ASKED)
    said = cleaned(FORM, form, FORM)
    row = Erasure(organisation=organisation, person=person.id, **said, asked_by=actor, asked_at=now)
    session.add(row)
    session.flush()
    _trail(session, row, "person.erase_asked", now=now, actor=actor)
    if not apart(profile_of(session, organisation)):
        _carry_out(session, person, row, now, actor)
    return row


def decide(
    session: Session, person: Person, row: Erasure, *, erase: bool, now: datetime, actor: uuid.UUID
) -> None:
    """Carry out what somebody else asked for, or decline it; who asked may take it back.

    Raises:
        Conflict: it was decided, the person holds a seat, or the one who asked would carry it out.
    """
    session.refresh(row, with_for_update=True)
    if row.decided_at is not None:
        raise Conflict
    if not erase:
        row.decided_by, row.decided_at, row.erased = actor, now, False
        _trail(session, row, "person.erase_declined", now=now, actor=actor)
        return
    if row.asked_by == actor and apart(profile_of(session, row.organisation)):
        raise Conflict(_ANOTHER)
    if why := obstacle(session, person, now):
        raise Conflict(why)
    _carry_out(session, person, row, now, actor)


def _carry_out(session: Session, person: Person, row: Erasure, now: datetime, actor: uuid.UUID) -> None:
    row.decided_by, row.decided_at, row.erased = actor, now, True
    _trail(session, row, "person.erase", now=now, actor=actor)
    if row.what == CONTACT:
        secrets.forget(session, person, row.organisation)
        return
    for place in _forget(session, person, now) - {row.organisation}:
        _trail(session, row, "person.erase", now=now, actor=actor, place=place)


def _forget(session: Session, person: Person, now: datetime) -> set[str]:
    """Erase all that tells who a person was; codes of the organisations whose seats they held."""
    with everything(session):
        drafts.forget_person(session, person.id, person.name)
    for name in PLAIN:
        setattr(person, name, None)
    person.name, person.erased_at = NOBODY, now
    session.execute(delete(PersonReading).where(PersonReading.person == person.id))
    session.execute(delete(GroupMember).where(GroupMember.person == person.id))
    with everything(session):
        secrets.forget(session, person)
        publishing.withdraw(session, person)
        held = select(Mandate.organisation).where(Mandate.person == person.id).distinct()
        return set(session.scalars(held))


def _trail(
    session: Session, row: Erasure, action: str, *, now: datetime, actor: uuid.UUID, place: str = ""
) -> None:
    """Write down what was asked or done, where it was asked or at another organisation that it concerns."""
    audit.record(
        session,
        actor=actor,
        organisation=place or row.organisation,
        action=action,
        target=row.person,
        now=now,
        detail={"what": row.what, "words": row.reason},
    )
