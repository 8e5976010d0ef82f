"""Publications, and from which day a revision of a report template applies."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "tiers004"
down_revision = "tiers003"


def upgrade() -> None:
    op.create_table(
        "tiers_publication",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("predecessor", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_publication_pkey")),
    )
    with op.batch_alter_table("tiers_publication", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_publication_organisation_template_period_idx"),
            ["organisation", "template", "period"],
            unique=False,
        )

    with op.batch_alter_table("tiers_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Date(), nullable=True))
