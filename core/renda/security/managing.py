"""What the administrator of an organisation does with accounts: sees who plays a part there, and changes it.

An account belongs to the organisation whose roles alone it ever held. Only its administrators let it in anew,
close it or give it more roles; who plays a part elsewhere, too, is not for one of several to take over, and
only the node's operator (`renda user`) changes more of that account than the roles here. Nobody does any of
this to their own account: a session left open must not become another's, and one administrator stays.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from renda.deputies import subjects
from renda.directory.validity import valid_at
from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda.security import accounts, grants, second_factor
from renda.security.models import Account, Grant

_ELSEWHERE = _(
    "The account ${login} also plays a part at another organisation. "
    "Only the operator of the node changes it, by the command renda user."
)
_ONESELF = _("This is your own account. Ask another administrator, or the operator of the node.")


def listed(session: Session, organisation: str) -> Sequence[Account]:
    """The accounts that hold a role at the organisation, or held one; by login."""
    return session.scalars(select(Account).where(_is_known(organisation)).order_by(Account.login)).all()


def _is_known(organisation: str) -> ColumnElement[bool]:
    return Account.id.in_(select(Grant.account).where(Grant.organisation == organisation))


def held(session: Session, organisation: str, now: datetime) -> dict[uuid.UUID, list[Grant]]:
    """What is granted at the organisation now, by account."""
    found: dict[uuid.UUID, list[Grant]] = {}
    current = (Grant.organisation == organisation, valid_at(Grant.since, Grant.until, now))
    for one in session.scalars(select(Grant).where(*current).order_by(Grant.role)):
        found.setdefault(one.account, []).append(one)
    return found


def find(session: Session, organisation: str, identifier: str) -> Account:
    """One of the `listed` accounts.

    Raises:
        NotFound: it is none of them.
    """
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound from None
    account = session.scalar(select(Account).where(Account.id == wanted, _is_known(organisation)))
    if account is None:
        raise NotFound
    return account


def belongs(session: Session, organisation: str, account: Account) -> bool:
    """Whether an account never held a role anywhere else."""
    elsewhere = select(Grant.account).where(Grant.account == account.id, Grant.organisation != organisation)
    return session.scalar(elsewhere.limit(1)) is None


def add(
    session: Session,
    organisation: str,
    *,
    login: str,
    name: str,
    role: str,
    whom: str,
    now: datetime,
    actor: uuid.UUID,
) -> tuple[Account, str]:
    """A new account with a role, and the one-time code with which its owner chooses a password.

    Raises:
        Invalid: login, name, role or `whom` are not acceptable.
        Conflict: the login is taken.
    """
    account = accounts.create_account(session, login=login, name=name, now=now, actor=actor)
    give(session, organisation, account, role=role, whom=whom, now=now, actor=actor)
    return account, accounts.issue_code(session, account, now=now, actor=actor)


def give(
    session: Session,
    organisation: str,
    account: Account,
    *,
    role: str,
    whom: str,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Let an account play one more role here; where `whom` names a deputy or a handling unit, for them.

    Raises:
        Invalid: there is no such role at this tier, or nobody of this name.
        Conflict: the account belongs elsewhere, too; or the role does not go with those that it has.
    """
    if why := _elsewhere(session, organisation, account):
        raise Conflict(why)
    subject = subjects.find(session, organisation, role, whom, now) if whom else None
    grants.grant(
        session, account=account, organisation=organisation, role=role, now=now, actor=actor, subject=subject
    )


def take(
    session: Session, organisation: str, account: Account, role: str, *, now: datetime, actor: uuid.UUID
) -> None:
    """End a role of somebody else here, wherever else the account plays a part.

    Raises:
        Conflict: the account is the actor's own.
        NotFound: it does not play the role here.
    """
    if account.id == actor:
        raise Conflict(_ONESELF)
    grants.revoke(session, account=account, organisation=organisation, role=role, now=now, actor=actor)


def let_in(session: Session, organisation: str, account: Account, *, now: datetime, actor: uuid.UUID) -> str:
    """A new one-time code, for who has forgotten the password; two-step verification stays.

    Raises:
        Conflict: the account is the actor's own, or belongs elsewhere, too.
    """
    _ensure_free(session, organisation, account, actor)
    return accounts.issue_code(session, account, now=now, actor=actor)


def forget_factor(
    session: Session, organisation: str, account: Account, *, now: datetime, actor: uuid.UUID
) -> None:
    """Turn two-step verification off for who has lost the phone.

    Raises:
        Conflict: the account is the actor's own, or belongs elsewhere, too.
        NotFound: it is not on.
    """
    _ensure_free(session, organisation, account, actor)
    second_factor.reset(session, account, now=now, actor=actor)


def switch(
    session: Session, organisation: str, account: Account, *, active: bool, now: datetime, actor: uuid.UUID
) -> None:
    """Close an account, or open it again; nothing is deleted.

    Raises:
        Conflict: the account is the actor's own, or belongs elsewhere, too.
    """
    _ensure_free(session, organisation, account, actor)
    accounts.set_active(session, account, active=active, now=now, actor=actor)


def obstacle(session: Session, organisation: str, account: Account, actor: uuid.UUID) -> str:
    """Why an administrator may not change how an account signs in, or ""."""
    if account.id == actor:
        return _ONESELF
    return _elsewhere(session, organisation, account)


def _elsewhere(session: Session, organisation: str, account: Account) -> str:
    if belongs(session, organisation, account):
        return ""
    return _(_ELSEWHERE, mapping={"login": account.login})


def _ensure_free(session: Session, organisation: str, account: Account, actor: uuid.UUID) -> None:
    if why := obstacle(session, organisation, account, actor):
        raise Conflict(why)
