"""Records are found by what they say at length, and persons by their given names alone.

What search knows is made anew from records and names once the tables are at their newest state
(`renda.search`).
"""

from alembic import op

revision = "core018"
down_revision = "core017"


def upgrade() -> None:
    # Emptying as a whole, PostgreSQL asks for no organisation's rows.
    empty = "TRUNCATE TABLE" if op.get_bind().dialect.name == "postgresql" else "DELETE FROM"
    for table in ("core_search_entry", "core_person_reading"):
        op.execute(f"{empty} {table}")
