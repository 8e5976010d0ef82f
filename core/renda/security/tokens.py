"""Tokens, with which programs act for an account: made, found, used and closed. Everything is audited."""

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from renda.clock import LOCAL
from renda.database import UTCDateTime
from renda.directory.validity import valid_at
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit
from renda.security.identity import Identity
from renda.security.models import Account, Grant, Token

LONGEST = timedelta(days=365)
"""For how long a token may be good."""

MOST_OPEN = 20
"""Tokens that one account may have open at a time."""

_PREFIX = "renda_"
_TOKEN = re.compile(rf"{_PREFIX}[\w-]{{43}}", re.ASCII)
_LONGEST_NAME = 64

_account: Any = Account.__table__
_grant: Any = Grant.__table__
_token: Any = Token.__table__


@dataclass(frozen=True)
class Bearer:
    """The token that a request shows, and whom it acts for."""

    id: uuid.UUID
    used_at: datetime | None
    identity: Identity


def end_of(day: date) -> datetime:
    """The instant at which a civil day in China is over."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def issue(
    session: Session,
    *,
    account: uuid.UUID,
    organisation: str,
    name: str,
    permissions: Iterable[str],
    held: frozenset[str],
    expires_at: datetime,
    now: datetime,
    actor: uuid.UUID | None,
) -> tuple[Token, str]:
    """A new token; returns its row, and the text that is shown once and kept nowhere.

    Args:
        session: where it is kept.
        account: whom it acts for.
        organisation: the only place where it is good.
        name: what it is for.
        permissions: full names of what it may do.
        held: full names of what the account may do there.
        expires_at: the first instant at which it opens nothing any more.
        now: when.
        actor: account that makes it, or None for a command.

    Raises:
        Invalid: the name, the permissions or the day are not acceptable.
        Conflict: the account has as many tokens as it may have.
    """
    wanted, name = frozenset(permissions), name.strip()
    errors = {}
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        errors["name"] = _("Enter a name of at most 64 characters.")
    if not wanted or not wanted <= held:
        errors["permissions"] = _("Choose one or more of the permissions that you hold here.")
    if not now < expires_at <= now + LONGEST:
        errors["expires_on"] = _("Choose a day within a year from now.")
    if errors:
        raise Invalid(errors)
    if len([one for one in listed(session, account) if one.expires_at > now]) >= MOST_OPEN:
        raise Conflict(
            _(
                "There are ${count} tokens already. Close those that are not used.",
                mapping={"count": MOST_OPEN},
            )
        )
    text = _PREFIX + secrets.token_urlsafe(32)
    made = Token(
        hash=_hash(text),
        account=account,
        organisation=organisation,
        name=name,
        permissions=" ".join(sorted(wanted)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    _audit(session, made, "token.add", now, actor)
    return made, text


def listed(session: Session, account: uuid.UUID, organisation: str = "") -> Sequence[Token]:
    """Tokens of an account that are not closed, at one organisation or everywhere, the newest first."""
    wanted = select(Token).where(Token.account == account, Token.closed_at.is_(None))
    if organisation:
        wanted = wanted.where(Token.organisation == organisation)
    return session.scalars(wanted.order_by(Token.id.desc())).all()


def close(
    session: Session, identifier: str, *, owner: uuid.UUID | None, now: datetime, actor: uuid.UUID | None
) -> Token:
    """Close a token of `owner`, or of anybody where that is None; it opens nothing from now on.

    Raises:
        NotFound: there is no such token that is not closed.
    """
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound(_NO_TOKEN) from None
    found = session.scalar(select(Token).where(Token.id == wanted, Token.closed_at.is_(None)))
    if found is None or owner not in {None, found.account}:
        raise NotFound(_NO_TOKEN)
    found.closed_at = now
    session.flush()
    _audit(session, found, "token.close", now, actor)
    return found


_NO_TOKEN = _("There is no such token, or it is closed already.")


def close_all(session: Session, account: uuid.UUID, now: datetime) -> None:
    """Close every token of an account, which is closed itself."""
    session.execute(
        update(_token).where(_token.c.account == account, _token.c.closed_at.is_(None)).values(closed_at=now)
    )


def _audit(session: Session, token: Token, action: str, now: datetime, actor: uuid.UUID | None) -> None:
    audit.record(
        session,
        actor=actor,
        organisation=token.organisation,
        action=action,
        target=token.id,
        now=now,
        detail={"account": str(token.account), "name": token.name, "permissions": token.permissions},
    )


_now = bindparam("now", type_=UTCDateTime())
_FIND = (
    select(
        _token.c.id.label("token"),
        _token.c.used_at,
        _token.c.organisation,
        _token.c.permissions,
        _account.c.id,
        _account.c.login,
        _account.c.name,
        _grant.c.role,
    )
    .join_from(_token, _account, _account.c.id == _token.c.account)
    .outerjoin(
        _grant,
        and_(
            _grant.c.account == _account.c.id,
            _grant.c.organisation == _token.c.organisation,
            valid_at(_grant.c.since, _grant.c.until, _now),
        ),
    )
    .where(
        _token.c.hash == bindparam("hash"),
        _token.c.closed_at.is_(None),
        _token.c.expires_at > _now,
        _account.c.active,
    )
)
"""One statement for every call; built once, because building it takes longer than running it."""


def find(session: Session, text: str, now: datetime) -> Bearer | None:
    """Whom a token acts for, with the roles in force; None where it is unknown, expired or closed."""
    if not _TOKEN.fullmatch(text):
        return None
    rows = session.connection().execute(_FIND, {"hash": _hash(text), "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    roles = frozenset(row.role for row in rows if row.role is not None)
    identity = Identity(
        first.id,
        first.login,
        first.name,
        {first.organisation: roles} if roles else {},
        frozenset(first.permissions.split()),
    )
    return Bearer(first.token, first.used_at, identity)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
