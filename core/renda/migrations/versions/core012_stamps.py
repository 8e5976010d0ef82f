"""Stamps of whatever is kept in memory, in the place of the one of the packs."""

import sqlalchemy as sa
from alembic import op

revision = "core012"
down_revision = "core011"


def upgrade() -> None:
    op.create_table(
        "core_stamp",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("core_stamp_pkey")),
    )
    op.execute("INSERT INTO core_stamp (name, value) SELECT 'packs', stamp FROM core_pack_stamp")
    op.drop_table("core_pack_stamp")
