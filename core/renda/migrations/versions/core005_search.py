"""What search knows of records, with the database's index over it, and how names are typed."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core005"
down_revision = "core004"

SQLITE = """
CREATE VIRTUAL TABLE fts_core_search_entry USING fts5(
    tokens, content='core_search_entry', content_rowid='id', tokenize='ascii', prefix='1'
);;
CREATE TRIGGER core_search_entry_added AFTER INSERT ON core_search_entry BEGIN
    INSERT INTO fts_core_search_entry(rowid, tokens) VALUES (new.id, new.tokens);
END;;
CREATE TRIGGER core_search_entry_removed AFTER DELETE ON core_search_entry BEGIN
    INSERT INTO fts_core_search_entry(fts_core_search_entry, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
END;;
CREATE TRIGGER core_search_entry_changed AFTER UPDATE ON core_search_entry
WHEN old.tokens IS NOT new.tokens OR old.id IS NOT new.id BEGIN
    INSERT INTO fts_core_search_entry(fts_core_search_entry, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
    INSERT INTO fts_core_search_entry(rowid, tokens) VALUES (new.id, new.tokens);
END
"""
# No index over the lexemes: behind row security PostgreSQL looks at a row's organisation before anything else
# (`@@` is not leakproof), so it narrows by the index of organisations and never uses that one.
POSTGRESQL = """
ALTER TABLE core_search_entry ADD COLUMN lexemes tsvector NOT NULL
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(tokens, ' '))) STORED
"""


def upgrade() -> None:
    op.create_table(
        "core_search_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["core_organisation.code"], name=op.f("core_search_entry_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("core_search_entry_pkey")),
    )
    for columns, unique in (
        (["organisation"], False),
        (["organisation", "type", "changed_at"], False),
        (["type", "record"], True),
    ):
        name = op.f(f"core_search_entry_{'_'.join(columns)}_idx")
        op.create_index(name, "core_search_entry", columns, unique=unique)
    statements = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in statements.split(";;"):
        op.execute(statement)
    op.create_table(
        "core_person_reading",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["core_person.id"], name=op.f("core_person_reading_person_fkey")),
        sa.PrimaryKeyConstraint("person", "reading", name=op.f("core_person_reading_pkey")),
    )
    op.create_index(op.f("core_person_reading_reading_idx"), "core_person_reading", ["reading"])
