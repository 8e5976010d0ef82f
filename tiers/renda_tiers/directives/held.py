"""What a node holds of one directive: the revision that stands, and what it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda_tiers.directives import bodies, bounds
from renda_tiers.directives.models import Directive, DirectiveStanding
from renda_tiers.documents.envelope import Document, Part, PartReference, Signed, decode
from renda_tiers.documents.models import KeyGrant, LedgerDocument, LedgerPart, LedgerSignature


@dataclass(frozen=True, slots=True)
class Held:
    """A directive as it stands.

    Attributes:
        current: the revision that stands.
        call: the one that targets answer: the same, or of an ended directive the last open one.
    """

    current: Document
    call: Document

    @property
    def subject(self) -> str:
        """What all its revisions are revisions of."""
        return self.current.subject

    @property
    def issuer(self) -> str:
        """Code of who set it."""
        return self.current.origin

    @property
    def body(self) -> Mapping[str, Any]:
        """What the standing revision says."""
        return self.current.body

    @property
    def open(self) -> bool:
        """Whether it is neither closed nor cancelled."""
        return bool(self.body["state"] == bodies.OPEN)

    @property
    def due(self) -> date:
        """The last day."""
        return date.fromisoformat(self.body["due"])

    @property
    def parties(self) -> frozenset[str]:
        """Codes of all who hold it: issuer, targets, and the issuers above."""
        return frozenset(self.current.audience) | {self.issuer}

    @property
    def above(self) -> frozenset[str]:
        """Codes of those whom every word about it goes to: the issuer, and the issuers above."""
        return bounds.above(self.current) | {self.issuer}

    def ensure_open(self) -> None:
        """Refuse to act on what has ended.

        Raises:
            Conflict: it is closed or cancelled.
        """
        if not self.open:
            raise Conflict(_("This directive has ended."))


def find(session: Session, subject: str, party: str) -> Held:
    """A directive, for one of those who hold it.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    row = session.execute(
        select(Directive.call, LedgerDocument.payload)
        .join(DirectiveStanding, DirectiveStanding.document == Directive.document)
        .join(LedgerDocument, LedgerDocument.hash == Directive.document)
        .where(DirectiveStanding.subject == subject)
    ).first()
    found = None
    if row is not None:
        current = decode(row.payload)
        call = current if row.call == current.hash else document(session, row.call)
        found = Held(current, call)
    if found is None or party not in found.parties:
        raise NotFound(_("There is no such directive."))
    return found


def own(session: Session, subject: str, issuer: str) -> Held:
    """A directive, for its issuer.

    Raises:
        NotFound: the issuer has set no such directive.
    """
    found = find(session, subject, issuer)
    if found.issuer != issuer:
        raise NotFound(_("There is no such directive."))
    return found


def document(session: Session, hash_: bytes) -> Document:
    """A document of the ledger, read."""
    payload = session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == hash_)).one()
    return decode(payload)


def signed(session: Session, one: Document) -> Signed:
    """A document as its origin signed it, with a key that may speak for it; of several with the lowest."""
    row = session.execute(
        select(LedgerSignature.key, LedgerSignature.signature, LedgerSignature.algorithm)
        .join(KeyGrant, (KeyGrant.key == LedgerSignature.key) & (KeyGrant.organisation == one.origin))
        .where(LedgerSignature.document == one.hash)
        .order_by(LedgerSignature.key)
        .limit(1)
    ).one()
    return Signed(one.payload, row.signature, row.key, row.algorithm)


def parts(session: Session, one: Document) -> list[tuple[PartReference, Part]]:
    """The parts of a document as they lie in the ledger."""
    rows = session.execute(
        select(LedgerPart.name, LedgerPart.salt, LedgerPart.content).where(LedgerPart.document == one.hash)
    )
    held = {row.name: Part(row.name, row.salt, row.content) for row in rows}
    return [(reference, held[reference.name]) for reference in one.parts]
