"""Forks: one revision of a subject that its origin has signed twice, with other bytes.

It happens where a node was restored in silence and said something again. Every node keeps both and picks the
same one; a higher revision ends the fork.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

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
    """Documents with the same kind, origin, subject and revision.

    Attributes:
        ended_by: number of the higher revision that stands instead of them, or None.
    """

    kind: str
    origin: str
    subject: str
    revision: int
    ended_by: int | None
    branches: tuple[Branch, ...]


_Place = tuple[str, str, str]
"""Kind, origin and subject."""


def find(session: Session, subject: str | None = None) -> list[Fork]:
    """Every fork (of one subject), those that go on first.

    What was set aside is no branch, since nobody entitled said it.
    """
    of = () if subject is None else (LedgerDocument.subject == subject,)
    twice = (
        select(LedgerDocument.subject, LedgerDocument.revision)
        .where(*of)
        .group_by(LedgerDocument.subject, LedgerDocument.revision)
        .having(func.count() > 1)
        .subquery()
    )
    same = and_(LedgerDocument.subject == twice.c.subject, LedgerDocument.revision == twice.c.revision)
    rows = session.execute(
        select(
            LedgerDocument.hash,
            LedgerDocument.kind,
            LedgerDocument.origin,
            LedgerDocument.subject,
            LedgerDocument.revision,
            LedgerDocument.issued,
            LedgerDocument.outcome,
        )
        .join(twice, same)
        .where(LedgerDocument.outcome != Outcome.ASIDE)
    )
    groups: dict[tuple[_Place, int], list[Any]] = {}
    for row in rows:
        groups.setdefault(((row.kind, row.origin, row.subject), row.revision), []).append(row)
    forked = {key: branches for key, branches in groups.items() if len(branches) > 1}
    highest = _highest(session, sorted({place[2] for place, _revision in forked}))
    found = [_fork(*key, branches, highest.get(key[0])) for key, branches in forked.items()]
    return sorted(
        found, key=lambda one: (one.ended_by is not None, one.kind, one.origin, one.subject, one.revision)
    )


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


def _fork(place: _Place, revision: int, rows: Sequence[Any], highest: int | None) -> Fork:
    ended = highest if highest is not None and highest > revision else None
    applied = [row for row in rows if row.outcome == Outcome.APPLIED]
    standing = max(applied, key=lambda row: (row.issued, row.hash), default=None)
    branches = tuple(
        Branch(row.hash, row.issued, row.outcome, _counts(place[0], row, standing, ended=ended is not None))
        for row in sorted(rows, key=lambda row: (row.issued, row.hash), reverse=True)
    )
    return Fork(*place, revision, ended, branches)


def _counts(kind: str, row: Any, standing: Any, *, ended: bool) -> bool:
    # Every grant of a key stands beside the others, whatever its number.
    if kind == ENROLMENT:
        return bool(row.outcome == Outcome.APPLIED)
    return not ended and row is standing
