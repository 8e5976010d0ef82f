"""The ledger's rows: writing documents and parts once, and reading them back as they came."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.documents import signatures
from renda_tiers.documents.authority import CONTROL
from renda_tiers.documents.envelope import Document, Outcome, Part, Signed, decode
from renda_tiers.documents.models import LedgerConcern, LedgerDocument, LedgerPart

BATCH = 500
"""Documents that are judged and projected together."""

UNJUDGED = ""
"""Outcome of a stored document inside the transaction that is about to judge it."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored document, read, with the keys that signed it."""

    document: Document
    keys: frozenset[bytes]


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


def outcomes(session: Session, hashes: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """Outcome and reason of those documents that this node holds; "" for an outcome not yet given."""
    columns = (LedgerDocument.hash, LedgerDocument.outcome, LedgerDocument.reason)
    return {
        row.hash: (row.outcome, row.reason)
        for some in slices(hashes)
        for row in session.execute(select(*columns).where(LedgerDocument.hash.in_(some)))
    }


def lock(session: Session, name: str = "tiers.ledger") -> None:
    """Let one transaction at a time do what has this name: by default write the ledger.

    So what two of them bring sees each other. SQLite has one writer anyway.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"name": name})


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def add(session: Session, fresh: Sequence[tuple[Document, Sequence[Signed]]], now: datetime) -> None:
    """Keep documents, whom they concern, and a row for every part that they name.

    A part's row has its bytes where a copy brought them.
    """
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
                "payload": document.payload,
                "outcome": UNJUDGED,
                "reason": "",
                "waits_for": None,
                "received_at": now,
            }
            for document, _copies in fresh
        ],
    )
    session.execute(
        insert(LedgerConcern),
        [
            {"document": document.hash, "organisation": code}
            for document, _copies in fresh
            for code in {document.origin, *document.audience}
        ],
    )
    parts = [row for document, copies in fresh for row in _part_rows(document, copies)]
    if parts:
        session.execute(insert(LedgerPart), parts)


def _part_rows(document: Document, copies: Sequence[Signed]) -> Iterator[dict[str, object]]:
    at_hand = {part.name: part for copy in copies for part in copy.parts if part.content is not None}
    for reference in document.parts:
        part = at_hand.get(reference.name, Part(reference.name, b"", None))
        yield {
            "document": document.hash,
            "name": part.name,
            "salt": part.salt,
            "content": part.content,
            "erased": False,
        }


def fill_parts(session: Session, copies: Sequence[tuple[bytes, Signed]]) -> None:
    """Keep the bytes of parts that are empty so far, unless they were erased by an order."""
    brought = [
        {"of": hash_, "called": part.name, "new_salt": part.salt, "new_content": part.content}
        for hash_, signed in copies
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


def judged(session: Session) -> set[bytes]:
    """Hashes of documents that got a verdict in this transaction; who has told of them empties it."""
    found: set[bytes] = session.info.setdefault("tiers.judged", set())
    return found


def write_verdicts(session: Session, verdicts: dict[bytes, Verdict]) -> None:
    """Write how documents are judged; one statement for each verdict that several share."""
    judged(session).update(verdicts)
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


def _read(session: Session, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Kept]:
    documents = [
        decode(payload)
        for payload in session.scalars(
            select(LedgerDocument.payload)
            .where(*conditions)
            .order_by(LedgerDocument.kind, LedgerDocument.hash)
            .limit(limit)
        )
    ]
    keys = signatures.signers(session, [one.hash for one in documents])
    return [Kept(one, keys[one.hash]) for one in documents]


def read(session: Session, hashes: Collection[bytes]) -> list[Document]:
    """Those of some documents that this node holds."""
    return [
        decode(payload)
        for part in slices(sorted(hashes))
        for payload in session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash.in_(part)))
    ]


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


def not_applied(session: Session) -> list[Kept]:
    """Every parked and every set-aside document."""
    return _read(session, LedgerDocument.outcome.in_((Outcome.PARKED, Outcome.ASIDE)))


def unjudge(session: Session, *, control: bool = True) -> None:
    """Take every verdict back; those of control documents too, or not."""
    statement = update(LedgerDocument).values(outcome=UNJUDGED, reason="", waits_for=None)
    if not control:
        statement = statement.where(LedgerDocument.kind.not_in(CONTROL))
    session.connection().execute(statement)


def unjudged_control(session: Session) -> list[Kept]:
    """Control documents without a verdict."""
    return _read(session, LedgerDocument.outcome == UNJUDGED, LedgerDocument.kind.in_(CONTROL))


def unjudged(session: Session, first: Collection[str] = ()) -> Iterator[list[Kept]]:
    """The other documents without a verdict, in batches that must be judged before the next is asked for.

    Those of the kinds that are named first come first.
    """
    waiting = LedgerDocument.outcome == UNJUDGED
    for conditions in ((waiting, LedgerDocument.kind.in_(first)), (waiting,)):
        while batch := _read(session, *conditions, limit=BATCH):
            yield batch


def applied(session: Session, hashes: Collection[bytes]) -> Iterator[list[Kept]]:
    """Those of the documents that are applied, in batches."""
    for some in slices(sorted(hashes)):
        yield _read(session, LedgerDocument.outcome == Outcome.APPLIED, LedgerDocument.hash.in_(some))


def count(session: Session, outcome: Outcome) -> int:
    """How many documents are judged so."""
    statement = select(func.count()).select_from(LedgerDocument).where(LedgerDocument.outcome == outcome)
    return session.scalar(statement) or 0
