"""Directives."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "tiers003"
down_revision = "tiers002"


def upgrade() -> None:
    op.create_table(
        "tiers_demand",
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("directive", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "template", "period", "organisation", "directive", name=op.f("tiers_demand_pkey")
        ),
    )
    with op.batch_alter_table("tiers_demand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_demand_directive_idx"), ["directive"], unique=False)
        batch_op.create_index(batch_op.f("tiers_demand_organisation_idx"), ["organisation"], unique=False)

    op.create_table(
        "tiers_directive",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("call", sa.LargeBinary(), nullable=False),
        sa.Column("task", sa.LargeBinary(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("parent", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_directive_pkey")),
    )
    with op.batch_alter_table("tiers_directive", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_directive_parent_idx"), ["parent"], unique=False)
        batch_op.create_index(batch_op.f("tiers_directive_subject_idx"), ["subject"], unique=False)

    op.create_table(
        "tiers_directive_progress",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("verification", sa.LargeBinary(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("spoken", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", "organisation", name=op.f("tiers_directive_progress_pkey")),
    )
    with op.batch_alter_table("tiers_directive_progress", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_directive_progress_organisation_idx"), ["organisation"], unique=False
        )

    op.create_table(
        "tiers_directive_standing",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("tiers_directive_standing_pkey")),
    )
    with op.batch_alter_table("tiers_directive_standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_directive_standing_document_idx"), ["document"], unique=False)

    op.create_table(
        "tiers_directive_target",
        sa.Column("directive", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("directive", "organisation", name=op.f("tiers_directive_target_pkey")),
    )
    op.create_table(
        "tiers_response",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("directive", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_response_pkey")),
    )
    with op.batch_alter_table("tiers_response", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_response_subject_organisation_idx"), ["subject", "organisation"], unique=False
        )

    op.create_table(
        "tiers_verification",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_verification_pkey")),
    )
    with op.batch_alter_table("tiers_verification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_verification_response_idx"), ["response"], unique=False)

    op.create_table(
        "tiers_selection",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("tiers_selection_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("organisation", "name", name=op.f("tiers_selection_pkey")),
    )
