"""Seats: what one is on a day, giving one to a person, and correcting what is entered of it."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from renda.declarations import Message
from renda.directory.models import DeputyGroup, GroupMember, Mandate, Person
from renda.directory.persons import require_congress
from renda.directory.terms import find as find_term
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.security import audit

IN_OFFICE, SUSPENDED, ENDED = "in_office", "suspended", "ended"
STATES: Mapping[str, tuple[str, Message]] = {
    IN_OFFICE: ("ok", _("In office")),
    SUSPENDED: ("warn", _("Suspended")),
    ENDED: ("off", _("Ended")),
}
"""Light and words of what a seat is on a day."""

_TAKEN = _("Somebody else holds the seat ${seat}.")
_HOLDS_ONE = _("This person holds a seat of this term already.")
_NO_GROUP = _("There is no such group. Add it on the page of groups first.")
_BEFORE_TERM = _("The seat begins before its term, on ${day}.")


def state(mandate: Mandate, day: date) -> str:
    """What a seat is on a day: one of `STATES`."""
    if mandate.ended_on is not None and mandate.ended_on <= day:
        return ENDED
    if mandate.suspended_on is not None and mandate.suspended_on <= day:
        return SUSPENDED
    return IN_OFFICE


def find(session: Session, organisation: str, person: uuid.UUID, identifier: str) -> Mandate:
    """A seat of a person in an organisation's congress.

    Raises:
        NotFound: there is none.
    """
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound from None
    found = session.scalar(
        select(Mandate).where(
            Mandate.id == wanted, Mandate.organisation == organisation, Mandate.person == person
        )
    )
    if found is None:
        raise NotFound
    return found


def give(
    session: Session,
    organisation: str,
    person: Person,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> Mandate:
    """Give a person a seat, with values of `fields.SEAT`.

    Raises:
        NotFound, Conflict: see `persons.require_congress`.
        Invalid: they hold one of that term, somebody else holds the seat, or it begins before its term.
    """
    require_congress(session, organisation)
    term = values["term"]
    of_term = (Mandate.organisation == organisation, Mandate.term == term)
    held = select(Mandate.id).where(*of_term, Mandate.person == person.id, Mandate.ended_on.is_(None))
    if session.scalar(held) is not None:
        raise Invalid({"term": _HOLDS_ONE})
    seat = values.get("seat") or _free_seat(session, organisation, term)
    if session.scalar(select(Mandate.id).where(*of_term, Mandate.seat == seat)) is not None:
        raise Invalid({"seat": _(_TAKEN, mapping={"seat": seat})})
    _require_in_term(session, organisation, term, values["starts_on"])
    mandate = Mandate(
        organisation=organisation,
        person=person.id,
        term=term,
        seat=seat,
        constituency=values.get("constituency") or "",
        delegation=values.get("delegation") or "",
        by_election=bool(values.get("by_election")),
        starts_on=values["starts_on"],
    )
    session.add(mandate)
    session.flush()
    if group := values.get("group"):
        join(session, organisation, person, group)
    detail = {"term": term, "seat": seat, "by_election": mandate.by_election}
    trail(session, mandate, "mandate.give", detail, now=now, actor=actor)
    return mandate


def _free_seat(session: Session, organisation: str, term: int) -> int:
    """The lowest number that no seat of the term has."""
    taken = select(Mandate.seat).where(Mandate.organisation == organisation, Mandate.term == term)
    if 1 not in session.scalars(taken.where(Mandate.seat == 1)).all():
        return 1
    after = aliased(Mandate)
    gap = (
        select(func.min(after.seat + 1))
        .where(after.organisation == organisation, after.term == term)
        .where((after.seat + 1).not_in(taken))
    )
    return session.scalars(gap).one() or 1


def _require_in_term(session: Session, organisation: str, term: int, starts_on: date) -> None:
    entered = find_term(session, organisation, term)
    if entered is not None and starts_on < entered.starts_on:
        raise Invalid({"starts_on": _(_BEFORE_TERM, mapping={"day": entered.starts_on.isoformat()})})


def change(
    session: Session,
    mandate: Mandate,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Correct what is entered of a seat; its term stays.

    Raises:
        Invalid: somebody else holds the seat, or it begins before its term or after its end.
    """
    seat = values.get("seat") or mandate.seat
    other = select(Mandate.id).where(
        Mandate.organisation == mandate.organisation,
        Mandate.term == mandate.term,
        Mandate.seat == seat,
        Mandate.id != mandate.id,
    )
    if session.scalar(other) is not None:
        raise Invalid({"seat": _(_TAKEN, mapping={"seat": seat})})
    starts_on = values.get("starts_on") or mandate.starts_on
    _require_in_term(session, mandate.organisation, mandate.term, starts_on)
    if mandate.ended_on is not None and starts_on >= mandate.ended_on:
        raise Invalid({"starts_on": _("The seat begins after its end.")})
    new = {
        "seat": seat,
        "starts_on": starts_on,
        **{name: values[name] or "" for name in ("constituency", "delegation") if name in values},
        **({"by_election": bool(values["by_election"])} if "by_election" in values else {}),
    }
    changed = [name for name, value in new.items() if getattr(mandate, name) != value]
    for name in changed:
        setattr(mandate, name, new[name])
    person = session.get_one(Person, mandate.person)
    if "group" in values and join(session, mandate.organisation, person, values["group"]):
        changed.append("group")
    if changed:
        trail(session, mandate, "mandate.change", {"fields": sorted(changed)}, now=now, actor=actor)


def join(session: Session, organisation: str, person: Person, name: str | None) -> bool:
    """Let a person belong to the organisation's group of this name and to no other of it; whether it is new.

    Raises:
        Invalid: there is no such group.
    """
    ours = select(DeputyGroup.id).where(DeputyGroup.organisation == organisation)
    wanted = session.scalar(ours.where(DeputyGroup.name == name, DeputyGroup.ended_on.is_(None)))
    if name and wanted is None:
        raise Invalid({"group": _NO_GROUP})
    mine = (GroupMember.person == person.id, GroupMember.group.in_(ours))
    rows = session.scalars(select(GroupMember).where(*mine)).all()
    if [row.group for row in rows] == ([] if wanted is None else [wanted]):
        return False
    for row in rows:
        if row.group != wanted:
            session.delete(row)
    if wanted is not None and wanted not in [row.group for row in rows]:
        session.add(GroupMember(group=wanted, person=person.id))
    session.flush()
    return True


def trail(
    session: Session,
    mandate: Mandate,
    action: str,
    detail: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Write down an act on a seat."""
    session.flush()
    audit.record(
        session,
        actor=actor,
        organisation=mandate.organisation,
        action=action,
        target=mandate.id,
        now=now,
        detail=detail,
    )
