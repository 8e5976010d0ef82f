"""What becomes of records and what people do around them: changes, comments, drafts, views and batches."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core008"
down_revision = "core007"


def upgrade() -> None:
    instant = renda.database.UTCDateTime(timezone=True)
    _create(
        "core_change",
        ("actor",),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
    )
    _create(
        "core_comment",
        ("author",),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    _create(
        "core_draft",
        ("account",),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("lock", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", instant, nullable=False),
    )
    _create(
        "core_saved_view",
        ("account",),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
    )
    _create(
        "core_batch",
        ("account",),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("settled_at", instant, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
    )
    for table, columns, unique in (
        ("core_change", ["record", "lock"], False),
        ("core_comment", ["record", "at"], False),
        ("core_draft", ["account", "organisation", "type", "about"], True),
        ("core_saved_view", ["organisation", "type"], False),
    ):
        op.create_index(op.f(f"{table}_{'_'.join(columns)}_idx"), table, columns, unique=unique)


def _create(table: str, accounts: tuple[str, ...], *columns: sa.Column) -> None:
    """A table of rows with an id that belong to an organisation; `accounts` name one."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("organisation", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["core_account.id"], name=op.f(f"{table}_{name}_fkey"))
            for name in accounts
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f(f"{table}_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    )
    op.create_index(op.f(f"{table}_organisation_idx"), table, ["organisation"])
