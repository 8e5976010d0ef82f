"""What the database knows of packs."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped


class InstalledPack(Scoped, Base):
    """One version of a pack that an organisation has; it stays when a higher one comes.

    Attributes:
        name: the pack's id.
        text: its file.
        given_by: code of the organisation that it came from; its own where it installed the file itself.
        given_at: when that was said.
    """

    __tablename__ = "core_pack"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
