"""The table of work to do."""

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, new_id


class TaskRow(Base):
    """A piece of work that is still to do, or under way.

    Attributes:
        name: which function does it; a row whose function this node does not have waits.
        args: JSON list of ids; the function reads everything else from the database.
        due: when somebody should next look at it. A claim moves it to the end of the lease.
        tries: how often it was begun.
        claimed_until: end of the lease of whoever has claimed it, or None.
        worker: who has claimed it.
        error: why the last try failed.
    """

    __tablename__ = "core_task"
    __table_args__ = (Index(None, "due", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    args: Mapped[str] = mapped_column(default="[]")
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
