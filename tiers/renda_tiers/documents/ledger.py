"""Receiving: what arrives is checked, kept, judged and given its effect in one transaction.

Hosted or remote, new or replayed, one document or ten thousand: everything goes through `receive`, and
`rebuild` runs the same steps over what is stored. A verdict is a function of the ledger and of the
installed modules alone, so a document that had to wait is judged again when what it waited for is there.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.database import Base
from renda.errors import RendaError
from renda.failpoints import reach
from renda.i18n import freeze
from renda_tiers.documents import signatures, signing, store
from renda_tiers.documents.envelope import Document, Outcome, Signed
from renda_tiers.documents.judging import forget, grounds, settle
from renda_tiers.documents.models import LedgerDocument, Projected
from renda_tiers.documents.verifying import verify

__all__ = ["Receipt", "projections", "rebuild", "receive", "reconsider", "verify"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one received document.

    Attributes:
        hash: None where the bytes are no document.
        outcome: None where it was refused and nothing of it was kept.
        reason: a frozen message, or "".
    """

    hash: bytes | None
    outcome: Outcome | None
    reason: str = ""


def receive(session: Session, batch: Sequence[Signed], *, now: datetime) -> list[Receipt]:
    """Take documents in; one receipt each, in order. A bad one never stops the next.

    The caller commits; only then may it tell the sender what became of them.
    """
    # What one bears can be seen while another transaction writes.
    opened = [(_open(signed), signed) for signed in batch]
    store.lock(session)
    documents = {one.hash: one for one, _signed in opened if isinstance(one, Document)}
    copies: dict[bytes, list[Signed]] = {hash_: [] for hash_ in documents}
    for one, signed in opened:
        if isinstance(one, Document):
            copies[one.hash].append(signed)
    _keep(session, documents, copies, now)
    verdicts = store.outcomes(session, list(documents))
    return [
        Receipt(one.hash, Outcome(verdicts[one.hash][0]), verdicts[one.hash][1])
        if isinstance(one, Document)
        else Receipt(None, None, freeze(one.message))
        for one, _signed in opened
    ]


def _keep(
    session: Session, documents: Mapping[bytes, Document], copies: Mapping[bytes, list[Signed]], now: datetime
) -> None:
    """Store what is new of the documents, and judge those that are new or have a new signature."""
    held = store.outcomes(session, list(documents))
    pairs = [(hash_, signed) for hash_, many in copies.items() for signed in many]
    store.add(session, [(one, copies[hash_]) for hash_, one in documents.items() if hash_ not in held], now)
    store.fill_parts(session, [(hash_, signed) for hash_, signed in pairs if hash_ in held])
    signed_now = signatures.keep(session, pairs, held.keys())
    reach("ledger.stored")
    doubted = {hash_ for hash_ in signed_now if held.get(hash_, ("",))[0] != Outcome.APPLIED}
    keys = {hash_: frozenset(one.key for one in many) for hash_, many in copies.items()}
    keys |= signatures.signers(session, sorted(doubted & held.keys()))
    settle(session, [store.Kept(documents[hash_], keys[hash_]) for hash_ in documents if hash_ in doubted])
    reach("ledger.settled")


def _open(signed: Signed) -> Document | RendaError:
    try:
        return signing.open_signed(signed)
    except RendaError as refused:
        return refused


def rebuild(session: Session) -> int:
    """Make every projection and every verdict anew from the stored bytes; the number of documents.

    The same code as receiving, so the result is the same, byte for byte.
    """
    store.lock(session)
    forget(session)
    store.unjudge(session)
    settle(session, store.unjudged_control(session))
    count = 0
    for batch in store.unjudged(session, grounds(session)):
        settle(session, batch, complete=False, again=True)
        count += len(batch)
    settle(session, [])
    return count


def reconsider(session: Session) -> None:
    """Judge again what was parked or set aside: a module or a newer version of one may be here now."""
    store.lock(session)
    settle(session, store.not_applied(session))


def projections(session: Session) -> dict[str, str]:
    """A digest of each table that follows from the ledger, and of the verdicts, by name of the table."""
    tables = {
        str(mapper.local_table): select(*mapper.local_table.columns)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Projected)
    }
    verdicts = (LedgerDocument.hash, LedgerDocument.outcome, LedgerDocument.reason, LedgerDocument.waits_for)
    tables["verdicts"] = select(*verdicts)
    return {name: _digest(session.execute(tables[name])) for name in sorted(tables)}


def _digest(rows: Iterable[Any]) -> str:
    # A sum of hashes needs no order and no memory.
    total = sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in rows)
    return f"{total % 2**256:064x}"
