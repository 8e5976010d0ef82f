"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "suggestions001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "suggestions_suggestion",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raised_in", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("lead_deputy", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("supervised_by", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("lead_handler", sa.Text(), nullable=True),
        sa.Column("co_handlers", sa.Text(), nullable=True),
        sa.Column("is_difficult", sa.Boolean(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("outcome_class", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("attitude", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column("final_due_on", sa.Date(), nullable=True),
        sa.Column("final_replied_on", sa.Date(), nullable=True),
        sa.Column("final_class", sa.Text(), nullable=True),
        sa.Column("final_reply", sa.Text(), nullable=True),
        sa.Column("final_attitude", sa.Text(), nullable=True),
        sa.Column("final_result", sa.Text(), nullable=True),
        sa.Column("final_rated_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("check", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author"], ["core_account.id"], name=op.f("suggestions_suggestion_author_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["lead_deputy"], ["core_person.id"], name=op.f("suggestions_suggestion_lead_deputy_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["core_organisation.code"],
            name=op.f("suggestions_suggestion_organisation_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("suggestions_suggestion_pkey")),
    )
    with op.batch_alter_table("suggestions_suggestion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("suggestions_suggestion_lead_deputy_idx"), ["lead_deputy"], unique=False
        )
        batch_op.create_index(
            batch_op.f("suggestions_suggestion_organisation_idx"), ["organisation"], unique=False
        )
        batch_op.create_index(batch_op.f("suggestions_suggestion_state_idx"), ["state"], unique=False)
