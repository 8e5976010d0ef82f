"""Signatures of stored documents: whose are kept, and which keys have ever spoken for anybody.

Whoever sees a payload can sign it with a key of their own, so strangers' signatures are bounded, and those
that count stand before them.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.documents.envelope import Signed
from renda_tiers.documents.models import KeyGrant, LedgerSignature

MOST_STRANGERS = 16
"""Signatures of one document by keys that nobody has granted."""


def keep(session: Session, copies: Sequence[tuple[bytes, Signed]], known: AbstractSet[bytes]) -> set[bytes]:
    """Keep the signatures that are not held yet; the hashes of the documents that got one.

    Only of the known documents may there be signatures already. Anybody can sign anything with a key of their
    own: of keys that nobody has granted a document has no more than `MOST_STRANGERS`.
    """
    brought = {(hash_, signed.key): signed for hash_, signed in copies}
    held = {
        tuple(row)
        for some in slices(sorted({hash_ for hash_, _key in brought if hash_ in known}))
        for row in session.execute(
            select(LedgerSignature.document, LedgerSignature.key).where(LedgerSignature.document.in_(some))
        )
    }
    new = _bounded(session, [pair for pair in brought if pair not in held], held)
    if new:
        session.execute(
            insert(LedgerSignature),
            [
                {
                    "document": hash_,
                    "key": key,
                    "algorithm": brought[hash_, key].algorithm,
                    "signature": brought[hash_, key].signature,
                }
                for hash_, key in new
            ],
        )
    return {hash_ for hash_, _key in new}


def _bounded(
    session: Session, new: Sequence[tuple[bytes, bytes]], held: AbstractSet[tuple[bytes, ...]]
) -> list[tuple[bytes, bytes]]:
    """Those of the new (document, key) pairs that may be kept beside those that are held."""
    counts = Counter(document for document, *_key in (*held, *new))
    if all(counts[document] <= MOST_STRANGERS for document, _key in new):
        return list(new)
    known = granted(session, {key for _document, key in (*held, *new)})
    strangers = Counter(document for document, key in held if key not in known)
    kept = []
    for document, key in sorted(new):
        if key not in known:
            strangers[document] += 1
        if key in known or strangers[document] <= MOST_STRANGERS:
            kept.append((document, key))
    return kept


def granted(session: Session, keys: Collection[bytes]) -> set[bytes]:
    """Those of some keys that were ever granted to somebody, by a document that counts here."""
    return {
        key
        for some in slices(sorted(keys))
        for key in session.scalars(select(KeyGrant.key).where(KeyGrant.key.in_(some)))
    }


def signers(session: Session, hashes: Sequence[bytes]) -> dict[bytes, frozenset[bytes]]:
    """The keys that signed each of these documents."""
    found: dict[bytes, set[bytes]] = {hash_: set() for hash_ in hashes}
    for some in slices(hashes):
        for row in session.execute(
            select(LedgerSignature.document, LedgerSignature.key).where(LedgerSignature.document.in_(some))
        ):
            found[row.document].add(row.key)
    return {hash_: frozenset(keys) for hash_, keys in found.items()}
