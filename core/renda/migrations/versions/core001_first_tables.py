"""First tables."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "core_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("password_changed_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("core_account_pkey")),
        sa.UniqueConstraint("login", name=op.f("core_account_login_key")),
    )
    op.create_table(
        "core_attempt",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("locked_until", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("core_attempt_pkey")),
    )
    with op.batch_alter_table("core_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_attempt_last_at_idx"), ["last_at"], unique=False)

    op.create_table(
        "core_organisation",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("congress", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("core_organisation_pkey")),
    )
    op.create_table(
        "core_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("core_person_pkey")),
        sa.UniqueConstraint("key", name=op.f("core_person_key_key")),
    )
    with op.batch_alter_table("core_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_person_name_idx"), ["name"], unique=False)

    op.create_table(
        "core_secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("core_secret_pkey")),
    )
    op.create_table(
        "core_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("due", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("core_task_pkey")),
    )
    with op.batch_alter_table("core_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_task_due_id_idx"), ["due", "id"], unique=False)

    op.create_table(
        "core_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["core_account.id"], name=op.f("core_audit_actor_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_audit_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_audit_pkey")),
    )
    with op.batch_alter_table("core_audit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("core_audit_organisation_at_idx"), ["organisation", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("core_audit_target_at_idx"), ["target", "at"], unique=False)

    op.create_table(
        "core_edge",
        sa.Column("child", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("core_edge_order_check")),
        sa.ForeignKeyConstraint(["child"], ["core_organisation.code"], name=op.f("core_edge_child_fkey")),
        sa.ForeignKeyConstraint(["parent"], ["core_organisation.code"], name=op.f("core_edge_parent_fkey")),
        sa.PrimaryKeyConstraint("child", "valid_from", name=op.f("core_edge_pkey")),
    )
    with op.batch_alter_table("core_edge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_edge_parent_child_idx"), ["parent", "child"], unique=False)

    op.create_table(
        "core_grant",
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("until", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["core_account.id"], name=op.f("core_grant_account_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_grant_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("account", "organisation", "role", "since", name=op.f("core_grant_pkey")),
    )
    with op.batch_alter_table("core_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_grant_organisation_idx"), ["organisation"], unique=False)

    op.create_table(
        "core_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_group_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_group_pkey")),
    )
    with op.batch_alter_table("core_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_group_organisation_idx"), ["organisation"], unique=False)

    op.create_table(
        "core_mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("seat", sa.BigInteger(), nullable=False),
        sa.Column("constituency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_mandate_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(["person"], ["core_person.id"], name=op.f("core_mandate_person_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("core_mandate_pkey")),
    )
    with op.batch_alter_table("core_mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_mandate_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(
            batch_op.f("core_mandate_organisation_term_seat_idx"),
            ["organisation", "term", "seat"],
            unique=True,
        )
        batch_op.create_index(batch_op.f("core_mandate_person_idx"), ["person"], unique=False)

    op.create_table(
        "core_module_use",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_module_use_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("organisation", "module", "since", name=op.f("core_module_use_pkey")),
    )
    op.create_table(
        "core_participant",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("whole", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["core_account.id"], name=op.f("core_participant_author_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_participant_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(["person"], ["core_person.id"], name=op.f("core_participant_person_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("core_participant_pkey")),
    )
    with op.batch_alter_table("core_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_participant_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("core_participant_person_idx"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("core_participant_state_idx"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("core_participant_type_idx"), ["type"], unique=False)
        batch_op.create_index(batch_op.f("core_participant_whole_idx"), ["whole"], unique=False)
        batch_op.create_index(
            batch_op.f("core_participant_whole_person_role_idx"), ["whole", "person", "role"], unique=True
        )

    op.create_table(
        "core_sign_in",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["core_account.id"], name=op.f("core_sign_in_account_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("core_sign_in_pkey")),
    )
    with op.batch_alter_table("core_sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_sign_in_account_idx"), ["account"], unique=False)

    op.create_table(
        "core_transition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["core_account.id"], name=op.f("core_transition_actor_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_transition_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_transition_pkey")),
    )
    with op.batch_alter_table("core_transition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("core_transition_organisation_idx"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("core_transition_record_at_idx"), ["record", "at"], unique=False)

    op.create_table(
        "core_group_member",
        sa.Column("group", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("convenor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["core_group.id"], name=op.f("core_group_member_group_fkey")),
        sa.ForeignKeyConstraint(["person"], ["core_person.id"], name=op.f("core_group_member_person_fkey")),
        sa.PrimaryKeyConstraint("group", "person", name=op.f("core_group_member_pkey")),
    )
