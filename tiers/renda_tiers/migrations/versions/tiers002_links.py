"""Links between nodes."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "tiers002"
down_revision = "tiers001"


def upgrade() -> None:
    op.create_table(
        "tiers_invitation",
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("expires_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("tiers_invitation_pkey")),
    )
    op.create_table(
        "tiers_key_kept",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", "document", name=op.f("tiers_key_kept_pkey")),
    )
    op.create_table(
        "tiers_link",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_before", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("last_contact", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_call", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Boolean(), nullable=False),
        sa.Column("recovering", sa.Boolean(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("peer", name=op.f("tiers_link_pkey")),
    )
    op.create_table(
        "tiers_node",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("recovering", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("tiers_node_pkey")),
    )
    op.create_table(
        "tiers_concern",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["tiers_document.hash"], name=op.f("tiers_concern_document_fkey")
        ),
        sa.PrimaryKeyConstraint("document", "organisation", name=op.f("tiers_concern_pkey")),
    )
    with op.batch_alter_table("tiers_concern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_concern_organisation_idx"), ["organisation"], unique=False)

    op.create_table(
        "tiers_link_digest",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["tiers_link.peer"], name=op.f("tiers_link_digest_link_fkey")),
        sa.PrimaryKeyConstraint("link", "side", "month", name=op.f("tiers_link_digest_pkey")),
    )
    op.create_table(
        "tiers_link_document",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["tiers_link.peer"], name=op.f("tiers_link_document_link_fkey")),
        sa.PrimaryKeyConstraint("link", "document", name=op.f("tiers_link_document_pkey")),
    )
    with op.batch_alter_table("tiers_link_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_link_document_document_idx"), ["document"], unique=False)
        batch_op.create_index(
            batch_op.f("tiers_link_document_link_month_idx"), ["link", "month"], unique=False
        )
        batch_op.create_index(
            batch_op.f("tiers_link_document_link_offered_theirs_idx"),
            ["link", "offered", "theirs"],
            unique=False,
        )

    op.create_table(
        "tiers_link_reach",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["tiers_link.peer"], name=op.f("tiers_link_reach_link_fkey")),
        sa.PrimaryKeyConstraint("link", "organisation", name=op.f("tiers_link_reach_pkey")),
    )
    with op.batch_alter_table("tiers_key_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()))
    for statement in _FILL[op.get_bind().dialect.name]:
        op.execute(statement)


_NODE = "INSERT INTO tiers_node (organisation, recovering) SELECT DISTINCT organisation, {} FROM tiers_anchor"
_FILL = {
    "postgresql": (
        _NODE.format("false"),
        """
        INSERT INTO tiers_concern (document, organisation)
        SELECT hash, origin FROM tiers_document
        UNION
        SELECT hash, jsonb_array_elements_text(convert_from(payload, 'UTF8')::jsonb -> 'audience')
        FROM tiers_document
        """,
    ),
    "sqlite": (
        _NODE.format("0"),
        """
        INSERT INTO tiers_concern (document, organisation)
        SELECT hash, origin FROM tiers_document
        UNION
        SELECT d.hash, a.value FROM tiers_document d, json_each(CAST(d.payload AS TEXT), '$.audience') a
        """,
    ),
}
