"""Whom a role is played for."""

import sqlalchemy as sa
from alembic import op

revision = "core015"
down_revision = "core014"


def upgrade() -> None:
    op.add_column("core_grant", sa.Column("subject", sa.Uuid(), nullable=True))
    op.create_index(op.f("core_grant_subject_idx"), "core_grant", ["subject"])
