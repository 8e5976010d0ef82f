"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "probe001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "probe_stop",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("probe_stop_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("probe_stop_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("probe_stop_pkey")),
    )
    with op.batch_alter_table("probe_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("probe_stop_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("probe_stop_state_idx"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("probe_stop_whole_idx"), ["whole"], unique=False)

    op.create_table(
        "probe_visit",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("guide", sa.Uuid(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("probe_visit_author_fkey")),
        sa.ForeignKeyConstraint(["guide"], ["core_person.id"], name=op.f("probe_visit_guide_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("probe_visit_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("probe_visit_pkey")),
    )
    with op.batch_alter_table("probe_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("probe_visit_guide_idx"), ["guide"], unique=False)
        batch_op.create_index(batch_op.f("probe_visit_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("probe_visit_state_idx"), ["state"], unique=False)
