"""Particulars of deputies, what is sealed of them, publication field by field, and erasing."""

import sqlalchemy as sa
from alembic import op

import renda.database

revision = "core009"
down_revision = "core008"

TEXTS = (
    ("core_mandate", "delegation"),
    ("core_mandate", "suspended_because"),
    ("core_mandate", "decision"),
    ("core_excel_upload", "answers"),
)


def upgrade() -> None:
    for name in ("gender", "ethnicity", "party", "position"):
        op.add_column("core_person", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("core_person", sa.Column("born_on", sa.Date(), nullable=True))
    op.add_column(
        "core_person", sa.Column("erased_at", renda.database.UTCDateTime(timezone=True), nullable=True)
    )
    for table, name in TEXTS:
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "core_mandate", sa.Column("by_election", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _sealed_and_public()
    _erasure()
    _registers()


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_organisation_fkey")
    return sa.ForeignKeyConstraint(["organisation"], ["core_organisation.code"], name=name)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"{table}_{column}_fkey"))


def _sealed_and_public() -> None:
    for table, columns in (
        (
            "core_person_secret",
            [
                sa.Column("sealed", sa.LargeBinary(), nullable=False),
                sa.Column("masked", sa.Text(), nullable=False),
            ],
        ),
        ("core_public_field", []),
    ):
        op.create_table(
            table,
            sa.Column("organisation", sa.Text(), nullable=False),
            sa.Column("person", sa.Uuid(), nullable=False),
            sa.Column("field", sa.Text(), nullable=False),
            *columns,
            _of_organisation(table),
            _of(table, "person", "core_person"),
            sa.PrimaryKeyConstraint("organisation", "person", "field", name=op.f(f"{table}_pkey")),
        )


def _erasure() -> None:
    table = "core_erasure"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", renda.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", renda.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        _of_organisation(table),
        _of(table, "person", "core_person"),
        _of(table, "asked_by", "core_account"),
        _of(table, "decided_by", "core_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("core_erasure_pkey")),
    )
    op.create_index(op.f("core_erasure_organisation_idx"), table, ["organisation"])
    op.create_index(op.f("core_erasure_person_idx"), table, ["person"])


def _registers() -> None:
    for table, columns in (
        (
            "core_constituency",
            [
                sa.Column("name", sa.Text(), nullable=False),
                sa.Column("seats", sa.BigInteger(), nullable=True),
                sa.Column("area", sa.Text(), nullable=True),
            ],
        ),
        (
            "core_handling_unit",
            [
                sa.Column("name", sa.Text(), nullable=False),
                sa.Column("contact", sa.Text(), nullable=True),
                sa.Column("phone", sa.Text(), nullable=True),
            ],
        ),
        (
            "core_contact_household",
            [
                sa.Column("deputy", sa.Uuid(), nullable=False),
                sa.Column("householder", sa.Text(), nullable=False),
                sa.Column("village", sa.Text(), nullable=True),
                sa.Column("phone", sa.Text(), nullable=True),
                sa.Column("since", sa.Date(), nullable=False),
                sa.Column("until", sa.Date(), nullable=True),
                _of("core_contact_household", "deputy", "core_person"),
            ],
        ),
    ):
        op.create_table(
            table,
            *columns,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("state", sa.Text(), nullable=False),
            sa.Column("author", sa.Uuid(), nullable=True),
            sa.Column("created_at", renda.database.UTCDateTime(timezone=True), nullable=False),
            sa.Column("changed_at", renda.database.UTCDateTime(timezone=True), nullable=False),
            sa.Column("lock", sa.BigInteger(), nullable=False),
            sa.Column("organisation", sa.Text(), nullable=False),
            _of(table, "author", "core_account"),
            _of_organisation(table),
            sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        )
        op.create_index(op.f(f"{table}_organisation_idx"), table, ["organisation"])
        op.create_index(op.f(f"{table}_state_idx"), table, ["state"])
    op.create_index(op.f("core_contact_household_deputy_idx"), "core_contact_household", ["deputy"])
