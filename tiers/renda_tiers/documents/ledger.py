"""Receiving: what arrives is checked, kept, judged and given its effect in one transaction.

Hosted or remote, new or replayed, one document or ten thousand: everything goes through `receive`, and
`rebuild` runs the same steps over what is stored. A verdict is a function of the ledger and of the
installed modules alone, so a document that had to wait is judged again when what it waited for is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from renda.errors import RendaError
from renda.failpoints import reach
from renda.i18n import freeze
from renda_tiers.documents import signing, store
from renda_tiers.documents.envelope import Document, Outcome, Signed
from renda_tiers.documents.judging import forget, settle

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
    opened = [(_open(signed), signed) for signed in batch]
    documents = {one.hash: (one, signed) for one, signed in opened if isinstance(one, Document)}
    held = store.outcomes(session, list(documents))
    fresh = [pair for hash_, pair in documents.items() if hash_ not in held]
    store.add(session, fresh, now)
    store.restore_parts(session, [signed for hash_, (_one, signed) in documents.items() if hash_ in held])
    reach("ledger.stored")
    settle(session, [store.Kept(document, signed.key) for document, signed in fresh])
    reach("ledger.settled")
    verdicts = store.outcomes(session, list(documents))
    return [
        Receipt(one.hash, Outcome(verdicts[one.hash][0]), verdicts[one.hash][1])
        if isinstance(one, Document)
        else Receipt(None, None, freeze(one.message))
        for one, _signed in opened
    ]


def _open(signed: Signed) -> Document | RendaError:
    try:
        return signing.open_signed(signed)
    except RendaError as refused:
        return refused


def rebuild(session: Session) -> int:
    """Make every projection and every verdict anew from the stored bytes; the number of documents.

    The same code as receiving, so the result is the same, byte for byte.
    """
    forget(session)
    store.unjudge(session)
    settle(session, store.unjudged_control(session))
    count = 0
    for batch in store.unjudged(session):
        settle(session, batch, complete=False)
        count += len(batch)
    settle(session, [])
    return count
