"""Tokens of programs, and which of them an audit row is about."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core004"
down_revision = "core003"


def upgrade() -> None:
    op.create_table(
        "core_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["core_account.id"], name=op.f("core_token_account_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_token_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_token_pkey")),
        sa.UniqueConstraint("hash", name=op.f("core_token_hash_key")),
    )
    with op.batch_alter_table("core_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_token_account_idx"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("core_token_organisation_idx"), ["organisation"], unique=False)

    with op.batch_alter_table("core_audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("core_audit_token_fkey"), "core_token", ["token"], ["id"])
