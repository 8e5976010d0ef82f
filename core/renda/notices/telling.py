"""Telling people of something: one function for all modules, once for each account and thing that happened.

A notice waits in the account's inbox; what its owner has chosen goes out through channels, too.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.directory.validity import valid_at
from renda.i18n import freeze
from renda.notices import sending
from renda.notices.models import Delivery, Notice
from renda.plugins import Declared
from renda.security.models import Account, Grant
from renda.slices import slices


@dataclass(frozen=True)
class News:
    """Something that happened and whom it concerns.

    Attributes:
        organisation: where; its pages show it.
        roles: all who play one of them there are told.
        accounts: ids of accounts that are told whatever they play there.
        kind: one of `renda.notices.kinds.KINDS`.
        title: what it is about: a message, or plain text.
        path: address of the thing below `/o/{organisation}/`.
        key: what happened, at most once for each account.
    """

    organisation: str
    roles: Collection[str]
    kind: str
    title: str
    path: str
    key: str
    accounts: Collection[uuid.UUID] = ()


def roles_that_may(declared: Declared, *permissions: str) -> frozenset[str]:
    """Roles that hold one of these permissions, by their full names, where the module is in use."""
    wanted = [one.partition(":")[::2] for one in permissions]
    return frozenset(
        role
        for module, verb in wanted
        if module in declared.modules
        for role, verbs in declared.modules[module].grants.items()
        if verb in verbs
    )


def tell(session: Session, news: Sequence[News], now: datetime) -> int:
    """Give everybody whom news concern a notice, unless they were told of it before; how many were given.

    An organisation of another node has nobody here, and so nobody is told.
    """
    accounts = _accounts(session, news, now)
    given = 0
    if not accounts and not any(one.accounts for one in news):
        return given
    for some in slices(news):
        told = _told(session, [one.key for one in some])
        rows = {
            (account, one.key): _row(one, account, now)
            for one in some
            for account in _concerned(accounts, one)
            if (account, one.key) not in told
        }
        if rows:
            session.execute(insert(Notice), [*rows.values()])
            sending.plan(session, [*rows.values()], now)
        given += len(rows)
    return given


Accounts = Mapping[tuple[str, str], Collection[uuid.UUID]]
"""Accounts by organisation and role."""


def _accounts(session: Session, news: Iterable[News], now: datetime) -> Accounts:
    news = list(news)
    places = sorted({one.organisation for one in news})
    roles = sorted({role for one in news for role in one.roles})
    found: dict[tuple[str, str], set[uuid.UUID]] = {}
    for some in slices(places):
        rows = session.execute(
            select(Grant.organisation, Grant.role, Grant.account)
            .join(Account, Account.id == Grant.account)
            .where(
                Grant.organisation.in_(some),
                Grant.role.in_(roles),
                Account.active,
                valid_at(Grant.since, Grant.until, now),
            )
        )
        for row in rows:
            found.setdefault((row.organisation, row.role), set()).add(row.account)
    return found


def _concerned(accounts: Accounts, one: News) -> set[uuid.UUID]:
    playing = {account for role in one.roles for account in accounts.get((one.organisation, role), ())}
    return playing | set(one.accounts)


def _told(session: Session, keys: Collection[str]) -> set[tuple[uuid.UUID, str]]:
    rows = session.execute(select(Notice.account, Notice.key).where(Notice.key.in_(keys)))
    return {(row.account, row.key) for row in rows}


def _row(one: News, account: uuid.UUID, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "account": account,
        "organisation": one.organisation,
        "kind": one.kind,
        "title": freeze(one.title),
        "path": one.path,
        "key": one.key,
        "at": now,
        "read_at": None,
    }


def mark_read(
    session: Session, account: uuid.UUID, notices: Collection[uuid.UUID] | None, now: datetime
) -> None:
    """Mark these notices of an account as read, or all of them (None)."""
    marked = update(Notice).where(Notice.account == account, Notice.read_at.is_(None)).values(read_at=now)
    if notices is not None:
        marked = marked.where(Notice.id.in_(notices))
    session.execute(marked, execution_options={"synchronize_session": False})


def forget_read(session: Session, before: datetime) -> None:
    """Remove notices that were marked as read before an instant, and what became of sending them."""
    old = select(Notice.id).where(Notice.read_at < before)
    for statement in (
        delete(Delivery).where(Delivery.notice.in_(old)),
        delete(Notice).where(Notice.read_at < before),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
