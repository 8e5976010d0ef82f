"""The chain over the audit trail; entries that are there already are vouched for from now on."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from renda.database import UTCDateTime
from renda.security import trail

revision = "core013"
down_revision = "core012"

_TYPES: dict[str, Any] = {"id": sa.Uuid(), "at": UTCDateTime(), "actor": sa.Uuid(), "token": sa.Uuid()}


def upgrade() -> None:
    op.create_table(
        "core_audit_link",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["core_audit.id"], name=op.f("core_audit_link_entry_fkey")),
        sa.PrimaryKeyConstraint("number", name=op.f("core_audit_link_pkey")),
        sa.UniqueConstraint("entry", name=op.f("core_audit_link_entry_key")),
    )
    # The content of an entry, and so these columns, never change.
    entry = sa.table("core_audit", *(sa.column(name, _TYPES.get(name, sa.Text())) for name in trail.COLUMNS))
    connection = op.get_bind()
    rows = connection.execute(sa.select(entry).order_by(entry.c.at, entry.c.id)).all()
    trail.append(connection, [tuple(row) for row in rows])
