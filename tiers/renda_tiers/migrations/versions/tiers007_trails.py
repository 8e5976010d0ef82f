"""What linked nodes keep of each other's audit trail."""

import sqlalchemy as sa
from alembic import op

from renda.database import UTCDateTime

revision = "tiers007"
down_revision = "tiers006"


def upgrade() -> None:
    op.create_table(
        "tiers_trail",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.Column("held_number", sa.BigInteger(), nullable=False),
        sa.Column("held_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["tiers_link.peer"], name=op.f("tiers_trail_link_fkey")),
        sa.PrimaryKeyConstraint("link", name=op.f("tiers_trail_pkey")),
    )
