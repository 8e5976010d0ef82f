"""Files between their upload and the confirmation of what they would do."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core006"
down_revision = "core005"


def upgrade() -> None:
    op.create_table(
        "core_excel_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("given_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["core_account.id"], name=op.f("core_excel_upload_account_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_excel_upload_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_excel_upload_pkey")),
    )
    op.create_index(op.f("core_excel_upload_organisation_idx"), "core_excel_upload", ["organisation"])
