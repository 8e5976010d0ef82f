"""Batches: many records that take one step, and how far they have come."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations import RecordType
from renda.errors import NotFound

GO_ON, FORGET = "core.go_on_with_batch", "core.forget_batch"
KEPT = timedelta(days=30)
"""For how long its page tells how a batch ended."""
MOST_TOLD = 200
"""Refusals that are kept with their reasons; of more only how many."""


class Batch(Scoped, Base):
    """A step that somebody lets many records take.

    Attributes:
        type: name of the record type.
        account: who confirmed it; nobody else sees how far it is.
        step: name of the transition.
        query: which records: what the address of their list asks for.
        reason: why, as the step is kept with each record.
        asked_at: when it was confirmed; what was made or changed later is left alone.
        total: records that the query found then.
        after: id of the last record that was looked at.
        done: records that took the step.
        refused: records that could not.
        told: JSON: (id, frozen reason) of the first of those.
        settled_at: when all were looked at.
        trouble: why it ended before that, frozen, or "".
    """

    __tablename__ = "core_batch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    step: Mapped[str]
    query: Mapped[str]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    total: Mapped[int]
    after: Mapped[uuid.UUID | None]
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    told: Mapped[str] = mapped_column(default="[]")
    settled_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")


def find(session: Session, kind: RecordType, organisation: str, account: uuid.UUID, identifier: str) -> Batch:
    """Somebody's own batch.

    Raises:
        NotFound: there is none.
    """
    try:
        wanted = uuid.UUID(identifier)
    except ValueError:
        raise NotFound from None
    found = session.scalar(
        select(Batch).where(
            Batch.id == wanted,
            Batch.organisation == organisation,
            Batch.type == kind.name,
            Batch.account == account,
        )
    )
    if found is None:
        raise NotFound
    return found
