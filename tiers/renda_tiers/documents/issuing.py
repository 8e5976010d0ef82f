"""Speaking for hosted organisations: their keys, and signing what they say.

What is issued here goes through `ledger.receive` like everything that arrives, so that a hosted
organisation and a remote one differ in transport alone.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.errors import Conflict, Forbidden
from renda.i18n import _, thaw
from renda.security import vault
from renda_tiers.documents import ledger, signing, store
from renda_tiers.documents.envelope import Outcome, Part, PartReference, Signed, encode
from renda_tiers.documents.models import KeyGrant, LedgerDocument, SigningKey, ThisNode


@dataclass(frozen=True, slots=True)
class Statement:
    """What an organisation is about to say; revision and predecessor follow from the ledger."""

    kind: str
    origin: str
    subject: str
    body: Mapping[str, Any]
    audience: AbstractSet[str]
    parts: Sequence[tuple[PartReference, Part]] = field(default=())
    schema: int = 1


def create_keys(session: Session, organisations: Sequence[str], now: datetime) -> dict[str, bytes]:
    """A new key pair for each organisation, its private half sealed; the public keys by code."""
    secret = vault.sealing_secret(session)
    pairs = {code: signing.generate() for code in organisations}
    rows = [
        {
            "public": public,
            "organisation": code,
            "sealed": vault.seal(private, secret, code),
            "created_at": now,
        }
        for code, (private, public) in pairs.items()
    ]
    if rows:
        session.execute(insert(SigningKey), rows)
    return {code: public for code, (_private, public) in pairs.items()}


def hosted(session: Session) -> frozenset[str]:
    """Codes of the organisations that this node holds a key for that was not closed."""
    closed = (
        select(KeyGrant.key)
        .where(KeyGrant.organisation == SigningKey.organisation, KeyGrant.key == SigningKey.public)
        .where(KeyGrant.closed)
    )
    return frozenset(session.scalars(select(SigningKey.organisation).where(~closed.exists()).distinct()))


def private_keys(session: Session, origins: AbstractSet[str]) -> dict[str, bytes]:
    """The newest granted private key of each origin; a key signs only once its enrolment is granted.

    Raises:
        Forbidden: an origin has no granted key here.
    """
    secret = vault.sealing_secret(session)
    rows = session.execute(
        select(SigningKey.organisation, SigningKey.sealed)
        .join(
            KeyGrant, (KeyGrant.organisation == SigningKey.organisation) & (KeyGrant.key == SigningKey.public)
        )
        .where(SigningKey.organisation.in_(sorted(origins)), KeyGrant.closed.is_(False))
        .order_by(SigningKey.created_at, SigningKey.public)
    )
    newest = {row.organisation: row.sealed for row in rows}
    missing = origins - newest.keys()
    if missing:
        raise Forbidden(
            _(
                "This node holds no granted key of ${codes} and cannot sign for it.",
                mapping={"codes": ", ".join(sorted(missing))},
            )
        )
    return {code: vault.unseal(sealed, secret, code) for code, sealed in newest.items()}


def issue(session: Session, statements: Sequence[Statement], *, now: datetime) -> list[bytes]:
    """Sign the statements and give them their effect; the hashes of the documents, in order.

    Raises:
        Recovering: this node was restored, or has just joined.
        Forbidden: an origin has no granted key here.
        Conflict: a document would not be applied; nothing is issued then, and the message says why.
    """
    store.lock(session)
    _refuse_while_recovering(session)
    keys = private_keys(session, {one.origin for one in statements})
    signed = [_sign(session, one, keys[one.origin], now) for one in statements]
    receipts = ledger.receive(session, signed, now=now)
    hashes = []
    for receipt in receipts:
        if receipt.outcome is not Outcome.APPLIED or receipt.hash is None:
            raise Conflict(thaw(receipt.reason))
        hashes.append(receipt.hash)
    return hashes


class Recovering(Conflict):
    """A restored node signs nothing until it knows again all that it said before."""

    message = _(
        "This node was restored or has just joined, and is fetching what it said before. Try again shortly."
    )


def _refuse_while_recovering(session: Session) -> None:
    if session.scalar(select(ThisNode.recovering)):
        raise Recovering


def _sign(session: Session, statement: Statement, private: bytes, now: datetime) -> Signed:
    revision, previous = next_revision(session, statement.kind, statement.origin, statement.subject)
    payload = encode(
        id=new_id(),
        kind=statement.kind,
        schema=statement.schema,
        origin=statement.origin,
        audience=statement.audience,
        subject=statement.subject,
        revision=revision,
        previous=previous,
        issued=now,
        body=statement.body,
        parts=[reference for reference, _part in statement.parts],
    )
    return signing.sign(payload, private, [part for _reference, part in statement.parts])


def next_revision(session: Session, kind: str, origin: str, subject: str) -> tuple[int, bytes | None]:
    """The number of an origin's next revision of a subject, and the hash of its highest one held, if any.

    What others say of the subject, and what was set aside, does not count.
    """
    row = session.execute(
        select(LedgerDocument.revision, LedgerDocument.hash)
        .where(
            LedgerDocument.subject == subject,
            LedgerDocument.kind == kind,
            LedgerDocument.origin == origin,
            LedgerDocument.outcome != Outcome.ASIDE,
        )
        .order_by(LedgerDocument.revision.desc(), LedgerDocument.issued.desc(), LedgerDocument.hash.desc())
        .limit(1)
    ).first()
    return (row.revision + 1, row.hash) if row else (1, None)
