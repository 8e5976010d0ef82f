"""One stored document with all that is known of it, for whoever looks after a node; never a part's bytes."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import NotFound
from renda_tiers.documents import forks
from renda_tiers.documents.envelope import Document, decode
from renda_tiers.documents.models import KeyGrant, KeyKept, LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.unapplied import UNAPPLIED

GRANTED, CLOSED, KEPT, UNKNOWN = "granted", "closed", "kept", "unknown"
"""What a key is to an origin: it speaks; it does no longer; it does no longer and this document still counts;
nobody entitled has granted it."""

HERE, ERASED, ELSEWHERE = "here", "erased", "elsewhere"
"""Where a part's bytes are: here, erased by an order, or never delivered here."""

MOST = 100_000
"""Characters of a payload that are shown."""

# What would not be seen, or would turn the text around it: controls, marks of direction, blanks of no width.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signed the document, and what it is to the origin."""

    key: bytes
    standing: str


@dataclass(frozen=True, slots=True)
class PartSeen:
    """What is told of a part: its name, its bytes' number, and where they are."""

    name: str
    size: int
    where: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored document.

    Attributes:
        row: of `LedgerDocument`.
        text: the payload, laid out for reading; cut after `MOST` characters.
        is_cut: whether it was.
    """

    row: LedgerDocument
    document: Document
    text: str
    is_cut: bool
    signers: Sequence[Signer]
    parts: Sequence[PartSeen]


def find(session: Session, hash_: bytes) -> Opened:
    """A document that is not applied, or that is a branch of a fork.

    Raises:
        NotFound: there is no such document, or it needs nobody's look.
    """
    row = session.get(LedgerDocument, hash_)
    if row is None or (row.outcome not in UNAPPLIED and not _is_branch(session, row)):
        raise NotFound
    document = decode(row.payload)
    text = readable(row.payload)
    return Opened(
        row, document, text[:MOST], len(text) > MOST, _signers(session, row), _parts(session, document)
    )


def _is_branch(session: Session, row: LedgerDocument) -> bool:
    return any(
        branch.hash == row.hash for fork in forks.find(session, row.subject) for branch in fork.branches
    )


def readable(payload: bytes) -> str:
    """A payload's JSON with a line for each value; what the eye would miss is written as its escape."""
    text = json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _signers(session: Session, row: LedgerDocument) -> list[Signer]:
    keys = session.scalars(
        select(LedgerSignature.key).where(LedgerSignature.document == row.hash).order_by(LedgerSignature.key)
    ).all()
    granted = select(KeyGrant).where(KeyGrant.organisation == row.origin, KeyGrant.key.in_(keys))
    grants: dict[bytes, bool] = {one.key: one.closed for one in session.scalars(granted)}
    listed = select(KeyKept.key).where(KeyKept.organisation == row.origin, KeyKept.document == row.hash)
    kept = set(session.scalars(listed))
    return [Signer(key, _standing(grants.get(key), kept=key in kept)) for key in keys]


def _standing(closed: Any, *, kept: bool) -> str:
    if closed is None:
        return UNKNOWN
    if not closed:
        return GRANTED
    return KEPT if kept else CLOSED


def _parts(session: Session, document: Document) -> list[PartSeen]:
    rows = session.execute(
        select(LedgerPart.name, LedgerPart.erased, LedgerPart.content.is_not(None).label("held")).where(
            LedgerPart.document == document.hash
        )
    )
    where = {row.name: ERASED if row.erased else HERE if row.held else ELSEWHERE for row in rows}
    return [PartSeen(one.name, one.size, where.get(one.name, ELSEWHERE)) for one in document.parts]
