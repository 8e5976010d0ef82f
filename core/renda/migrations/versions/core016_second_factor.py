"""Second factors, their recovery codes, and who is half-way in."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core016"
down_revision = "core015"


def upgrade() -> None:
    instant = renda.database.UTCDateTime(timezone=True)
    op.create_table(
        "core_half_way",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["core_account.id"], name=op.f("core_half_way_account_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("core_half_way_pkey")),
    )
    op.create_index(op.f("core_half_way_account_idx"), "core_half_way", ["account"])
    op.create_table(
        "core_second_factor",
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["core_account.id"], name=op.f("core_second_factor_account_fkey")
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("core_second_factor_pkey")),
    )
    op.create_table(
        "core_recovery_code",
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["core_account.id"], name=op.f("core_recovery_code_account_fkey")
        ),
        sa.PrimaryKeyConstraint("account", "hash", name=op.f("core_recovery_code_pkey")),
    )
