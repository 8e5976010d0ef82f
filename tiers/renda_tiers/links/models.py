"""What this node knows of itself and of its peers.

Nothing here is the truth: a link's rows are a cache of what the peer said, replaced by its next list.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base

PARENT = "parent"
CHILD = "child"

OPEN = "open"
REFUSED = "refused"
CLOSED = "closed"

MINE = "mine"
THEIRS = "theirs"


class Link(Base):
    """The connection with a peer's node.

    Attributes:
        peer: code of the organisation at the top of that node.
        role: `parent`, which this node dials, or `child`, which dials this node.
        address: where the peer listens; "" for one that can only dial.
        state: open; refused, by the parent; closed, by the administrator.
        reason: a frozen message about the last failure or refusal, or "".
        token: for a child's node to show next time, one of several (see `tokens`); of the parent's node, what
            this one has to show.
        token_before: what the child showed last.
        tries: failed calls since the last that succeeded.
        last_contact: when a verified message of the peer last came.
        next_call: when this node dials next, if it is the one that dials; else until when it leaves alone a
            peer that did not answer its knock and has not called since.
        level: whether both sides agreed about everything at the last exchange.
        recovering: whether the peer said that it is.
        waived: that the administrator does not wait for this peer after a restore.
        alarm: a frozen message about traffic that a person has to look at, or "".
        mark: what this node's files have asked the peer's to show since its gate was last closed, or "".
        seen: the mark of the peer's last file, to be shown by this node's next, or "".
        wants, asked: what that next file has to ask for and to give: months, as JSON.
        software, kinds: what the peer said of itself: its version, and its kinds of document as JSON.
    """

    __tablename__ = "tiers_link"

    peer: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=OPEN)
    reason: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(default="")
    token_before: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    last_contact: Mapped[datetime | None]
    next_call: Mapped[datetime | None]
    level: Mapped[bool] = mapped_column(default=False)
    recovering: Mapped[bool] = mapped_column(default=False)
    waived: Mapped[bool] = mapped_column(default=False)
    alarm: Mapped[str] = mapped_column(default="")
    mark: Mapped[str] = mapped_column(default="", server_default="")
    seen: Mapped[str] = mapped_column(default="", server_default="")
    wants: Mapped[str] = mapped_column(default="[]", server_default="[]")
    asked: Mapped[str] = mapped_column(default="[]", server_default="[]")
    software: Mapped[str] = mapped_column(default="")
    kinds: Mapped[str] = mapped_column(default="{}")


class LinkTrail(Base):
    """What is known at both ends of a link of the audit trails of the two nodes, see `trails`.

    Attributes:
        number, digest: the last link of the peer's trail that this node keeps; 0 before any.
        said_at: when the peer last said something of it, by its clock, and not later than this node's.
        held_number, held_digest: the link of this node's trail that the peer says it keeps; 0 before any.
    """

    __tablename__ = "tiers_trail"

    link: Mapped[str] = mapped_column(ForeignKey("tiers_link.peer"), primary_key=True)
    number: Mapped[int]
    digest: Mapped[bytes]
    said_at: Mapped[datetime]
    held_number: Mapped[int]
    held_digest: Mapped[bytes]


class LinkReach(Base):
    """An organisation whose matters concern a link: for a child all of its subtree, and "*".

    For the parent they are this node's own subtree: what concerns anybody else goes up.
    """

    __tablename__ = "tiers_link_reach"

    link: Mapped[str] = mapped_column(ForeignKey("tiers_link.peer"), primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True)


class LinkDocument(Base):
    """A document that concerns a link, held here, there, or on both ends.

    Attributes:
        month: of its issue, as 2026-05.
        offered: whether it is this node's to send.
        theirs: the peer's last word on it: applied, parked, aside or refused; None where it is not known to
            hold it.
        said: this node's verdict as it was last told to the peer, or "".
    """

    __tablename__ = "tiers_link_document"
    __table_args__ = (
        Index(None, "link", "month"),
        Index(None, "document"),
        Index(None, "link", "offered", "theirs"),
    )

    link: Mapped[str] = mapped_column(ForeignKey("tiers_link.peer"), primary_key=True)
    document: Mapped[bytes] = mapped_column(primary_key=True)
    month: Mapped[str]
    offered: Mapped[bool]
    theirs: Mapped[str | None]
    said: Mapped[str] = mapped_column(default="")


def waiting() -> tuple[ColumnElement[bool], ...]:
    """The condition of documents that are to be sent and not known to be there."""
    return (LinkDocument.offered.is_(True), LinkDocument.theirs.is_(None))


class LinkDigest(Base):
    """Count and digest of one month of a link, of one side; missing where something has changed since."""

    __tablename__ = "tiers_link_digest"

    link: Mapped[str] = mapped_column(ForeignKey("tiers_link.peer"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    digest: Mapped[bytes]


class Invitation(Base):
    """A one-time code for an organisation; it binds to the first key that is shown with it.

    Attributes:
        code: SHA-256 of the code.
        key: public key of the node that used it.
        used_at: when it did.
    """

    __tablename__ = "tiers_invitation"

    code: Mapped[bytes] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    expires_at: Mapped[datetime]
    key: Mapped[bytes | None]
    used_at: Mapped[datetime | None]
