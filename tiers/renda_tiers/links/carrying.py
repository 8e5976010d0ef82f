"""Documents as they travel: read from the ledger with all that lies beside them, and taken in again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.documents import ledger, parts, signatures
from renda_tiers.documents.envelope import WHOLE_CHAIN, Part, Signed, decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.payload import digest
from renda_tiers.links.messages import Sent

REFUSED = "refused"
MOST_SIGNATURES = 8
"""Signatures that travel with one document."""


def load(session: Session, hashes: Sequence[bytes]) -> list[Sent]:
    """The documents with these hashes, in this order, with the signatures and parts that are held.

    Signatures by keys that were granted come first, since a peer takes `MOST_SIGNATURES` of them and anybody
    can add others. A document whose bytes are no longer those of its hash is left out.
    """
    rows: dict[bytes, Any] = {}
    signed_by: dict[bytes, list[tuple[bytes, str, bytes]]] = {}
    beside: dict[bytes, list[Part]] = {}
    document = (LedgerDocument.hash, LedgerDocument.payload, LedgerDocument.outcome)
    signature, part = LedgerSignature.__table__.columns, LedgerPart.__table__.columns
    for some in slices(hashes):
        for row in session.execute(select(*document).where(LedgerDocument.hash.in_(some))):
            rows[row.hash] = row
        for row in session.execute(select(*signature).where(signature.document.in_(some))):
            signed_by.setdefault(row.document, []).append((row.key, row.algorithm, row.signature))
        held = part.document.in_(some) & part.content.is_not(None)
        for row in session.execute(select(*part).where(held)):
            beside.setdefault(row.document, []).append(Part(row.name, row.salt, row.content))
    granted = signatures.granted(session, {key for many in signed_by.values() for key, *_rest in many})
    found = []
    for hash_ in hashes:
        if hash_ not in signed_by or digest(rows[hash_].payload) != hash_:
            continue
        best_first = sorted(signed_by[hash_], key=lambda one: (one[0] not in granted, one))
        of_document = tuple(sorted(beside.get(hash_, ()), key=lambda one: one.name))
        key, algorithm, signed = best_first[0]
        copy = Signed(rows[hash_].payload, signed, key, algorithm, of_document)
        found.append(Sent(copy, rows[hash_].outcome, tuple(best_first[:MOST_SIGNATURES])))
    return found


def hash_of(one: Sent) -> bytes:
    """The hash by which a document is known."""
    return digest(one.signed.payload)


def withhold(one: Sent, peer: str, beyond: Collection[str]) -> Sent:
    """A document with those parts alone that may pass to a peer and those beyond it."""
    if not one.signed.parts:
        return one
    document = decode(one.signed.payload)
    concerned = beyond
    if document.audience != WHOLE_CHAIN:
        concerned = {peer, document.origin, *document.audience}.intersection(beyond)
    given = parts.parts_across(document, peer, concerned).given
    kept = tuple(part for part in one.signed.parts if part.name in given)
    return replace(one, signed=replace(one.signed, parts=kept))


def take_in(session: Session, documents: Iterable[Sent], now: datetime) -> dict[bytes, str]:
    """Receive documents; this node's verdict on each, by hash of its bytes; `refused` for what is not kept.

    Of a document with several signatures each is received; who was entitled to sign it, the ledger judges.
    """
    copies = [
        Signed(one.signed.payload, signature, key, algorithm, one.signed.parts)
        for one in documents
        for key, algorithm, signature in one.signatures[:MOST_SIGNATURES]
    ]
    verdicts: dict[bytes, str] = {}
    for some in slices(copies):
        for copy, receipt in zip(some, ledger.receive(session, some, now=now), strict=True):
            if receipt.hash is None or receipt.outcome is None:
                verdicts.setdefault(digest(copy.payload), REFUSED)
            else:
                verdicts[receipt.hash] = str(receipt.outcome)
    return verdicts
