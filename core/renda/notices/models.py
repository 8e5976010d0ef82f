"""Working days that were entered, steps of time limits, notices and how they reach people."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations.personal import held
from renda.i18n import _


class OwnDay(Base):
    """A day that this node counts otherwise than it was announced.

    Attributes:
        works: whether offices work on it.
        note: why: the number of the announcement, the name of the festival.
    """

    __tablename__ = "core_own_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    note: Mapped[str]


class LimitStep(Scoped, Base):
    """That somebody was told of a record's time limit; a row for each stay in a state and each step of it.

    Attributes:
        entered_at: when the record came into the state.
        left: working days before the last day at which they were told; -1 once it was over.
    """

    __tablename__ = "core_limit_step"

    record: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entered_at: Mapped[datetime] = mapped_column(primary_key=True)
    left: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told_at: Mapped[datetime]


class Notice(Base):
    """Something that an account is told.

    Attributes:
        organisation: where it is about; its pages lie there.
        kind: one of `renda.notices.kinds.KINDS`.
        title: what it is about, as `renda.i18n.freeze` stores it.
        path: address of the thing below `/o/{organisation}/`.
        key: what happened, so that it is told once.
        read_at: when its owner marked it as read.
    """

    __tablename__ = "core_notice"
    __table_args__ = (
        Index(None, "account", "key", unique=True),
        Index(None, "account", "at"),
        Index(None, "account", "read_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"))
    kind: Mapped[str]
    title: Mapped[str]
    path: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Delivery(Base):
    """A notice on its way through a channel.

    Attributes:
        state: see `renda.notices.sending`.
        tries: how often it was begun.
        error: why the last try failed, without any address.
    """

    __tablename__ = "core_delivery"
    __table_args__ = (Index(None, "state"),)

    notice: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_notice.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class ChannelChoice(Base):
    """That an account wants notices through a channel.

    Attributes:
        address: where to, sealed for this account and channel.
        kinds: which, with blanks between.
    """

    __tablename__ = "core_channel_choice"

    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[bytes] = mapped_column(
        info=held(
            _("Telling somebody who asked for it"), "account", label=_("Notices: sealed address they go to")
        )
    )
    kinds: Mapped[str]


class QuietHours(Base):
    """Hours of the day in China in which an account is sent nothing.

    Attributes:
        start, end: from one full hour up to another, maybe over midnight.
    """

    __tablename__ = "core_quiet_hours"

    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    start: Mapped[int]
    end: Mapped[int]


class Feed(Base):
    """The secret address of an account's calendar at one organisation.

    Attributes:
        hash: SHA-256 of the secret, so that reading this table opens nothing.
    """

    __tablename__ = "core_feed"

    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
