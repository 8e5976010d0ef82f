"""Proving what is stored: every document, signature and part is hashed and checked again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import RendaError
from renda_tiers.documents import signing
from renda_tiers.documents.envelope import Document, Part, Signed, decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.store import BATCH

_FIELDS = ("hash", "id", "kind", "schema", "origin", "subject", "revision", "issued")


def verify(session: Session) -> list[str]:
    """What is not as its origin signed it: table, key and column of each bad row."""
    return list(_faults(session))


def _faults(session: Session) -> Iterator[str]:
    last = b""
    while rows := session.execute(
        select(*LedgerDocument.__table__.columns)
        .where(LedgerDocument.hash > last)
        .order_by(LedgerDocument.hash)
        .limit(BATCH)
    ).all():
        last = rows[-1].hash
        hashes = [row.hash for row in rows]
        signatures = _by_document(session, LedgerSignature, hashes)
        parts = _by_document(session, LedgerPart, hashes)
        for row in rows:
            yield from _document_faults(row, signatures.get(row.hash, []), parts.get(row.hash, []))


def _by_document(session: Session, model: Any, hashes: list[bytes]) -> dict[bytes, list[Any]]:
    found: dict[bytes, list[Any]] = {}
    for row in session.execute(select(*model.__table__.columns).where(model.document.in_(hashes))):
        found.setdefault(row.document, []).append(row)
    return found


def _document_faults(row: Any, signatures: list[Any], parts: list[Any]) -> Iterator[str]:
    name = f"tiers_document {row.hash.hex()}"
    try:
        document = decode(row.payload)
    except RendaError:
        yield f"{name}: payload"
        return
    wrong = [field for field in _FIELDS if getattr(document, field) != getattr(row, field)]
    if wrong:
        yield f"{name}: {', '.join(wrong)}"
    if not signatures:
        yield f"{name}: tiers_signature"
    for one in signatures:
        try:
            signing.verify(Signed(row.payload, one.signature, one.key, one.algorithm))
        except RendaError:
            yield f"tiers_signature {row.hash.hex()} {one.key.hex()}: signature"
    yield from _part_faults(document, row.hash, parts)


def _part_faults(document: Document, hash_: bytes, parts: list[Any]) -> Iterator[str]:
    held = {part.name: part for part in parts}
    for reference in document.parts:
        part = held.pop(reference.name, None)
        name = f"tiers_part {hash_.hex()} {reference.name}"
        if part is None:
            yield f"{name}: missing"
            continue
        try:
            signing.check_part(reference, Part(part.name, part.salt, part.content))
        except RendaError:
            yield f"{name}: content"
        if part.erased and part.content is not None:
            yield f"{name}: erased"
    for name in held:
        yield f"tiers_part {hash_.hex()} {name}: unknown"
