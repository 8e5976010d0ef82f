"""The ledger: every document that this node holds, its signatures and parts, and the keys that may speak.

Documents, signatures and parts are the truth and are never rewritten but for the verdict; the other tables
are projections, or belong to this node alone.
"""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base


class Projected:
    """A row that follows from the ledger: emptied and made again by a rebuild, byte for byte the same."""


class LedgerDocument(Base):
    """A stored document and how this node judges it.

    Attributes:
        hash: SHA-256 of the payload.
        outcome: applied, parked or aside; empty only inside the transaction that judges it.
        reason: a frozen message (`renda.i18n.thaw`) that says why it is not applied, or "".
        waits_for: hash of the document that a parked one names and this node does not hold.
        received_at: this node's time; no projection and no rule reads it.
    """

    __tablename__ = "tiers_document"
    __table_args__ = (
        Index(None, "id"),
        Index(None, "subject", "revision"),
        Index(None, "kind", "outcome"),
        Index(None, "waits_for"),
        Index(None, "origin", "kind"),
    )

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID]
    kind: Mapped[str]
    schema: Mapped[int]
    origin: Mapped[str]
    subject: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]
    payload: Mapped[bytes]
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    waits_for: Mapped[bytes | None]
    received_at: Mapped[datetime]


class LedgerSignature(Base):
    """A key's signature under a document.

    Whoever sees a payload can sign it with a key of their own and deliver it first; so each key's signature
    is kept, and the document counts as soon as one of them may speak for its origin.
    """

    __tablename__ = "tiers_signature"

    document: Mapped[bytes] = mapped_column(ForeignKey("tiers_document.hash"), primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    signature: Mapped[bytes]


class LedgerPart(Base):
    """Bytes beside a document; without content and salt where they were withheld, or once erased.

    Attributes:
        erased: by an order; what arrives again later is not kept.
    """

    __tablename__ = "tiers_part"

    document: Mapped[bytes] = mapped_column(ForeignKey("tiers_document.hash"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    content: Mapped[bytes | None]
    erased: Mapped[bool] = mapped_column(default=False)


class LedgerConcern(Base):
    """Whom a document concerns: its origin and its audience; "*" for the whole chain."""

    __tablename__ = "tiers_concern"

    document: Mapped[bytes] = mapped_column(ForeignKey("tiers_document.hash"), primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True, index=True)


class Erasure(Projected, Base):
    """An order to erase a part that was followed here.

    Attributes:
        document: hash of the order.
        target: hash of the document whose part it is.
        by: code of the organisation that ordered it.
    """

    __tablename__ = "tiers_erasure"

    document: Mapped[bytes] = mapped_column(primary_key=True)
    target: Mapped[bytes] = mapped_column(index=True)
    part: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str]
    issued: Mapped[datetime]


class SigningKey(Base):
    """A private key that this node holds for an organisation it hosts, sealed with the node's key file."""

    __tablename__ = "tiers_signing_key"

    public: Mapped[bytes] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class ThisNode(Base):
    """The one row that says whose node this is.

    Attributes:
        organisation: code of the organisation at its top.
        recovering: it was restored or has just joined: it signs nothing until it is level with its peers.
    """

    __tablename__ = "tiers_node"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    recovering: Mapped[bool] = mapped_column(default=False)


class Anchor(Base):
    """A key that this node trusts without a document: that of the organisation above all others."""

    __tablename__ = "tiers_anchor"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)


class KeyGrant(Projected, Base):
    """That a key may speak for an organisation, or once did: a projection of the enrolments.

    Attributes:
        closed: it speaks no longer; of what it signed, the documents in `KeyKept` still count.
    """

    __tablename__ = "tiers_key_grant"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    closed: Mapped[bool] = mapped_column(default=False)


class KeyKept(Projected, Base):
    """That a document counts although the key that signed it was closed."""

    __tablename__ = "tiers_key_kept"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    document: Mapped[bytes] = mapped_column(primary_key=True)
