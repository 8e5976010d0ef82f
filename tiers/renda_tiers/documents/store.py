"""The ledger's rows: writing documents and parts once, and reading them back as they came."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from renda_tiers.documents.authority import CONTROL
from renda_tiers.documents.envelope import Document, Outcome, Part, Signed, decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart

BATCH = 500
"""Documents that are judged and projected together."""

UNJUDGED = ""
"""Outcome of a stored document inside the transaction that is about to judge it."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored document, read, with the key that signed it."""

    document: Document
    key: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a document is judged, and why it is not applied if it is not.

    Attributes:
        reason: a frozen message, or "".
        waits_for: hash of the document that it names and this node does not hold, if that is the reason.
    """

    outcome: Outcome
    reason: str = ""
    waits_for: bytes | None = None


def slices(many: Sequence[Item]) -> Iterable[Sequence[Item]]:
    """The items, `BATCH` at a time."""
    return (many[start : start + BATCH] for start in range(0, len(many), BATCH))


def outcomes(session: Session, hashes: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """Outcome and reason of those documents that this node holds; "" for an outcome not yet given."""
    columns = (LedgerDocument.hash, LedgerDocument.outcome, LedgerDocument.reason)
    return {
        row.hash: (row.outcome, row.reason)
        for some in slices(hashes)
        for row in session.execute(select(*columns).where(LedgerDocument.hash.in_(some)))
    }


def add(session: Session, fresh: Sequence[tuple[Document, Signed]], now: datetime) -> None:
    """Keep documents, and a row for every part that they name, with its bytes where they came along."""
    if not fresh:
        return
    session.execute(
        insert(LedgerDocument),
        [
            {
                "hash": document.hash,
                "id": document.id,
                "kind": document.kind,
                "schema": document.schema,
                "origin": document.origin,
                "subject": document.subject,
                "revision": document.revision,
                "issued": document.issued,
                "key": signed.key,
                "algorithm": signed.algorithm,
                "payload": document.payload,
                "signature": signed.signature,
                "outcome": UNJUDGED,
                "reason": "",
                "waits_for": None,
                "received_at": now,
            }
            for document, signed in fresh
        ],
    )
    parts = [row for document, signed in fresh for row in _part_rows(document, signed.parts)]
    if parts:
        session.execute(insert(LedgerPart), parts)


def _part_rows(document: Document, brought: Sequence[Part]) -> Iterator[dict[str, object]]:
    at_hand = {part.name: part for part in brought}
    for reference in document.parts:
        part = at_hand.get(reference.name, Part(reference.name, b"", None))
        yield {
            "document": document.hash,
            "name": part.name,
            "salt": part.salt,
            "content": part.content,
            "erased": False,
        }


def restore_parts(session: Session, again: Sequence[tuple[bytes, Signed]]) -> None:
    """Keep the parts that held documents came without before, unless they were erased by an order."""
    brought = [
        {"of": hash_, "called": part.name, "new_salt": part.salt, "new_content": part.content}
        for hash_, signed in again
        for part in signed.parts
        if part.content is not None
    ]
    if brought:
        table = LedgerPart.__table__
        session.connection().execute(
            update(LedgerPart)
            .where(
                table.c.document == bindparam("of"),
                table.c.name == bindparam("called"),
                table.c.content.is_(None),
                table.c.erased.is_(False),
            )
            .values(salt=bindparam("new_salt"), content=bindparam("new_content")),
            brought,
        )


def write_verdicts(session: Session, verdicts: dict[bytes, Verdict]) -> None:
    """Write how documents are judged; one statement for each verdict that several share."""
    alike: dict[Verdict, list[bytes]] = {}
    for hash_, verdict in verdicts.items():
        alike.setdefault(verdict, []).append(hash_)
    for verdict, hashes in alike.items():
        for some in slices(hashes):
            session.connection().execute(
                update(LedgerDocument)
                .where(LedgerDocument.hash.in_(some))
                .values(outcome=verdict.outcome, reason=verdict.reason, waits_for=verdict.waits_for)
            )


def _read(session: Session, *conditions: object, limit: int | None = None) -> list[Kept]:
    rows = session.execute(
        select(LedgerDocument.payload, LedgerDocument.key)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(LedgerDocument.kind, LedgerDocument.hash)
        .limit(limit)
    )
    return [Kept(decode(row.payload), row.key) for row in rows]


def control(session: Session) -> list[Kept]:
    """Every document that decides about the tree and about keys."""
    return _read(session, LedgerDocument.kind.in_(CONTROL))


def waiting(session: Session, applied: Sequence[Document]) -> list[Kept]:
    """Parked and set-aside documents whose verdict these newly applied ones may change."""
    again = LedgerDocument.outcome.in_((Outcome.PARKED, Outcome.ASIDE))
    if any(document.kind in CONTROL for document in applied):
        return _read(session, again, LedgerDocument.kind.not_in(CONTROL))
    found: list[Kept] = []
    for some in slices([document.hash for document in applied]):
        found += _read(session, again, LedgerDocument.waits_for.in_(some))
    return found


def unjudge(session: Session, *, control: bool = True) -> None:
    """Take every verdict back; those of control documents too, or not."""
    statement = update(LedgerDocument).values(outcome=UNJUDGED, reason="", waits_for=None)
    if not control:
        statement = statement.where(LedgerDocument.kind.not_in(CONTROL))
    session.connection().execute(statement)


def unjudged_control(session: Session) -> list[Kept]:
    """Control documents without a verdict."""
    return _read(session, LedgerDocument.outcome == UNJUDGED, LedgerDocument.kind.in_(CONTROL))


def unjudged(session: Session) -> Iterator[list[Kept]]:
    """The other documents without a verdict, in batches that must be judged before the next is asked for."""
    while batch := _read(session, LedgerDocument.outcome == UNJUDGED, limit=BATCH):
        yield batch


def next_revision(session: Session, subject: str) -> tuple[int, bytes | None]:
    """The number of the next revision of a subject, and the hash of the highest one held, if any."""
    row = session.execute(
        select(LedgerDocument.revision, LedgerDocument.hash)
        .where(LedgerDocument.subject == subject)
        .order_by(LedgerDocument.revision.desc(), LedgerDocument.issued.desc(), LedgerDocument.hash.desc())
        .limit(1)
    ).first()
    return (row.revision + 1, row.hash) if row else (1, None)


def count(session: Session, outcome: Outcome) -> int:
    """How many documents are judged so."""
    statement = select(func.count()).select_from(LedgerDocument).where(LedgerDocument.outcome == outcome)
    return session.scalar(statement) or 0
