"""Lock-out: five failures in a row for one login, or fifty from one address, close the door for a while.

One address is often a whole office's, so that a few colleagues' wrong passwords must not close it.

An attempt is counted before the secret is looked at and taken back when it was right. The rows stay locked
meanwhile, so that attempts at the same time queue up; where the database does not answer, nobody signs in.
"""

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from renda.security.errors import SignInLocked
from renda.security.models import Attempt

MOST_FAILURES: Mapping[str, int] = {"login": 5, "address": 50}
LOCKED_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)
_NETWORK_OF_ONE_CUSTOMER = 64

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def begin(session: Session, login: str, address: str, now: datetime) -> list[Attempt]:
    """Count an attempt as failed before it is made; returns what `succeeded` takes back.

    Raises:
        SignInLocked: too many failed before; this one is neither made nor counted.
    """
    limits = {_subject("login", login): "login", _subject("address", network(address)): "address"}
    attempts = _locked_rows(session, sorted(limits), now)
    if any(one.locked_until is not None and one.locked_until > now for one in attempts):
        raise SignInLocked
    for one in attempts:
        one.failures = 1 if now - one.last_at > LOCKED_FOR or one.locked_until else one.failures + 1
        one.last_at = now
        one.locked_until = now + LOCKED_FOR if one.failures >= MOST_FAILURES[limits[one.subject]] else None
    session.flush()
    return attempts


def undone(session: Session, attempts: Iterable[Attempt]) -> None:
    """Take an attempt back that proved only a part of what is asked; what failed before it still counts.

    Otherwise whoever knows a password could guess codes for ever, giving it after every few.
    """
    for one in attempts:
        one.failures, one.locked_until = one.failures - 1, None
    session.flush()


def succeeded(session: Session, attempts: Iterable[Attempt], now: datetime) -> None:
    """Take an attempt back, and what failed before it; forget what is a day old."""
    for one in attempts:
        one.failures, one.locked_until = 0, None
    session.flush()
    session.execute(delete(Attempt.__table__).where(Attempt.last_at < now - KEPT_FOR))  # type: ignore[arg-type]


def _locked_rows(session: Session, subjects: list[bytes], now: datetime) -> list[Attempt]:
    """The rows of these subjects, held against other transactions; one order, so that none wait in a ring."""
    insert = _INSERT[session.get_bind().dialect.name]
    for subject in subjects:
        session.execute(
            insert(Attempt.__table__)
            .values(subject=subject, failures=0, last_at=now, locked_until=None)
            .on_conflict_do_nothing()
        )
    rows = select(Attempt).where(Attempt.subject.in_(subjects)).order_by(Attempt.subject)
    return list(session.scalars(rows.with_for_update().execution_options(populate_existing=True)))


def _subject(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).digest()


def network(address: str) -> str:
    """The part of an address that one customer cannot change at will."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:  # noqa: PLR2004 - the Internet Protocol's own number
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _NETWORK_OF_ONE_CUSTOMER), strict=False))
