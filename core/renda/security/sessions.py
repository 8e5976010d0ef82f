"""Sessions on the server: the cookie carries a random token, the database everything else."""

import hashlib
import logging
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pyramid.request import RequestLocalCache
from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from renda.database import UTCDateTime
from renda.directory.validity import valid_at
from renda.security.identity import Identity
from renda.security.models import Account, Grant, HalfWay, SignIn
from renda.types import Registry, Request

SEEN_EVERY = timedelta(minutes=5)
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)

_log = logging.getLogger(__name__)
_sign_in: Any = SignIn.__table__
_account: Any = Account.__table__
_grant: Any = Grant.__table__


@dataclass(frozen=True)
class Current:
    """The session that a request belongs to."""

    key: bytes
    csrf: str
    created_at: datetime
    seen_at: datetime
    identity: Identity


def cookie_name(registry: Registry) -> str:
    """Name of the session cookie; `__Host-` binds it to HTTPS and to this host, but to no port."""
    return ("__Host-" if registry.values["secure_cookies"] else "") + str(registry.values["cookie"])


def cookie_options(registry: Registry) -> dict[str, Any]:
    """What all our cookies have in common."""
    return {
        "path": "/",
        "httponly": True,
        "secure": registry.values["secure_cookies"],
        "samesite": "Lax",
    }


def open_session(session: Session, account: uuid.UUID, now: datetime) -> str:
    """Begin a session; returns the token for the cookie. Token and CSRF token are always new ones."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(id=key_of(token), account=account, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now)
    )
    return token


def close_session(session: Session, key: bytes, now: datetime) -> None:
    """End one session."""
    session.execute(update(_sign_in).where(_sign_in.c.id == key).values(closed_at=now))


def close_sessions(session: Session, account: uuid.UUID, now: datetime, *, but: bytes | None = None) -> None:
    """End every session of an account except the one with the key `but`, and what is half-way to one."""
    these = [_sign_in.c.account == account, _sign_in.c.closed_at.is_(None)]
    if but is not None:
        these.append(_sign_in.c.id != but)
    session.execute(update(_sign_in).where(*these).values(closed_at=now))
    forget_half_way(session, account)


def forget_half_way(session: Session, account: uuid.UUID) -> None:
    """Make the tickets of an account worthless, see `renda.security.half_way`."""
    session.execute(delete(HalfWay).where(HalfWay.account == account))


def current(request: Request) -> Current | None:
    """The session that the request's cookie opens, looked up once per request; None for a stranger."""
    found: Current | None = _cache.get_or_create(request)
    return found


def known_reader(request: Request) -> Identity | None:
    """The reader as far as this request has asked for them already; error pages ask nothing new."""
    found: Current | None = _cache.get(request, None)
    return found.identity if found else None


def _load(request: Request) -> Current | None:
    token = request.cookies.get(cookie_name(request.registry), "")
    if not _TOKEN.fullmatch(token):
        return None
    found = find(request.db, key_of(token), request.registry, request.now)
    if found is not None and request.now - found.seen_at >= _noted_every(request.registry):
        request.add_finished_callback(_note_use)
    return found


_cache = RequestLocalCache(_load)


def _noted_every(registry: Registry) -> timedelta:
    """After how long a use is noted anew: often enough that a session which is used does not end as idle."""
    return min(SEEN_EVERY, _idle(registry) / 6)


def _idle(registry: Registry) -> timedelta:
    return timedelta(minutes=registry.values["idle_minutes"])


def _longest(registry: Registry) -> timedelta:
    return timedelta(hours=registry.values["session_hours"])


def ends_at(found: Current, registry: Registry, now: datetime) -> datetime:
    """When a session ends if the request at `now`, which found it, is the last one."""
    noted = now if now - found.seen_at >= _noted_every(registry) else found.seen_at
    return min(noted + _idle(registry), found.created_at + _longest(registry))


_now = bindparam("now", type_=UTCDateTime())
_FIND = (
    select(
        _sign_in.c.csrf,
        _sign_in.c.created_at,
        _sign_in.c.seen_at,
        _account.c.id,
        _account.c.login,
        _account.c.name,
        _grant.c.organisation,
        _grant.c.role,
    )
    .join_from(_sign_in, _account, _account.c.id == _sign_in.c.account)
    .outerjoin(
        _grant,
        and_(
            _grant.c.account == _account.c.id,
            valid_at(_grant.c.since, _grant.c.until, _now),
        ),
    )
    .where(
        _sign_in.c.id == bindparam("key"),
        _sign_in.c.closed_at.is_(None),
        _sign_in.c.created_at > bindparam("oldest"),
        _sign_in.c.seen_at > bindparam("idle_since"),
        _account.c.active,
    )
)
"""One statement for every page; built once, because building it takes longer than running it."""


def find(session: Session, key: bytes, registry: Registry, now: datetime) -> Current | None:
    """The living session of this key with its account and the roles in force, in one SELECT."""
    limits = {
        "oldest": now - _longest(registry),
        "idle_since": now - _idle(registry),
    }
    rows = session.connection().execute(_FIND, {"key": key, "now": now, **limits}).all()
    if not rows:
        return None
    roles: dict[str, frozenset[str]] = {}
    for row in rows:
        if row.organisation is not None:
            roles[row.organisation] = roles.get(row.organisation, frozenset()) | {row.role}
    first = rows[0]
    identity = Identity(first.id, first.login, first.name, roles)
    return Current(key, first.csrf, first.created_at, first.seen_at, identity)


def key_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _note_use(request: Request) -> None:
    """Move `seen_at` on, after the response and on its own: reading pages must not wait for a writer."""
    found = current(request)
    if found is None:
        return
    try:
        with request.registry.engine.begin() as connection:
            connection.execute(update(_sign_in).where(_sign_in.c.id == found.key).values(seen_at=request.now))
    except SQLAlchemyError:
        _log.exception("the use of a session was not noted")
