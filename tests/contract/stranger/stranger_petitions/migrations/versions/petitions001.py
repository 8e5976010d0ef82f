import sqlalchemy as sa
from alembic import op

import renda.database

revision = "petitions001"
down_revision = None


def upgrade():
    op.create_table(
        "petitions_petition",
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("author", sa.Uuid, sa.ForeignKey("core_account.id")),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger, nullable=False),
        sa.Column(
            "organisation", sa.Text, sa.ForeignKey("core_organisation.code"), nullable=False, index=True
        ),
    )
