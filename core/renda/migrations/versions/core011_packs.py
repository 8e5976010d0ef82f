"""Practice packs: which organisations have them, their records, and the stamp that tells of a new one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import renda.database

revision = "core011"
down_revision = "core010"


def upgrade() -> None:
    op.create_table(
        "core_pack",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_pack_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("organisation", "name", "version", name=op.f("core_pack_pkey")),
    )
    op.create_index(op.f("core_pack_organisation_idx"), "core_pack", ["organisation"])
    op.create_table(
        "core_pack_stamp",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("core_pack_stamp_pkey")),
    )
    op.create_table(
        "core_pack_record",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("whole", sa.Uuid(), nullable=True),
        sa.Column("said", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("core_pack_record_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_pack_record_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_pack_record_pkey")),
    )
    for name in ("organisation", "state", "type", "whole"):
        op.create_index(op.f(f"core_pack_record_{name}_idx"), "core_pack_record", [name])
