"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "tiers001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "tiers_anchor",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", name=op.f("tiers_anchor_pkey")),
    )
    op.create_table(
        "tiers_cell",
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("qualifier", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("report", "indicator", "dimension", name=op.f("tiers_cell_pkey")),
    )
    op.create_table(
        "tiers_cell_key",
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("report", "indicator", "dimension", "key", name=op.f("tiers_cell_key_pkey")),
    )
    op.create_table(
        "tiers_definition",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("due_days", sa.BigInteger(), nullable=True),
        sa.Column("lock_days", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_definition_pkey")),
    )
    with op.batch_alter_table("tiers_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_definition_code_idx"), ["code"], unique=False)

    op.create_table(
        "tiers_document",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("tiers_document_pkey")),
    )
    with op.batch_alter_table("tiers_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_document_kind_outcome_idx"), ["kind", "outcome"], unique=False
        )
        batch_op.create_index(batch_op.f("tiers_document_origin_kind_idx"), ["origin", "kind"], unique=False)
        batch_op.create_index(
            batch_op.f("tiers_document_subject_revision_idx"), ["subject", "revision"], unique=False
        )
        batch_op.create_index(batch_op.f("tiers_document_waits_for_idx"), ["waits_for"], unique=False)

    op.create_table(
        "tiers_expectation",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "template", "period", name=op.f("tiers_expectation_pkey")),
    )
    op.create_table(
        "tiers_key_grant",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", name=op.f("tiers_key_grant_pkey")),
    )
    op.create_table(
        "tiers_report",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_report_pkey")),
    )
    with op.batch_alter_table("tiers_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_report_organisation_template_period_idx"),
            ["organisation", "template", "period"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("tiers_report_template_period_idx"), ["template", "period"], unique=False
        )

    op.create_table(
        "tiers_review",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("tiers_review_pkey")),
    )
    with op.batch_alter_table("tiers_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("tiers_review_report_idx"), ["report"], unique=False)

    op.create_table(
        "tiers_rollup",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("qualifier", sa.BigInteger(), nullable=False),
        sa.Column("reported", sa.BigInteger(), nullable=False),
        sa.Column("nil", sa.BigInteger(), nullable=False),
        sa.Column("not_applicable", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("unendorsed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation",
            "template",
            "period",
            "standing",
            "indicator",
            "dimension",
            "meaning",
            name=op.f("tiers_rollup_pkey"),
        ),
    )
    op.create_table(
        "tiers_rollup_key",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation",
            "template",
            "period",
            "standing",
            "indicator",
            "dimension",
            "meaning",
            "key",
            name=op.f("tiers_rollup_key_pkey"),
        ),
    )
    op.create_table(
        "tiers_signing_key",
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("public", name=op.f("tiers_signing_key_pkey")),
    )
    with op.batch_alter_table("tiers_signing_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_signing_key_organisation_idx"), ["organisation"], unique=False
        )

    op.create_table(
        "tiers_standing",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation", "template", "period", "standing", name=op.f("tiers_standing_pkey")
        ),
    )
    with op.batch_alter_table("tiers_standing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_standing_template_period_standing_idx"),
            ["template", "period", "standing"],
            unique=False,
        )

    op.create_table(
        "tiers_definition_line",
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition"], ["tiers_definition.document"], name=op.f("tiers_definition_line_definition_fkey")
        ),
        sa.PrimaryKeyConstraint("definition", "indicator", name=op.f("tiers_definition_line_pkey")),
    )
    op.create_table(
        "tiers_definition_tier",
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition"], ["tiers_definition.document"], name=op.f("tiers_definition_tier_definition_fkey")
        ),
        sa.PrimaryKeyConstraint("definition", "tier", name=op.f("tiers_definition_tier_pkey")),
    )
    op.create_table(
        "tiers_entry",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("qualifier", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("tiers_entry_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("tiers_entry_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "organisation", "template", "period", "indicator", "dimension", name=op.f("tiers_entry_pkey")
        ),
    )
    op.create_table(
        "tiers_nudge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["core_account.id"], name=op.f("tiers_nudge_actor_fkey")),
        sa.ForeignKeyConstraint(["by"], ["core_organisation.code"], name=op.f("tiers_nudge_by_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("tiers_nudge_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("tiers_nudge_pkey")),
    )
    with op.batch_alter_table("tiers_nudge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("tiers_nudge_organisation_template_period_idx"),
            ["organisation", "template", "period"],
            unique=False,
        )

    op.create_table(
        "tiers_part",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["tiers_document.hash"], name=op.f("tiers_part_document_fkey")),
        sa.PrimaryKeyConstraint("document", "name", name=op.f("tiers_part_pkey")),
    )
    op.create_table(
        "tiers_signature",
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["tiers_document.hash"], name=op.f("tiers_signature_document_fkey")
        ),
        sa.PrimaryKeyConstraint("document", "key", name=op.f("tiers_signature_pkey")),
    )
