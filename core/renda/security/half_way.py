"""Half-way in: the right password was given, the second factor is still owed.

The browser that gave the password holds a ticket in a cookie, the database its hash; no page but the one
for the second step looks at it. It is no session and never becomes one: that gets a token of its own.
"""

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.security.models import Account, HalfWay
from renda.security.sessions import cookie_name, key_of
from renda.types import Registry

LASTS = timedelta(minutes=10)
"""Long enough to install an authenticator on a phone."""


def ticket_name(registry: Registry) -> str:
    """Name of the cookie with the ticket."""
    return f"{cookie_name(registry)}-half"


def begin(session: Session, account: uuid.UUID, now: datetime) -> str:
    """Let somebody half-way in; returns the ticket. What has expired is forgotten."""
    session.execute(delete(HalfWay).where(HalfWay.created_at <= now - LASTS))
    ticket = secrets.token_urlsafe(32)
    session.add(HalfWay(id=key_of(ticket), account=account, created_at=now))
    session.flush()
    return ticket


def find(session: Session, ticket: str, now: datetime) -> Account | None:
    """Whom a ticket has let half-way in; None if it is none, has expired or was used."""
    held = (
        select(Account)
        .join(HalfWay, HalfWay.account == Account.id)
        .where(HalfWay.id == key_of(ticket), HalfWay.created_at > now - LASTS, Account.active)
    )
    return session.scalar(held)
