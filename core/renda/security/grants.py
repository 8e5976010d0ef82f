"""Grants: which roles an account plays where, and since when. Everything is audited."""

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.directory.validity import valid_at
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit
from renda.security.models import Account, Grant
from renda.types import Registry


def roles_at(session: Session, account: uuid.UUID, organisation: str, now: datetime) -> frozenset[str]:
    """Roles that an account plays at an organisation at an instant."""
    return frozenset(
        session.scalars(
            select(Grant.role).where(
                Grant.account == account,
                Grant.organisation == organisation,
                valid_at(Grant.since, Grant.until, now),
            )
        )
    )


def subject_of(
    session: Session, account: uuid.UUID, organisation: str, role: str, now: datetime
) -> uuid.UUID | None:
    """Whom an account plays a role for at an organisation: the deputy, or the handling unit."""
    return session.scalars(
        select(Grant.subject).where(
            Grant.account == account,
            Grant.organisation == organisation,
            Grant.role == role,
            valid_at(Grant.since, Grant.until, now),
        )
    ).first()


def accounts_for(
    session: Session, subject: uuid.UUID, organisation: str, role: str, now: datetime
) -> frozenset[uuid.UUID]:
    """The open accounts that play a role at an organisation for a deputy or a handling unit."""
    return frozenset(
        session.scalars(
            select(Grant.account)
            .join(Account, Account.id == Grant.account)
            .where(
                Grant.subject == subject,
                Grant.organisation == organisation,
                Grant.role == role,
                Account.active,
                valid_at(Grant.since, Grant.until, now),
            )
        )
    )


def grant(
    session: Session,
    *,
    account: Account,
    organisation: str,
    role: str,
    now: datetime,
    actor: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
) -> None:
    """Let an account play a role at an organisation from now on; granting what is granted changes nothing.

    Args:
        session: one that sees the organisation.
        account: who plays it.
        organisation: code of the organisation.
        role: name of the role.
        now: from when on.
        actor: account that grants it, None on the command line.
        subject: whom it is played for, see `Grant`; it belongs to the organisation
            (`renda.deputies.subjects.find`).

    Raises:
        Invalid: there is no such role at that tier, or no such organisation.
        Conflict: the account plays a part there that excludes this one, or plays it for somebody else.
    """
    held = roles_at(session, account.id, organisation, now)
    if role in held:
        if subject_of(session, account.id, organisation, role, now) != subject:
            raise Conflict(_("The account plays this role for somebody else. Take the role from it first."))
        return
    _check_role(session, organisation, role, held)
    session.add(Grant(account=account.id, organisation=organisation, role=role, since=now, subject=subject))
    session.flush()
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="grant.add",
        target=account.id,
        now=now,
        detail={"role": role, **({"subject": str(subject)} if subject else {})},
    )


def revoke(
    session: Session,
    *,
    account: Account,
    organisation: str,
    role: str,
    now: datetime,
    actor: uuid.UUID | None = None,
) -> None:
    """End a role at once, also in sessions that are open.

    Raises:
        NotFound: the account does not play it there.
    """
    found = session.scalar(
        select(Grant).where(
            Grant.account == account.id,
            Grant.organisation == organisation,
            Grant.role == role,
            or_(Grant.until.is_(None), Grant.until > now),
        )
    )
    if found is None:
        raise NotFound(_("The account does not hold this role at this organisation."))
    found.until = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="grant.end",
        target=account.id,
        now=now,
        detail={"role": role},
    )


def _check_role(session: Session, organisation: str, role: str, held: frozenset[str]) -> None:
    registry: Registry = session.info["registry"]
    tier = session.scalar(select(Organisation.tier).where(Organisation.code == organisation))
    if tier is None:
        raise Invalid(
            {"organisation": _("There is no organisation ${code}.", mapping={"code": organisation})}
        )
    profile = registry.profiles.get(tier)
    if role not in registry.declared.roles or (profile and role not in profile.roles.labels):
        raise Invalid({"role": _("There is no role ${role} at this tier.", mapping={"role": role})})
    if profile and profile.roles.clashes(held | {role}):
        raise Conflict(_("One account may not hold these roles together."))
