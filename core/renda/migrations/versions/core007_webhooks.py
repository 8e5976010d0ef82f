"""Webhooks."""

import sqlalchemy as sa
from alembic import op

from renda.database import UTCDateTime

revision = "core007"
down_revision = "core006"


def upgrade() -> None:
    op.create_table(
        "core_webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("told_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("failing_since", UTCDateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["core_account.id"], name=op.f("core_webhook_account_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_webhook_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_webhook_pkey")),
    )
    with op.batch_alter_table("core_webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_webhook_account_idx"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("core_webhook_organisation_idx"), ["organisation"], unique=False)
