"""The class that every record's row extends, and what is kept beside it."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations.personal import held
from renda.i18n import _


class Record(Scoped, Base):
    """A row of a register.

    Attributes:
        id: its identity, also in evidence.
        organisation: whose record it is.
        state: name of its workflow state.
        author: account that made it, or None for what the system made.
        lock: counts changes; a form that knows an older count is refused (optimistic locking).
    """

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(index=True)
    author: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    lock: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": lock}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def __init_subclass__(cls, **options: Any) -> None:
        """Map the class, then let each field know from its column whether it may be empty."""
        super().__init_subclass__(**options)
        for column in () if cls.__dict__.get("__abstract__") else cls.__table__.columns:
            kind = column.info.get("field")
            if kind is not None:
                column.info["field"] = replace(kind, required=not column.nullable)


class Part:
    """A mixin for rows inside a record of another type, whose type declares `part_of`.

    Attributes:
        whole: id of that record; it lies at the same organisation.
    """

    whole: Mapped[uuid.UUID] = mapped_column(index=True)


class TransitionLog(Scoped, Base):
    """Every step of every record: who, when, from where to where, and why. Rows are only added."""

    __tablename__ = "core_transition"
    __table_args__ = (Index(None, "record", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    record: Mapped[uuid.UUID]
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_account.id"),
        info=held(
            _("Saying afterwards who decided what"), "record", label=_("Step of a record: who took it")
        ),
    )
    name: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class Participant(Record):
    """A person's part in a record of any type that declares participation.

    Attributes:
        type: name of the derived record type, such as `training_class_attendance`.
        whole: the record taken part in.
        role: one of the roles that its declaration names.
    """

    __tablename__ = "core_participant"
    __table_args__ = (Index(None, "whole", "person", "role", unique=True),)

    type: Mapped[str] = mapped_column(index=True)
    whole: Mapped[uuid.UUID] = mapped_column(index=True)
    person: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    role: Mapped[str]
