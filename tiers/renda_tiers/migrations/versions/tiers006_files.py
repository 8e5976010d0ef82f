"""What the next file to a peer has to show and to answer."""

import sqlalchemy as sa
from alembic import op

revision = "tiers006"
down_revision = "tiers005"


def upgrade() -> None:
    with op.batch_alter_table("tiers_link", schema=None) as batch_op:
        for name, default in (("mark", ""), ("seen", ""), ("wants", "[]"), ("asked", "[]")):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=default))
