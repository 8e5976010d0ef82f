"""What people say about a record to those who may read it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations import RecordType
from renda.errors import Invalid
from renda.i18n import _
from renda.records.engine import log
from renda.records.fields import Paragraph, Rejected
from renda.records.models import Record
from renda.security.models import Account

TEXT = Paragraph(_("Comment"), max_length=2000)


class Comment(Scoped, Base):
    """A comment on a record. Rows are only added.

    Attributes:
        type: name of the record type.
        record: id of the record.
        author: account that wrote it.
    """

    __tablename__ = "core_comment"
    __table_args__ = (Index(None, "record", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    record: Mapped[uuid.UUID]
    at: Mapped[datetime]
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    text: Mapped[str]


def say(
    session: Session, kind: RecordType, row: Record, text: object, *, now: datetime, author: uuid.UUID
) -> Comment:
    """Add a comment; the audit row does not repeat what it says.

    Raises:
        Invalid: there is no text, or it is too long.
    """
    try:
        said = TEXT.clean(text)
    except Rejected as error:
        raise Invalid({"comment": error.message}) from None
    made = Comment(
        organisation=row.organisation, type=kind.name, record=row.id, at=now, author=author, text=said
    )
    session.add(made)
    session.flush()
    log(session, kind, [row], "comment", {"comment": str(made.id)}, now=now, actor=author)
    return made


def of(session: Session, kind: RecordType, row: Record) -> Sequence[tuple[Comment, str]]:
    """The comments on a record and who wrote them, the latest first."""
    rows = session.execute(
        select(Comment, Account.name)
        .join(Account, Account.id == Comment.author)
        .where(Comment.record == row.id, Comment.type == kind.name)
        .order_by(Comment.at.desc(), Comment.id.desc())
    )
    return [(comment, name) for comment, name in rows]
