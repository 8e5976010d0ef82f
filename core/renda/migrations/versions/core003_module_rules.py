"""What bodies above say of modules."""

import sqlalchemy as sa
from alembic import op

revision = "core003"
down_revision = "core002"


def upgrade() -> None:
    op.create_table(
        "core_module_rule",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_module_rule_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("organisation", "module", "since", name=op.f("core_module_rule_pkey")),
    )
