"""Seats: what one is on a day, giving one to a person, and correcting what is entered of it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import new_id
from renda.deputies.ages import too_young
from renda.directory import terms
from renda.directory.kinds import profile_of
from renda.directory.models import DeputyGroup, GroupMember, Mandate, Person
from renda.directory.persons import SEAT_TAKEN, require_congress
from renda.directory.terms import Term, wrong_first_day
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.security import audit

_HOLDS_ONE = _("This person holds a seat of this term already.")
NO_GROUP = _("There is no such group. Add it on the page of groups first.")


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
    """Give a person a seat; see `give_many`."""
    return give_many(session, organisation, [(person, values)], now=now, actor=actor)[0]


def give_many(
    session: Session,
    organisation: str,
    seated: Sequence[tuple[Person, Mapping[str, Any]]],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> list[Mandate]:
    """Give persons a seat each, with values of `fields.SEAT`; as many statements for many as for few.

    Raises:
        NotFound, Conflict: see `persons.require_congress`.
        Invalid: they hold one of that term, somebody else holds the seat, it does not begin within its term,
            or they are too young on its first day.
    """
    require_congress(session, organisation)
    years = profile_of(session, organisation).terms.years
    entered, taken, holders = _of_terms(session, organisation, {values["term"] for _who, values in seated})
    found = []
    for person, values in seated:
        term = values["term"]
        if (term, person.id) in holders:
            raise Invalid({"term": _HOLDS_ONE})
        seat = values.get("seat") or next(number for number in count(1) if (term, number) not in taken)
        if (term, seat) in taken:
            raise Invalid({"seat": _(SEAT_TAKEN, mapping={"seat": seat})})
        _require_first_day(entered.get(term), person, values["starts_on"], years=years, today=local_day(now))
        taken.add((term, seat))
        holders.add((term, person.id))
        found.append(
            Mandate(
                id=new_id(),
                organisation=organisation,
                person=person.id,
                term=term,
                seat=seat,
                constituency=values.get("constituency") or "",
                delegation=values.get("delegation") or "",
                by_election=bool(values.get("by_election")),
                starts_on=values["starts_on"],
            )
        )
    session.add_all(found)
    session.flush()
    join(session, organisation, {who.id: values["group"] for who, values in seated if values.get("group")})
    for one in found:
        detail = {"term": one.term, "seat": one.seat, "by_election": one.by_election}
        trail(session, one, "mandate.give", detail, now=now, actor=actor)
    return found


def _of_terms(
    session: Session, organisation: str, numbers: Collection[int]
) -> tuple[dict[int, Term], set[tuple[int, int]], set[tuple[int, uuid.UUID]]]:
    """Those of some terms that are entered, their seats, and who holds one of them, each with its term."""
    entered = select(Term).where(Term.organisation == organisation, Term.number.in_(numbers))
    seats = session.execute(
        select(Mandate.term, Mandate.seat, Mandate.person, Mandate.ended_on).where(
            Mandate.organisation == organisation, Mandate.term.in_(numbers)
        )
    ).all()
    return (
        {row.number: row for row in session.scalars(entered)},
        {(row.term, row.seat) for row in seats},
        {(row.term, row.person) for row in seats if row.ended_on is None},
    )


def _require_first_day(term: Term | None, person: Person, day: date, *, years: int, today: date) -> None:
    if wrong := wrong_first_day(term, day, today=today, years=years) or too_young(person.born_on, day):
        raise Invalid({"starts_on": wrong})


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
        Invalid: somebody else holds the seat, it does not begin within its term or before its end, or its
            holder is too young on its first day.
    """
    seat = values.get("seat") or mandate.seat
    other = select(Mandate.id).where(
        Mandate.organisation == mandate.organisation,
        Mandate.term == mandate.term,
        Mandate.seat == seat,
        Mandate.id != mandate.id,
    )
    if session.scalar(other) is not None:
        raise Invalid({"seat": _(SEAT_TAKEN, mapping={"seat": seat})})
    starts_on = values.get("starts_on") or mandate.starts_on
    if starts_on != mandate.starts_on:
        term = terms.find(session, mandate.organisation, mandate.term)
        years = profile_of(session, mandate.organisation).terms.years
        person = session.get_one(Person, mandate.person)
        _require_first_day(term, person, starts_on, years=years, today=local_day(now))
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
    session.flush()
    if "group" in values and join(session, mandate.organisation, {mandate.person: values["group"]}):
        changed.append("group")
    if changed:
        trail(session, mandate, "mandate.change", {"fields": sorted(changed)}, now=now, actor=actor)


def join(session: Session, organisation: str, wanted: Mapping[uuid.UUID, str | None]) -> int:
    """Let persons belong to the group of the organisation that is named, or to none; how many had to move.

    Raises:
        Invalid: there is no such group.
    """
    if not wanted:
        return 0
    groups = select(DeputyGroup.id, DeputyGroup.name).where(
        DeputyGroup.organisation == organisation, DeputyGroup.ended_on.is_(None)
    )
    at_work = {row.name: row.id for row in session.execute(groups)}
    if any(name and name not in at_work for name in wanted.values()):
        raise Invalid({"group": NO_GROUP})
    members = session.scalars(
        select(GroupMember).where(GroupMember.person.in_(wanted), GroupMember.group.in_(at_work.values()))
    ).all()
    there: dict[uuid.UUID, set[uuid.UUID]] = {}
    for row in members:
        there.setdefault(row.person, set()).add(row.group)
    should = {person: {at_work[name]} if name else set() for person, name in wanted.items()}
    for row in members:
        if row.group not in should[row.person]:
            session.delete(row)
    for person, group in ((person, one) for person, groups_of in should.items() for one in groups_of):
        if group not in there.get(person, ()):
            session.add(GroupMember(group=group, person=person))
    session.flush()
    return sum(should[person] != there.get(person, set()) for person in wanted)


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
    audit.record(
        session,
        actor=actor,
        organisation=mandate.organisation,
        action=action,
        target=mandate.id,
        now=now,
        detail=detail,
    )
