"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "training001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "training_class",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("training_class_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("training_class_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("training_class_pkey")),
    )
    with op.batch_alter_table("training_class", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("training_class_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("training_class_state_idx"), ["state"], unique=False)
