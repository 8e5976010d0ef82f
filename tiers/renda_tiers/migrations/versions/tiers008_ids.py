"""Documents by their id, so that two that share one are found as they arrive."""

from alembic import op

revision = "tiers008"
down_revision = "tiers007"


def upgrade() -> None:
    op.create_index(op.f("tiers_document_id_idx"), "tiers_document", ["id"])
