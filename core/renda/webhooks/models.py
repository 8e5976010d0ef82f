"""The table of webhooks."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, new_id


class Webhook(Base):
    """An address that is told what is done at an organisation.

    Attributes:
        account: who registered it.
        address: where calls go: `https://host[:port]/path`.
        topics: names of `renda.webhooks.registering.TOPICS`, separated by spaces.
        sealed: the secret that signs its calls, sealed.
        told_at: when it last took a call.
        failing_since: since when it has taken none, or None.
        trouble: a frozen message that says why, or "".
    """

    __tablename__ = "core_webhook"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), index=True)
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), index=True)
    address: Mapped[str]
    topics: Mapped[str]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
