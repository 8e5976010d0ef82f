"""Where the bytes of attached files lie: in a table of the node, by their hash, each content once.

They are in the transaction that names them and in every backup. The table belongs to no organisation: who
asks for bytes here has read, within the walls, a row that names them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.database import Base
from renda.declarations.personal import held
from renda.i18n import _

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class StoredFile(Base):
    """The bytes of a file, however many rows name them.

    Attributes:
        digest: their SHA-256, in hexadecimal digits.
        content: the bytes.
    """

    __tablename__ = "core_file"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(
        info=held(
            _("What people attach to a record"), "attachment", label=_("Attachment: content of the file")
        )
    )


def digest_of(content: bytes) -> str:
    """The name of some bytes."""
    return hashlib.sha256(content).hexdigest()


def keep(session: Session, content: bytes) -> str:
    """Store bytes, unless they are there; what names them afterwards."""
    digest = digest_of(content)
    insert = _INSERT[session.get_bind().dialect.name](StoredFile.__table__)
    session.execute(insert.values(digest=digest, content=content).on_conflict_do_nothing())
    return digest


def read(session: Session, digest: str) -> bytes | None:
    """The bytes of a name; None where there are none."""
    return session.scalar(select(StoredFile.content).where(StoredFile.digest == digest))


def drop(session: Session, digest: str) -> None:
    """Delete bytes that no row names any more; the database refuses it where one does."""
    session.execute(delete(StoredFile).where(StoredFile.digest == digest))


def damaged(session: Session) -> Iterator[str]:
    """Names of bytes that are not those that were stored; reads all of them, one at a time."""
    rows = session.execute(
        select(StoredFile.digest, StoredFile.content).order_by(StoredFile.digest),
        execution_options={"yield_per": 1},
    )
    for digest, content in rows:
        if digest_of(content) != digest:
            yield digest
