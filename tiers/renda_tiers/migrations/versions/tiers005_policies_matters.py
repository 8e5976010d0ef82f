"""Policies on modules; matters."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "tiers005"
down_revision = "tiers004"


def upgrade() -> None:
    op.create_table(
        "tiers_policy",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_policy_pkey")),
    )
    with op.batch_alter_table("tiers_policy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_policy_issuer_module_idx"), ["issuer", "module"], unique=False
        )

    op.create_table(
        "tiers_erasure",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_erasure_pkey")),
    )
    with op.batch_alter_table("tiers_erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_erasure_target_idx"), ["target"], unique=False)

    op.create_table(
        "tiers_matter",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("case", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("forwards", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_matter_pkey")),
    )
    with op.batch_alter_table("tiers_matter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_matter_case_idx"), ["case"], unique=False)
        batch_op.create_index(batch_op.f("tiers_matter_origin_idx"), ["origin"], unique=False)
        batch_op.create_index(batch_op.f("tiers_matter_receiver_idx"), ["receiver"], unique=False)

    op.create_table(
        "tiers_matter_case",
        sa.Column("case", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("since", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("matter", sa.LargeBinary(), nullable=False),
        sa.Column("tip", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("case", name=op.f("tiers_matter_case_pkey")),
    )
    with op.batch_alter_table("tiers_matter_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_matter_case_holder_idx"), ["holder"], unique=False)
        batch_op.create_index(
            batch_op.f("tiers_matter_case_source_opened_idx"), ["source", "opened"], unique=False
        )

    op.create_table(
        "tiers_matter_reply",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("case", sa.LargeBinary(), nullable=False),
        sa.Column("matter", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_matter_reply_pkey")),
    )
    with op.batch_alter_table("tiers_matter_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_matter_reply_case_idx"), ["case"], unique=False)
