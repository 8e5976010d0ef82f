"""Documents without an effect here: finding those that are parked or set aside, and judging them again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from renda.security import audit
from renda_tiers.documents import ledger, store
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.models import LedgerDocument

SIZE = 50
"""Documents on a page."""

UNAPPLIED = (Outcome.PARKED, Outcome.ASIDE)

_COLUMNS = (
    LedgerDocument.hash,
    LedgerDocument.kind,
    LedgerDocument.origin,
    LedgerDocument.subject,
    LedgerDocument.revision,
    LedgerDocument.issued,
    LedgerDocument.outcome,
    LedgerDocument.reason,
    LedgerDocument.waits_for,
    LedgerDocument.received_at,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them are asked for; what is empty is not asked about."""

    outcome: str = ""
    kind: str = ""
    origin: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a document has to be."""
        outcomes = [one for one in UNAPPLIED if self.outcome in {"", one}]
        found: list[ColumnElement[bool]] = [LedgerDocument.outcome.in_(outcomes)]
        if self.kind:
            found.append(LedgerDocument.kind == self.kind)
        if self.origin:
            found.append(LedgerDocument.origin == self.origin)
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """Some of them.

    Attributes:
        rows: the columns of `LedgerDocument` but for the payload, the last that came first.
        total: on all pages.
        number: of this page, from 1; the last one where a later one was asked for.
        pages: how many there are, at least one.
    """

    rows: Sequence[Any]
    total: int
    number: int
    pages: int


def find(session: Session, wanted: Wanted, number: int = 1) -> Page:
    """A page of the documents that are not applied."""
    conditions = wanted.conditions()
    total = session.scalar(select(func.count()).select_from(LedgerDocument).where(*conditions)) or 0
    pages = max(1, -(-total // SIZE))
    number = min(max(1, number), pages)
    statement = (
        select(*_COLUMNS)
        .where(*conditions)
        .order_by(LedgerDocument.received_at.desc(), LedgerDocument.hash)
        .limit(SIZE)
        .offset((number - 1) * SIZE)
    )
    return Page(session.execute(statement).all(), total, number, pages)


def values(session: Session) -> tuple[list[str], list[str]]:
    """The kinds and the origins that there are among them."""
    unapplied = LedgerDocument.outcome.in_(UNAPPLIED)
    kinds = select(LedgerDocument.kind).where(unapplied).distinct().order_by(LedgerDocument.kind)
    origins = select(LedgerDocument.origin).where(unapplied).distinct().order_by(LedgerDocument.origin)
    return list(session.scalars(kinds)), list(session.scalars(origins))


def judge_again(session: Session, *, organisation: str, actor: uuid.UUID | None, now: datetime) -> int:
    """Judge all of them again; how many are applied now.

    A module, a newer version of one, or a setting may have come that no document speaks of.
    """
    store.lock(session)
    before = session.scalars(select(LedgerDocument.hash).where(LedgerDocument.outcome.in_(UNAPPLIED))).all()
    ledger.reconsider(session)
    applied = sum(outcome == Outcome.APPLIED for outcome, _reason in store.outcomes(session, before).values())
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="ledger.reconsider",
        target=organisation,
        now=now,
        detail={"judged": len(before), "applied": applied},
    )
    return applied
