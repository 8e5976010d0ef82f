"""Keys on a link: asking for a grant, granting, and the ticket that reminds a parent of what it granted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import RendaError
from renda.security import vault
from renda_tiers.documents import issuing, signing
from renda_tiers.documents.authority import ENROLMENT
from renda_tiers.documents.envelope import WHOLE_CHAIN, Document, Outcome, decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import Anchor, KeyGrant, LedgerDocument, LedgerSignature, SigningKey
from renda_tiers.links import carrying
from renda_tiers.links.messages import Sent
from renda_tiers.links.sealing import is_proven, prove

LONGEST = 16
"""Most enrolments between a key and one that is known: tiers, and keys that a body has had."""


def enrolment(
    speaker: str,
    organisation: str,
    key: bytes | None,
    closes: Iterable[bytes] = (),
    keeps: Iterable[bytes] = (),
) -> Statement:
    """What a superior says of an organisation's keys."""
    body: dict[str, object] = {"organisation": organisation, "key": key.hex() if key else None}
    if closed := sorted(one.hex() for one in closes):
        body |= {"closes": closed, "keeps": sorted(one.hex() for one in keeps)}
    return Statement(ENROLMENT, speaker, f"{ENROLMENT}:{organisation}", body, frozenset(WHOLE_CHAIN))


def granted(session: Session, organisation: str) -> list[bytes]:
    """The keys that speak for an organisation now."""
    return list(
        session.scalars(
            select(KeyGrant.key).where(KeyGrant.organisation == organisation, KeyGrant.closed.is_(False))
        )
    )


def speaks(session: Session, organisation: str, key: bytes) -> bool:
    """Whether a key speaks for an organisation now."""
    row = session.get(KeyGrant, (organisation, key), populate_existing=True)
    return row is not None and not row.closed


def signed_with(session: Session, organisation: str, keys: Sequence[bytes]) -> list[bytes]:
    """Hashes of the organisation's documents held here that one of the keys signed and that count."""
    return list(
        session.scalars(
            select(LedgerDocument.hash)
            .join(LedgerSignature, LedgerSignature.document == LedgerDocument.hash)
            .where(
                LedgerDocument.origin == organisation,
                LedgerSignature.key.in_(keys),
                LedgerDocument.outcome != Outcome.ASIDE,
            )
            .distinct()
        )
    )


def ungranted(session: Session, organisation: str) -> dict[bytes, bytes]:
    """Sealed private keys by public key, of an organisation's keys made here that nobody has granted yet."""
    known = select(KeyGrant.key).where(
        KeyGrant.organisation == SigningKey.organisation, KeyGrant.key == SigningKey.public
    )
    rows = session.scalars(select(SigningKey).where(SigningKey.organisation == organisation, ~known.exists()))
    return {row.public: row.sealed for row in rows}


def pending(session: Session, organisation: str) -> list[tuple[bytes, bytes]]:
    """New keys of this node's top that its parent is to grant, each with its proof."""
    found = ungranted(session, organisation)
    if not found:
        return []
    secret = vault.sealing_secret(session)
    return [
        (public, prove(organisation, vault.unseal(sealed, secret, organisation)))
        for public, sealed in sorted(found.items())
    ]


def grant(
    session: Session,
    speaker: str,
    organisation: str,
    asks: Sequence[tuple[bytes, bytes]],
    now: datetime,
) -> None:
    """Let an organisation's new keys speak beside the old ones, where who asks has proven to hold them."""
    held = set(session.scalars(select(KeyGrant.key).where(KeyGrant.organisation == organisation)))
    wanted = [key for key, proof in asks if key not in held and is_proven(organisation, key, proof)]
    for key in wanted:
        issuing.issue(session, [enrolment(speaker, organisation, key)], now=now)


def tickets(session: Session, organisation: str, *, whole: bool = False) -> list[Sent]:
    """The enrolment of the key that this node signs with, that of the key which signed it, and so on upwards.

    Empty for a root that signs with the key which everybody trusts without a document. `whole` adds all other
    enrolments of the organisation's keys, for a parent that refuses it.
    """
    private = issuing.private_keys(session, {organisation})[organisation]
    about, key, found = organisation, public_of(private), list[bytes]()
    while len(found) < LONGEST and (row := _granting(session, about, key)) and row.document not in found:
        found.append(row.document)
        about, key = row.origin, row.key
    shown = carrying.load(session, found)
    if whole:
        shown += [one for one in enrolments(session, [organisation]) if one not in shown]
    return shown


def _granting(session: Session, organisation: str, key: bytes) -> Any:
    """The newest enrolment by which a key may speak, with who signed it and with which key."""
    if session.get(Anchor, (organisation, key)) is not None:
        return None
    rows = session.execute(
        select(LedgerSignature.document, LedgerDocument.origin, LedgerSignature.key, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == LedgerSignature.document)
        .where(
            LedgerDocument.kind == ENROLMENT,
            LedgerDocument.subject == f"{ENROLMENT}:{organisation}",
            LedgerDocument.outcome == Outcome.APPLIED,
        )
        .order_by(LedgerDocument.revision.desc(), LedgerDocument.issued.desc(), LedgerSignature.document)
    )
    return next((row for row in rows if decode(row.payload).body["key"] == key.hex()), None)


def introduce(session: Session, organisation: str, key: bytes, shown: Sequence[Sent], now: datetime) -> bool:
    """Whether a key speaks for an organisation, if need be by the enrolments that its holder shows.

    Only such are taken in that lead from the key to one that is known here, each signed by the next: whoever
    is not enrolled leaves nothing behind.
    """
    if speaks(session, organisation, key):
        return True
    chain = _leading(session, organisation, key, shown[:LONGEST])
    carrying.take_in(session, chain, now)
    return bool(chain) and speaks(session, organisation, key)


def learn(session: Session, organisation: str, shown: Sequence[Sent], now: datetime) -> None:
    """Take in what an organisation shows that was said of its own keys; one of them speaks for it already."""
    documents = ((one, _enrolment_of(one)) for one in shown)
    own = [
        one for one, document in documents if document and document.body.get("organisation") == organisation
    ]
    carrying.take_in(session, own, now)


def _leading(session: Session, organisation: str, key: bytes, shown: Sequence[Sent]) -> list[Sent]:
    left = {one: document for one in shown if (document := _enrolment_of(one)) is not None}
    found: list[Sent] = []
    while step := next((one for one in left if _grants(left[one], organisation, key)), None):
        found.append(step)
        organisation, key = left.pop(step).origin, step.signed.key
        if session.get(KeyGrant, (organisation, key)) is not None:
            return found
    return []


def _enrolment_of(one: Sent) -> Document | None:
    try:
        document = signing.open_signed(one.signed)
    except RendaError:
        return None
    return document if document.kind == ENROLMENT else None


def _grants(document: Document, organisation: str, key: bytes) -> bool:
    body = document.body
    return body.get("organisation") == organisation and body.get("key") == key.hex()


def enrolments(session: Session, organisations: Iterable[str]) -> list[Sent]:
    """Every enrolment of some organisations' keys, for a node that must learn why it is refused."""
    subjects = [f"{ENROLMENT}:{code}" for code in organisations]
    hashes = session.scalars(
        select(LedgerDocument.hash).where(
            LedgerDocument.kind == ENROLMENT,
            LedgerDocument.subject.in_(subjects),
            LedgerDocument.outcome == Outcome.APPLIED,
        )
    )
    return carrying.load(session, list(hashes))


def public_of(private: bytes) -> bytes:
    """The public half of a private key, both 32 raw bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def make(session: Session, organisation: str, now: datetime) -> bytes:
    """A new key of an organisation, not granted yet; its public half."""
    return issuing.create_keys(session, [organisation], now)[organisation]
