"""The table of files between their upload and the confirmation of what they would do."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations.personal import held
from renda.i18n import _


class Upload(Scoped, Base):
    """A file that somebody gave to a register; it is deleted after a day.

    Attributes:
        type: name of the record type.
        account: who gave it; nobody else sees it.
        name: what the file was called.
        content: its bytes.
        mapping: JSON: names of fields by column as the person corrected them, or "" for what was found.
        answers: JSON: what the person answered to questions about rows, by the row's number, or "".
        state: one of those in `renda.excel.uploads`.
        shown: fingerprint of the changes that the person confirmed, or "".
        written: records that were made or changed.
        trouble: why nothing was written, as `renda.i18n.freeze` stores it, or "".
        given_at: when it was given.
        settled_at: when it was written or refused.
    """

    __tablename__ = "core_excel_upload"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(
        info=held(
            _("Entering what somebody keeps in a table"),
            "upload",
            label=_("Excel file to import: its content"),
        )
    )
    mapping: Mapped[str] = mapped_column(default="")
    answers: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    shown: Mapped[str] = mapped_column(default="")
    written: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
