"""Files that people attach to a record: what there is, who added or removed it, and its bytes.

A file that is removed is out of sight, and can be put back until its span is over; then its bytes go, too,
unless another row names them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from renda.database import Base, Scoped
from renda.declarations import Attachments, RecordType
from renda.declarations.personal import held
from renda.errors import NotFound
from renda.files import store
from renda.i18n import _
from renda.records.models import Record
from renda.security.models import Account

_WHY = _("Saying afterwards who decided what")


class Attachment(Scoped, Base):
    """A file of a record.

    Attributes:
        id: random, since it is the address under which the bytes are had.
        type: name of the record type.
        record: id of the record.
        name: what the file is called, cleaned.
        kind: name in `renda.files.kinds.KINDS`, decided by the bytes as well as by the name.
        size: number of bytes.
        digest: name of the bytes in `renda.files.store`; None once they were erased.
        added_by, removed_by: accounts; None for the system, or for what was not removed.
        removed_at: when it was removed, or None.
    """

    __tablename__ = "core_attachment"
    __table_args__ = (Index(None, "record", "added_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    type: Mapped[str]
    record: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(
        info=held(_("What people attach to a record"), "attachment", label=_("Attachment: name of the file"))
    )
    kind: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str | None] = mapped_column(ForeignKey("core_file.digest"), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_account.id"), info=held(_WHY, "record", label=_("Attachment: who added it"))
    )
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_account.id"), info=held(_WHY, "record", label=_("Attachment: who removed it"))
    )


@dataclass(frozen=True)
class Held:
    """An attachment with the names of who added and who removed it."""

    row: Attachment
    added_by: str | None
    removed_by: str | None


def declared(kind: RecordType) -> Attachments:
    """What a record type says of its attachments.

    Raises:
        NotFound: its records have none.
    """
    if kind.attachments is None:
        raise NotFound
    return kind.attachments


def of(session: Session, kind: RecordType, row: Record) -> Sequence[Held]:
    """All attachments of a record, removed ones and erased ones among them, in the order of their coming."""
    adder, remover = aliased(Account), aliased(Account)
    rows = session.execute(
        select(Attachment, adder.name, remover.name)
        .outerjoin(adder, adder.id == Attachment.added_by)
        .outerjoin(remover, remover.id == Attachment.removed_by)
        .where(Attachment.record == row.id, Attachment.type == kind.name)
        .order_by(Attachment.added_at, Attachment.name, Attachment.id)
    )
    return [Held(*one) for one in rows]


def find(
    session: Session, kind: RecordType, row: Record, identifier: str, *, removed: bool = False
) -> Attachment:
    """An attachment of a record that is there or, where asked for, one that was removed and not yet erased.

    Raises:
        NotFound: there is no such one.
    """
    declared(kind)
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound from None
    found = session.scalar(
        select(Attachment).where(
            Attachment.id == wanted,
            Attachment.record == row.id,
            Attachment.type == kind.name,
            Attachment.digest.is_not(None),
            Attachment.removed_at.is_not(None) if removed else Attachment.removed_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def content(session: Session, one: Attachment) -> bytes:
    """The bytes of an attachment that was found within the walls.

    Raises:
        NotFound: they are gone.
    """
    found = store.read(session, one.digest) if one.digest is not None else None
    if found is None:
        raise NotFound
    return found
