"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "liaison001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "liaison_public_opinion_item",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("deputy", sa.Uuid(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("handler", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("station", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("rated_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author"], ["core_account.id"], name=op.f("liaison_public_opinion_item_author_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["deputy"], ["core_person.id"], name=op.f("liaison_public_opinion_item_deputy_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["core_organisation.code"],
            name=op.f("liaison_public_opinion_item_organisation_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("liaison_public_opinion_item_pkey")),
        sa.UniqueConstraint("receipt", name=op.f("liaison_public_opinion_item_receipt_key")),
    )
    with op.batch_alter_table("liaison_public_opinion_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("liaison_public_opinion_item_deputy_idx"), ["deputy"], unique=False)
        batch_op.create_index(
            batch_op.f("liaison_public_opinion_item_organisation_idx"), ["organisation"], unique=False
        )
        batch_op.create_index(batch_op.f("liaison_public_opinion_item_state_idx"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("liaison_public_opinion_item_station_idx"), ["station"], unique=False
        )

    op.create_table(
        "liaison_reception_day",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("whole", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author"], ["core_account.id"], name=op.f("liaison_reception_day_author_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("liaison_reception_day_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("liaison_reception_day_pkey")),
    )
    with op.batch_alter_table("liaison_reception_day", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("liaison_reception_day_organisation_idx"), ["organisation"], unique=False
        )
        batch_op.create_index(batch_op.f("liaison_reception_day_state_idx"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("liaison_reception_day_whole_idx"), ["whole"], unique=False)

    op.create_table(
        "liaison_station",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("liaison_station_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("liaison_station_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("liaison_station_pkey")),
        sa.UniqueConstraint("code", name=op.f("liaison_station_code_key")),
    )
    with op.batch_alter_table("liaison_station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("liaison_station_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("liaison_station_state_idx"), ["state"], unique=False)
