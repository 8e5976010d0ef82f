"""What search knows, and the index over it, written in less time.

An entry's organisation is its record's, which is looked up where the record is written and not once more.
"""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core017"
down_revision = "core016"

TABLE = "core_search_entry"
NEW = f"{TABLE}_new"

# Without lengths of texts, by which nothing is ranked here, and without an index of first characters: one that
# begins many pairs is found in a millisecond among 100,000 records without it, too.
SQLITE = """
CREATE VIRTUAL TABLE fts_core_search_entry USING fts5(
    tokens, content='core_search_entry', content_rowid='id', tokenize='ascii', columnsize=0
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
END;;
INSERT INTO fts_core_search_entry(fts_core_search_entry) VALUES ('rebuild')
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _anew()
        return
    # The index by organisation, type and time begins with the organisation.
    op.drop_index(op.f(f"{TABLE}_organisation_idx"), TABLE)
    op.drop_constraint(op.f(f"{TABLE}_organisation_fkey"), TABLE, type_="foreignkey")


def _anew() -> None:
    """SQLite drops no constraint: a table without it takes what the old one has, and then its place."""
    op.create_table(
        NEW,
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{TABLE}_pkey")),
    )
    names = "id, component, type, record, title, state, text, tokens, changed_at, organisation"
    op.execute(f"INSERT INTO {NEW} ({names}) SELECT {names} FROM {TABLE}")  # noqa: S608 - our own
    op.execute("DROP TABLE fts_core_search_entry")
    op.drop_table(TABLE)
    op.rename_table(NEW, TABLE)
    for columns, unique in ((["organisation", "type", "changed_at"], False), (["type", "record"], True)):
        op.create_index(op.f(f"{TABLE}_{'_'.join(columns)}_idx"), TABLE, columns, unique=unique)
    for statement in SQLITE.split(";;"):
        op.execute(statement)
