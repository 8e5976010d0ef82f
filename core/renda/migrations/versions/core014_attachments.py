"""Files that people attach to records."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core014"
down_revision = "core013"


def upgrade() -> None:
    instant = renda.database.UTCDateTime(timezone=True)
    op.create_table(
        "core_file",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("core_file_pkey")),
    )
    op.create_table(
        "core_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("added_at", instant, nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", instant, nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["core_account.id"], name=op.f("core_attachment_added_by_fkey")
        ),
        sa.ForeignKeyConstraint(["digest"], ["core_file.digest"], name=op.f("core_attachment_digest_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_attachment_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["core_account.id"], name=op.f("core_attachment_removed_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_attachment_pkey")),
    )
    for names in (("digest",), ("organisation",), ("record", "added_at")):
        op.create_index(op.f(f"core_attachment_{'_'.join(names)}_idx"), "core_attachment", list(names))
