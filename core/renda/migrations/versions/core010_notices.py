"""Working days that were entered, steps of time limits, notices and how they reach people."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core010"
down_revision = "core009"

_ACCOUNT = ["core_account.id"]
_ORGANISATION = ["core_organisation.code"]


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, renda.database.UTCDateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _refers(table: str, column: str, other: list[str]) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], other, name=op.f(f"{table}_{column}_fkey"))


def upgrade() -> None:
    op.create_table(
        "core_own_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        _text("note"),
        sa.PrimaryKeyConstraint("day", name=op.f("core_own_day_pkey")),
    )
    op.create_table(
        "core_limit_step",
        _id("record"),
        _instant("entered_at"),
        sa.Column("left", sa.BigInteger(), autoincrement=False, nullable=False),
        _instant("told_at"),
        _text("organisation"),
        _refers("core_limit_step", "organisation", _ORGANISATION),
        sa.PrimaryKeyConstraint("record", "entered_at", "left", name=op.f("core_limit_step_pkey")),
    )
    op.create_index(op.f("core_limit_step_organisation_idx"), "core_limit_step", ["organisation"])
    op.create_table(
        "core_notice",
        _id("id"),
        _id("account"),
        _text("organisation"),
        _text("kind"),
        _text("title"),
        _text("path"),
        _text("key"),
        _instant("at"),
        _instant("read_at", nullable=True),
        _refers("core_notice", "account", _ACCOUNT),
        _refers("core_notice", "organisation", _ORGANISATION),
        sa.PrimaryKeyConstraint("id", name=op.f("core_notice_pkey")),
    )
    op.create_index(op.f("core_notice_account_key_idx"), "core_notice", ["account", "key"], unique=True)
    op.create_index(op.f("core_notice_account_at_idx"), "core_notice", ["account", "at"])
    op.create_index(op.f("core_notice_account_read_at_idx"), "core_notice", ["account", "read_at"])
    op.create_table(
        "core_delivery",
        _id("notice"),
        _text("channel"),
        _text("state"),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        _text("error"),
        _instant("changed_at"),
        _refers("core_delivery", "notice", ["core_notice.id"]),
        sa.PrimaryKeyConstraint("notice", "channel", name=op.f("core_delivery_pkey")),
    )
    op.create_index(op.f("core_delivery_state_idx"), "core_delivery", ["state"])
    op.create_table(
        "core_channel_choice",
        _id("account"),
        _text("channel"),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        _text("kinds"),
        _refers("core_channel_choice", "account", _ACCOUNT),
        sa.PrimaryKeyConstraint("account", "channel", name=op.f("core_channel_choice_pkey")),
    )
    op.create_table(
        "core_quiet_hours",
        _id("account"),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        _refers("core_quiet_hours", "account", _ACCOUNT),
        sa.PrimaryKeyConstraint("account", name=op.f("core_quiet_hours_pkey")),
    )
    op.create_table(
        "core_feed",
        _id("account"),
        _text("organisation"),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _instant("made_at"),
        _refers("core_feed", "account", _ACCOUNT),
        _refers("core_feed", "organisation", _ORGANISATION),
        sa.PrimaryKeyConstraint("account", "organisation", name=op.f("core_feed_pkey")),
        sa.UniqueConstraint("hash", name=op.f("core_feed_hash_key")),
    )
