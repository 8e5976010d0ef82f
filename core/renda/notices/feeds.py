"""The calendar for other programs: a secret address for each account and organisation, that can be closed.

It says on which day how many things of which kind are due, and where to look; not which, since what they are
called may name people, and others keep what a calendar reads.
"""

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from pyramid.config import Configurator
from pyramid.response import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.directory.validity import valid_at
from renda.errors import NotFound
from renda.i18n import _
from renda.notices.models import Feed
from renda.security import audit
from renda.security.identity import Identity
from renda.security.models import Account, Grant
from renda.security.policy import EVERYONE
from renda.types import Request
from renda.web import todo
from renda.web.contexts import Organisation

if TYPE_CHECKING:
    from icalendar import Event

_SECRET = re.compile(r"[\w-]{43}", re.ASCII)
_PRODUCT = "-//renda//calendar//ZH"


def of(session: Session, account: uuid.UUID, organisation: str) -> Feed | None:
    """The open feed of an account at an organisation."""
    return session.get(Feed, (account, organisation))


def make(session: Session, account: uuid.UUID, organisation: str, *, now: datetime) -> str:
    """A new secret for an account's calendar at an organisation; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    session.merge(Feed(account=account, organisation=organisation, hash=_hash(secret), made_at=now))
    session.flush()
    _written(session, "make", account, organisation, now)
    return secret


def close(session: Session, account: uuid.UUID, organisation: str, *, now: datetime) -> None:
    """Let the secret of an account's calendar open nothing any more."""
    session.execute(delete(Feed).where(Feed.account == account, Feed.organisation == organisation))
    _written(session, "close", account, organisation, now)


def _written(session: Session, action: str, account: uuid.UUID, organisation: str, now: datetime) -> None:
    audit.record(
        session,
        actor=account,
        organisation=organisation,
        action=f"calendar.{action}",
        target=account,
        now=now,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def send(request: Request) -> Response:
    """The calendar that a secret opens, for as long as its account plays a role there."""
    secret = request.matchdict["secret"]
    found = _reader(request.db, secret, request.now) if _SECRET.fullmatch(secret) else None
    if found is None:
        raise NotFound
    request.reader, place = found
    request.matchdict["org"] = place
    request.context = Organisation(request)
    # Only here, since commands and pages start faster without it.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", request.context.organisation.name)
    for event in _events(request):
        made.add_component(event)
    response = Response(made.to_ical(), content_type="text/calendar", charset="utf-8")
    response.cache_control = "private, no-store"
    return response


def _reader(session: Session, secret: str, now: datetime) -> tuple[Identity, str] | None:
    row = session.execute(
        select(Account.id, Account.login, Account.name, Feed.organisation)
        .join(Account, Account.id == Feed.account)
        .where(Feed.hash == _hash(secret), Account.active)
    ).one_or_none()
    if row is None:
        return None
    roles = session.scalars(
        select(Grant.role).where(
            Grant.account == row.id,
            Grant.organisation == row.organisation,
            valid_at(Grant.since, Grant.until, now),
        )
    )
    held = {row.organisation: frozenset(roles)}
    return Identity(row.id, row.login, row.name, held), row.organisation


def _events(request: Request) -> "Iterator[Event]":
    """An event for each day and card: how many of its tasks are due then."""
    from icalendar import Event

    place = request.context.organisation
    base = request.route_url("calendar", org=place.code)
    counted: dict[tuple[date, str], int] = {}
    for content in todo.contents(request.context, request):
        for task in content.get("tasks", ()):
            due = task.get("due")
            if isinstance(due, date):
                key = (due, request.translate(content["title"]))
                counted[key] = counted.get(key, 0) + 1
    for (due, title), number in sorted(counted.items()):
        event = Event()
        said = _("${title}: ${n} due", mapping={"title": title, "n": number})
        event.add("summary", request.translate(said))
        event.add("dtstart", due)
        event.add("dtstamp", request.now)
        name = hashlib.sha256(f"{place.code} {due} {title}".encode()).hexdigest()[:32]
        event.add("uid", f"{name}@{request.host}")
        event.add("url", f"{base}?month={due:%Y-%m}")
        yield event


def includeme(config: Configurator) -> None:
    """Mount the address; the secret in it is the only key."""
    config.add_route("feed", "/calendar/{secret}.ics")
    config.add_view(send, route_name="feed", request_method="GET", permission=EVERYONE)
