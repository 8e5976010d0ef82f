"""Programs show a token with each call; what a browser sends of its own accord opens nothing that writes.

Tokens count below `/api/` alone, so that no program acts on pages. A session's cookie may read there, for
the person who looks at the API in a browser; it never writes there, so that no other site can write with it.
"""

import logging
from datetime import timedelta

from pyramid.request import RequestLocalCache
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from renda.security import sessions, tokens
from renda.security.calls import Buckets
from renda.security.errors import TokenRefused
from renda.security.identity import Identity
from renda.security.models import Token
from renda.security.tokens import Bearer
from renda.types import Request

PROGRAMS = "/api/"
"""What the addresses for programs begin with."""

SEEN_EVERY = timedelta(minutes=5)
_READS = frozenset({"GET", "HEAD"})

_log = logging.getLogger(__name__)


def for_programs(request: Request) -> bool:
    """Whether the request's address is one of those for programs."""
    return str(request.environ.get("PATH_INFO", "")).startswith(PROGRAMS)


def identity(request: Request) -> Identity | None:
    """Who asks: below `/api/` by a token, or for reading by the session; elsewhere by the session.

    Raises:
        TokenRefused: the request shows a token that is none.
        TooOften: more calls than its token may make.
    """
    if for_programs(request) and ("Authorization" in request.headers or request.method not in _READS):
        found = current(request)
        return found.identity if found else None
    session = sessions.current(request)
    return session.identity if session else None


def known(request: Request) -> Identity | None:
    """The reader as far as this request has asked for them already; error pages ask nothing new."""
    found: Bearer | None = _cache.get(request, None)
    return found.identity if found else sessions.known_reader(request)


def current(request: Request) -> Bearer | None:
    """The token that the request shows, looked up once; None for a request that shows none.

    Raises:
        TokenRefused, TooOften: see `identity`.
    """
    found: Bearer | None = _cache.get_or_create(request)
    return found


def _load(request: Request) -> Bearer | None:
    if "Authorization" not in request.headers:
        return None
    scheme, _blank, text = request.headers["Authorization"].partition(" ")
    found = tokens.find(request.db, text.strip(), request.now) if scheme.lower() == "bearer" else None
    if found is None:
        raise TokenRefused
    _buckets(request).take(str(found.id))
    request.db.info["token"] = found.id
    if found.used_at is None or request.now - found.used_at >= SEEN_EVERY:
        request.add_finished_callback(_note_use)
    return found


_cache = RequestLocalCache(_load)


def _buckets(request: Request) -> Buckets:
    found: Buckets = request.registry.__dict__.setdefault("calls_of_tokens", Buckets())
    return found


def _note_use(request: Request) -> None:
    """Move `used_at` on, after the response and on its own: reading must not wait for a writer."""
    found = current(request)
    if found is None:
        return
    try:
        with request.registry.engine.begin() as connection:
            connection.execute(update(Token).where(Token.id == found.id).values(used_at=request.now))
    except SQLAlchemyError:
        _log.exception("the use of a token was not noted")
