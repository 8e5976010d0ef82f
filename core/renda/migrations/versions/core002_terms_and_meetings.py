"""Terms and meetings."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core002"
down_revision = "core001"


def upgrade() -> None:
    op.create_table(
        "core_meeting",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("core_meeting_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_meeting_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_meeting_pkey")),
    )
    with op.batch_alter_table("core_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_meeting_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("core_meeting_state_idx"), ["state"], unique=False)

    op.create_table(
        "core_term",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("core_term_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_term_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_term_pkey")),
    )
    with op.batch_alter_table("core_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_term_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(
            batch_op.f("core_term_organisation_number_idx"), ["organisation", "number"], unique=True
        )
        batch_op.create_index(batch_op.f("core_term_state_idx"), ["state"], unique=False)
