"""Forks: one revision of a subject, or one document's id, that its origin has signed twice, with other bytes.

It happens where a node was restored in silence and said something again, or where somebody says different
things to different people. Every node keeps both and picks the same one; a higher revision ends the fork.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from renda.slices import slices
from renda_tiers.documents.authority import ENROLMENT
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.models import LedgerDocument


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the documents of a fork.

    Attributes:
        counts: whether it is what stands of its subject here and everywhere.
    """

    hash: bytes
    issued: datetime
    outcome: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Fork:
    """Documents of one origin with the same kind, subject and revision, or with the same id.

    Attributes:
        kind, subject, revision: of all branches; where they share the id alone, of the newest.
        ended_by: number of the higher revision that stands instead of them all, or None.
        id: what the branches share, if it is this and not their place.
    """

    kind: str
    origin: str
    subject: str
    revision: int
    ended_by: int | None
    branches: tuple[Branch, ...]
    id: uuid.UUID | None = None

    @property
    def name(self) -> str:
        """What tells this fork from all others, whatever comes to it later."""
        what = f"{self.kind} {self.subject} {self.revision}" if self.id is None else f"id {self.id}"
        return f"{self.origin} {what}"


_COLUMNS = (
    LedgerDocument.hash,
    LedgerDocument.id,
    LedgerDocument.kind,
    LedgerDocument.origin,
    LedgerDocument.subject,
    LedgerDocument.revision,
    LedgerDocument.issued,
    LedgerDocument.outcome,
)
_Place = tuple[str, str, str]
"""Kind, origin and subject."""


def find(session: Session, subject: str | None = None) -> list[Fork]:
    """Every fork (with a branch of one subject), those that go on first.

    What was set aside is no branch, since nobody entitled said it.
    """
    groups = [*_of_one_place(session, subject), *_of_one_id(session, subject)]
    highest = _highest(session, sorted({row.subject for rows in groups for row in rows}))
    found = [_fork(rows, highest) for rows in groups]
    return sorted(
        found, key=lambda one: (one.ended_by is not None, one.kind, one.origin, one.subject, one.revision)
    )


def among(session: Session, documents: Collection[bytes]) -> list[Fork]:
    """The forks of which one of these documents is a branch."""
    one, other = aliased(LedgerDocument), aliased(LedgerDocument)
    place = and_(one.subject == other.subject, one.revision == other.revision, one.kind == other.kind)
    subjects = {
        subject
        for some in slices(sorted(documents))
        for shared in (place, one.id == other.id)
        for subject in session.scalars(
            select(one.subject)
            .join(other, and_(shared, one.origin == other.origin, one.hash != other.hash))
            .where(one.hash.in_(some), one.outcome != Outcome.ASIDE, other.outcome != Outcome.ASIDE)
        )
    }
    found = {fork.name: fork for subject in sorted(subjects) for fork in find(session, subject)}
    return [fork for fork in found.values() if any(one.hash in documents for one in fork.branches)]


def _of_one_place(session: Session, subject: str | None) -> list[list[Any]]:
    place = (LedgerDocument.subject, LedgerDocument.revision)
    twice = select(*place).group_by(*place).having(func.count() > 1)
    if subject is not None:
        twice = twice.where(LedgerDocument.subject == subject)
    shared = twice.subquery()
    same = and_(*(column == shared.c[column.name] for column in place))
    return _shared(session, select(*_COLUMNS).join(shared, same), _place_and_revision)


def _of_one_id(session: Session, subject: str | None) -> list[list[Any]]:
    """Groups of documents that share an id, unless they share their place, too."""
    twice = select(LedgerDocument.id).group_by(LedgerDocument.id).having(func.count() > 1)
    if subject is not None:
        of_it = select(LedgerDocument.id).where(LedgerDocument.subject == subject)
        twice = twice.where(LedgerDocument.id.in_(of_it))
    rows = select(*_COLUMNS).where(LedgerDocument.id.in_(twice))
    groups = _shared(session, rows, lambda row: (row.origin, row.id))
    return [rows for rows in groups if len(set(map(_place_and_revision, rows))) > 1]


def _shared(session: Session, rows: Select[*tuple[Any, ...]], key: Callable[[Any], Any]) -> list[list[Any]]:
    """The rows that share what a key tells of them with another, the newest of each group first."""
    groups: dict[Any, list[Any]] = {}
    for row in session.execute(rows.where(LedgerDocument.outcome != Outcome.ASIDE)):
        groups.setdefault(key(row), []).append(row)
    return [
        sorted(group, key=lambda row: (row.issued, row.hash), reverse=True)
        for group in groups.values()
        if len(group) > 1
    ]


def _place(row: Any) -> _Place:
    return (row.kind, row.origin, row.subject)


def _place_and_revision(row: Any) -> tuple[_Place, int]:
    return (_place(row), row.revision)


def _highest(session: Session, subjects: Sequence[str]) -> dict[_Place, int]:
    """The highest applied revision of each subject, by kind and origin."""
    found: dict[_Place, int] = {}
    place = (LedgerDocument.kind, LedgerDocument.origin, LedgerDocument.subject)
    for some in slices(subjects):
        statement = (
            select(*place, func.max(LedgerDocument.revision))
            .where(LedgerDocument.subject.in_(some), LedgerDocument.outcome == Outcome.APPLIED)
            .group_by(*place)
        )
        found |= {(row[0], row[1], row[2]): row[3] for row in session.execute(statement)}
    return found


def _fork(rows: Sequence[Any], highest: Mapping[_Place, int]) -> Fork:
    newest = rows[0]
    ends = {row.hash: highest.get(_place(row), 0) for row in rows}
    over = [row for row in rows if ends[row.hash] > row.revision]
    standing: dict[_Place, bytes] = {}
    for row in rows:
        if row.outcome == Outcome.APPLIED and row not in over:
            standing.setdefault(_place(row), row.hash)
    branches = tuple(
        Branch(row.hash, row.issued, row.outcome, _counts(row, standing.get(_place(row)))) for row in rows
    )
    return Fork(
        *_place(newest),
        newest.revision,
        max(ends.values()) if len(over) == len(rows) else None,
        branches,
        None if len(set(map(_place_and_revision, rows))) == 1 else newest.id,
    )


def _counts(row: Any, standing: bytes | None) -> bool:
    # Every grant of a key stands beside the others, whatever its number.
    if row.kind == ENROLMENT:
        return bool(row.outcome == Outcome.APPLIED)
    return bool(row.hash == standing)
