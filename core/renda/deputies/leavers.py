"""Accounts of deputies whose seats have ended or whose data were erased: pointed out until people decide.

An account stays a deputy's by the rule by which it became one, see `renda.deputies.subjects`: a seat on
account of which records of the organisation may name the person. Nothing is taken from an account by itself.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import everything
from renda.deputies.people import NOBODY
from renda.deputies.subjects import DEPUTY
from renda.directory.models import Mandate, Person
from renda.directory.validity import is_valid_at
from renda.errors import Conflict
from renda.i18n import _
from renda.records import persons
from renda.security import accounts, audit, managing
from renda.security.models import Account, AuditEntry, Grant
from renda.types import Request

KEPT = "grant.keep"

_NOTHING = _("Nothing is to be decided on this account.")
_LEFT = _("Seat ended, still in the role of deputy")
_NAMED = _("Personal data erased, the account still bears the name")


class Leaver(NamedTuple):
    """An account on which something is to be decided.

    Attributes:
        plays: whether it still holds the role of deputy here.
        named: whether it still bears the name of somebody whose data were erased.
    """

    account: Account
    plays: bool
    named: bool


def found(session: Session, organisation: str, now: datetime) -> list[Leaver]:
    """The accounts at an organisation on which its administrators have yet to decide, by login.

    Whoever was kept is asked about again when a later seat ends, or when the person's data are erased.
    """
    rows = session.execute(
        select(Grant, Account, Person)
        .join(Account, Account.id == Grant.account)
        .join(Person, Person.id == Grant.subject)
        .where(Grant.organisation == organisation, Grant.role == DEPUTY)
        .order_by(Account.login, Grant.since)
    ).all()
    who = {person.id for _grant, _account, person in rows}
    staying = persons.eligible(session, organisation, local_day(now), who)
    last = _last_ends(session, who - staying)
    kept = _kept(session, organisation, {account.id for _grant, account, _person in rows})
    leavers: dict[uuid.UUID, Leaver] = {}
    for grant, account, person in rows:
        held = account.active and is_valid_at(grant.since, grant.until, now)
        plays = held and person.id not in staying
        named = person.erased_at is not None and account.name != NOBODY
        decided = kept.get(account.id)
        if (plays or named) and not _covers(decided, last.get(person.id), person.erased_at):
            before = leavers.get(account.id, Leaver(account, plays=False, named=False))
            leavers[account.id] = Leaver(account, before.plays or plays, before.named or named)
    return list(leavers.values())


def _last_ends(session: Session, who: Collection[uuid.UUID]) -> Mapping[uuid.UUID, date]:
    """The day on which each person's last seat ended."""
    statement = select(Mandate.person, func.max(Mandate.ended_on).label("day")).where(Mandate.person.in_(who))
    with everything(session):
        rows = session.execute(statement.group_by(Mandate.person)).all()
    return {row.person: row.day for row in rows}


def _kept(session: Session, organisation: str, who: Collection[uuid.UUID]) -> Mapping[uuid.UUID, datetime]:
    """When administrators last decided to keep each account."""
    rows = session.execute(
        select(AuditEntry.target, func.max(AuditEntry.at).label("at"))
        .where(
            AuditEntry.organisation == organisation,
            AuditEntry.action == KEPT,
            AuditEntry.target.in_([str(one) for one in who]),
        )
        .group_by(AuditEntry.target)
    )
    return {uuid.UUID(row.target): row.at for row in rows}


def _covers(decided: datetime | None, ended: date | None, erased: datetime | None) -> bool:
    """Whether a decision was made when all that it is about had happened."""
    if decided is None:
        return False
    return (ended is None or local_day(decided) >= ended) and (erased is None or decided > erased)


def of(session: Session, organisation: str, account: Account, now: datetime) -> Leaver | None:
    """What is to be decided on an account, or None."""
    return next((one for one in found(session, organisation, now) if one.account.id == account.id), None)


def keep(
    session: Session, organisation: str, account: Account, *, now: datetime, actor: uuid.UUID | None
) -> None:
    """Leave an account as it is, and be asked of it no more.

    Raises:
        Conflict: nothing is to be decided on it.
    """
    _require(session, organisation, account, now)
    audit.record(session, actor=actor, organisation=organisation, action=KEPT, target=account.id, now=now)


def forget(session: Session, organisation: str, account: Account, *, now: datetime, actor: uuid.UUID) -> None:
    """Close the account of somebody whose data were erased, and forget its name and login.

    Raises:
        Conflict: it does not bear such a name; or see `managing.switch`.
    """
    if not _require(session, organisation, account, now).named:
        raise Conflict(_NOTHING)
    managing.switch(session, organisation, account, active=False, now=now, actor=actor)
    accounts.forget(session, account, NOBODY, now=now, actor=actor)


def _require(session: Session, organisation: str, account: Account, now: datetime) -> Leaver:
    leaver = of(session, organisation, account, now)
    if leaver is None:
        raise Conflict(_NOTHING)
    return leaver


def state(leaver: Leaver) -> str:
    """What is to be decided on, as a message."""
    return _NAMED if leaver.named else _LEFT


def card(request: Request) -> Mapping[str, Any] | None:
    """The accounts on which something is to be decided, for those who administer them."""
    place = request.context.organisation.code
    tasks = [
        {
            "what": one.account.name,
            "from": request.translate(_("Accounts and roles")),
            "light": "warn",
            "state": request.translate(state(one)),
            "href": request.route_path("core.account", org=place, account=one.account.id),
        }
        for one in found(request.db, place, request.now)
    ]
    return {"title": _("Accounts and roles"), "lines": [], "tasks": tasks} if tasks else None
