"""The audit trail is one chain: each entry's link holds a digest of the entry and of the link before it.

Digest of link n = SHA-256(digest of link n − 1 ‖ content of entry n), before the first 32 zero bytes; the
content is a JSON array of n and all columns (`content`). Links are numbered from 1 without a gap and are only
ever inserted, by the transaction of the entry itself, when that commits.

One chain serves the whole node, so that one number and one digest, kept by another node, vouch for all
entries before. Transactions that write entries therefore pass one after another: on PostgreSQL they queue at
an advisory lock that is taken as the last thing before COMMIT, when nothing is left to wait for, so that it
is held for an insert and the write to disk alone and can be part of no deadlock. A task that chains behind
would spare that queue, but what was changed before it came would be vouched for as if it had been so.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from renda.i18n import _
from renda.security.models import AuditEntry, AuditLink
from renda.slices import SLICE, slices

START = bytes(32)
"""What the first link follows."""

COLUMNS = ("id", "at", "actor", "organisation", "action", "target", "detail", "request", "token")
"""What of an entry is vouched for, in the order of the content; it never changes."""

_PENDING, _DOUBTFUL = "audit_pending", "audit_doubtful"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('core.audit', 0))")
_link, _entry = AuditLink.__table__, AuditEntry.__table__
_HEAD = select(_link.c.number, _link.c.digest).order_by(_link.c.number.desc()).limit(1)

Point = tuple[int, bytes]
"""A link's number and digest; (0, `START`) before the first."""


def content(number: int, values: Sequence[Any]) -> bytes:
    """The bytes of an entry under its number, from the values of `COLUMNS`.

    A JSON array in UTF-8 without blanks; instants as in 2026-05-06T01:00:00.000000Z, ids in lower case.
    """
    return _ENCODE([number, *map(_plain, values)]).encode()


def _plain(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value) if isinstance(value, uuid.UUID) else value


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def following(before: Point, values: Sequence[Any]) -> Point:
    """The link that follows another one, of an entry with these values of `COLUMNS`."""
    number = before[0] + 1
    return number, hashlib.sha256(before[1] + content(number, values)).digest()


def head(connection: Connection) -> Point:
    """The last link."""
    found = connection.execute(_HEAD).first()
    return (found.number, found.digest) if found else (0, START)


def digest_at(connection: Connection, number: int) -> bytes:
    """The digest of a link; zero bytes where there is none."""
    return connection.scalar(select(_link.c.digest).where(_link.c.number == number)) or START


def append(connection: Connection, entries: Iterable[Sequence[Any]]) -> None:
    """Chain entries, given by their values of `COLUMNS`, that the transaction has just written."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    last = head(connection)
    for some in slices(entries):
        rows = []
        for values in some:
            last = following(last, values)
            rows.append({"number": last[0], "digest": last[1], "entry": values[0]})
        connection.execute(insert(AuditLink), rows)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: UOWTransaction) -> None:
    note(session, map(attrgetter(*COLUMNS), (row for row in session.new if isinstance(row, AuditEntry))))


def note(session: Session, entries: Iterable[Sequence[Any]]) -> None:
    """Have entries that were just written, given by their values of `COLUMNS`, chained at the commit."""
    if noted := list(entries):
        session.info.setdefault(_PENDING, []).extend(noted)


@event.listens_for(Session, "after_soft_rollback")
def _doubt(session: Session, ended: SessionTransaction) -> None:
    """What was written since a savepoint may be gone again."""
    if ended.nested:
        session.info[_DOUBTFUL] = True


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    noted = session.info.pop(_PENDING, [])
    if not noted:
        return
    connection = session.connection()
    if session.info.pop(_DOUBTFUL, False):
        ids = [values[0] for values in noted]
        there = {
            found
            for some in slices(ids)
            for found in connection.scalars(select(_entry.c.id).where(_entry.c.id.in_(some)))
        }
        noted = [values for values in noted if values[0] in there]
    if noted:
        append(connection, noted)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_PENDING, None)
        session.info.pop(_DOUBTFUL, None)


@dataclass(frozen=True)
class Anchor:
    """A link of this trail that is known elsewhere, where nobody here can change it.

    Attributes:
        holder: who keeps it.
    """

    holder: str
    number: int
    digest: bytes


@dataclass(frozen=True)
class Anchoring:
    """Said through the registry before the trail is verified: a subscriber adds the anchors it knows of."""

    session: Session
    anchors: list[Anchor] = field(default_factory=list)


@dataclass(frozen=True)
class Verified:
    """What became of walking the trail.

    Attributes:
        count: entries that are right, from the first on.
        since: when the first entry was written, or None where there is none.
        digest: of the last link that is right.
        wrong: a message about the first thing that is not as it was, or "".
    """

    count: int
    since: datetime | None
    digest: bytes
    wrong: str = ""


def verify(session: Session) -> Verified:
    """Walk the trail from its first entry to its last, in batches, up to the first thing that is wrong.

    It finds entries that were changed, removed, put in or moved, and, with the anchors that others keep, also
    that the end is gone or that the whole chain was made anew.
    """
    asked = Anchoring(session)
    session.info["registry"].notify(asked)
    anchors: dict[int, list[Anchor]] = {}
    for one in asked.anchors:
        anchors.setdefault(one.number, []).append(one)
    last, since = (0, START), None
    for row in _walk(session):
        wrong = _wrong(last, row) or _contradicted(row, anchors.pop(row.number, ()))
        if wrong:
            return Verified(last[0], since, last[1], wrong)
        last, since = (row.number, row.digest), since or row.at
    return Verified(last[0], since, last[1], _lost(last[0], anchors) or _unchained(session))


def _walk(session: Session) -> Iterator[Any]:
    """Links with their entries, which may be missing, in the order of their numbers."""
    columns = [_entry.c[name] for name in COLUMNS]
    joined = _link.outerjoin(_entry, _entry.c.id == _link.c.entry)
    statement = select(_link.c.number, _link.c.digest, *columns).select_from(joined).order_by(_link.c.number)
    reached: int | None = None
    while True:
        batch = statement if reached is None else statement.where(_link.c.number > reached)
        rows = session.connection().execute(batch.limit(SLICE)).all()
        yield from rows
        if len(rows) < SLICE:
            return
        reached = rows[-1].number


def _wrong(last: Point, row: Any) -> str:
    """What is wrong with a link and its entry after the one before, or ""."""
    number = last[0] + 1
    if row.number != number:
        return _("Entry ${number} was removed.", mapping={"number": number})
    if row.id is None:
        return _("Entry ${number} was removed; its link is still there.", mapping={"number": number})
    if following(last, row[2:])[1] != row.digest:
        said = {"number": number, "id": row.id, "action": row.action}
        return _("Entry ${number} (${action}, ${id}) was changed, moved or put in.", mapping=said)
    return ""


def _contradicted(row: Any, anchors: Iterable[Anchor]) -> str:
    """A message where somebody knows of another link under this number, or ""."""
    for one in anchors:
        if one.digest != row.digest:
            said = {"number": row.number, "holder": one.holder}
            return _(
                "Entry ${number}, or one before it, is not the one that ${holder} knows of.", mapping=said
            )
    return ""


def _lost(last: int, anchors: Mapping[int, Sequence[Anchor]]) -> str:
    """A message where somebody knows of links after the last, or ""."""
    for number in sorted(anchors):
        if number > last:
            said = {"number": last + 1, "holder": anchors[number][0].holder, "last": number}
            return _(
                "Entry ${number} and what follows is gone; ${holder} knows of entry ${last}.", mapping=said
            )
    return ""


def _unchained(session: Session) -> str:
    """A message about an entry that no transaction of this program has written, or ""."""
    linked = select(_link.c.number).where(_link.c.entry == _entry.c.id).exists()
    found = (
        session.connection()
        .execute(select(_entry.c.id, _entry.c.action).where(~linked).order_by(_entry.c.id).limit(1))
        .first()
    )
    if found is None:
        return ""
    said = {"id": found.id, "action": found.action}
    return _("An entry was put in from outside (${action}, ${id}): it has no link.", mapping=said)
