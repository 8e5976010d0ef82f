"""Many rows go into PostgreSQL at once, and are what they would be row by row."""

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Binary
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql as dialects
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DataError, IntegrityError

from renda import postgresql
from renda.database import make_engine, new_id
from renda.records.models import TransitionLog
from renda.security.models import AuditEntry, AuditLink
from tests.core.security import town

ENTRY, LINK, STEP = AuditEntry.__table__, AuditLink.__table__, TransitionLog.__table__
NOW = datetime(2026, 5, 6, 1, 2, 3, 456789, UTC)
BEIJING = timezone(timedelta(hours=8))
MANY = postgresql.LEAST

ONE = "INSERT INTO town (code, name, since) VALUES (%(code)s, %(name)s::VARCHAR, %(since)s::DATE)"
ALL = (
    "INSERT INTO town (code, name, since) SELECT code, name, since "
    "FROM json_populate_recordset(NULL::town, %(rows)s::json)"
)
CHANGING = f"{ONE} ON CONFLICT (code) DO UPDATE SET name = excluded.name"


def entry(target, at=NOW):
    return {"id": new_id(), "at": at, "action": "record.create", "target": target, "detail": "{}"}


def step(identifier):
    return {
        "id": identifier,
        "organisation": town.CITY,
        "type": "training_class",
        "record": new_id(),
        "at": NOW,
        "actor": None,
        "name": "open",
        "source": "draft",
        "target": "open",
        "reason": "",
    }


def kept(db, rows):
    """What the table has of these rows, in their order."""
    found = db.execute(select(ENTRY).where(ENTRY.c.id.in_([row["id"] for row in rows]))).mappings()
    by_id = {row["id"]: row for row in found}
    return [{name: by_id[row["id"]][name] for name in row} for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # Each example rolls back.
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=MANY, max_size=MANY))
def test_texts_arrive_as_they_are(registry, texts):
    with registry.engine.connect() as connection:
        rows = [entry(one) for one in texts]
        connection.execute(insert(ENTRY), rows)
        found = {row.id: row.target for row in connection.execute(select(ENTRY.c.id, ENTRY.c.target))}
        assert [found[row["id"]] for row in rows] == texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # Each example rolls back.
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
def test_rows_that_are_written_as_copy_reads_them_arrive_as_they_are(registry, database_backend, texts):
    if database_backend != "postgresql":
        pytest.skip("SQLite has no COPY")
    rows = [entry(one) for one in texts]
    blocks = [
        f"{row['id']}\t{row['at']}\t{row['action']}\t{postgresql.escaped(row['target'])}\t{postgresql.NONE}\t{{}}\t\n"
        for row in rows
    ]
    with registry.engine.connect() as connection:
        postgresql.copy(connection, "core_audit (id, at, action, target, actor, detail, request)", blocks)
        found = {row.id: (row.target, row.actor) for row in connection.execute(select(ENTRY))}
        assert [found[row["id"]] for row in rows] == [(one, None) for one in texts]


def test_bytes_that_are_written_as_copy_reads_them_arrive_as_they_are(db, database_backend):
    if database_backend != "postgresql":
        pytest.skip("SQLite has no COPY")
    content = bytes(range(256))
    db.execute(text("CREATE TEMPORARY TABLE box (content bytea)"))
    postgresql.copy(db.connection(), "box (content)", [f"{postgresql.in_hex(content)}\n"])
    assert db.scalar(text("SELECT content FROM box")) == content


def test_a_copy_that_cannot_be_is_refused_as_ever_and_the_connection_lives(db, database_backend):
    if database_backend != "postgresql":
        pytest.skip("SQLite has no COPY")
    with pytest.raises(DataError), db.begin_nested():
        postgresql.copy(db.connection(), "core_audit (id, at)", ["nothing\t2026-05-06\n"])
    assert db.scalar(select(func.count()).select_from(ENTRY)) is not None


def test_instants_ids_bytes_and_what_is_not_given_arrive_as_they_are(db):
    rows = [entry(f"{number}") | {"actor": None, "request": ""} for number in range(MANY)]
    rows[0]["at"] = datetime(2026, 5, 6, 9, 2, 3, 456789, BEIJING)
    db.connection().execute(insert(ENTRY), rows)
    assert kept(db, rows) == [{**row, "at": NOW} for row in rows]
    links = [
        {"number": number, "entry": row["id"], "digest": bytes([number, 92, 0, 255] * 8)}
        for number, row in enumerate(rows, 1)
    ]
    db.connection().execute(insert(LINK), links)
    found = db.execute(select(LINK.c.number, LINK.c.entry, LINK.c.digest).order_by(LINK.c.number)).mappings()
    assert [dict(row) for row in found] == links


@pytest.mark.parametrize(("count", "whole"), [(MANY - 1, False), (MANY, True), (1200, True)])
def test_so_many_rows_and_more_go_at_once(db, database_backend, monkeypatch, count, whole):
    if database_backend != "postgresql":
        pytest.skip("it is PostgreSQL that would be spoken to row by row")
    asked = []
    monkeypatch.setattr(postgresql, "read", asked.append)
    rows = [entry(f"{number}") for number in range(count)]
    db.connection().execute(insert(ENTRY), rows)
    assert bool(asked) == whole
    assert db.scalar(select(func.count()).where(ENTRY.c.id.in_([row["id"] for row in rows]))) == count


def test_a_row_that_cannot_be_is_refused_as_ever_and_with_it_all(db):
    rows = [entry(f"{number}") for number in range(MANY)]
    rows[-1]["id"] = rows[0]["id"]
    with pytest.raises(IntegrityError), db.begin_nested():
        db.connection().execute(insert(ENTRY), rows)
    assert db.scalar(select(ENTRY.c.id).where(ENTRY.c.id == rows[1]["id"])) is None


@pytest.mark.parametrize("wrong", [0, 700, -1])
def test_a_set_of_which_one_row_cannot_be_is_refused_whole_and_the_work_goes_on(db, caplog, wrong):
    """Where row security is, and in more statements than one."""
    town.build(db, [])
    db.flush()
    steps = [step(new_id()) for _number in range(5000)]
    steps[wrong]["id"] = steps[wrong - 1]["id"]
    with pytest.raises(IntegrityError), db.begin_nested():
        db.connection().execute(insert(STEP), steps)
    assert not db.scalar(select(func.count()).select_from(STEP))
    assert not caplog.records
    steps[wrong]["id"] = new_id()
    db.connection().execute(insert(STEP), steps)
    assert db.scalar(select(func.count()).select_from(STEP)) == len(steps)


@pytest.mark.parametrize("statement", [ONE, f"{ONE} ON CONFLICT (code) DO NOTHING", CHANGING])
def test_the_insert_of_a_set_reads_the_same_columns_of_each_row(statement):
    found = postgresql.read(statement)
    assert found.whole == statement.replace(ONE, ALL)
    assert found.copy == "COPY town (code, name, since) FROM STDIN"


@pytest.mark.parametrize(
    "statement",
    [
        ONE.replace("%(since)s::DATE", "CURRENT_DATE"),
        ONE.replace("%(since)s", "lower(%(since)s)"),
        ONE.replace("::DATE", "::VARCHAR[]"),
        ONE.replace("%(since)s", "%(other)s"),
        f"{ONE} ON CONFLICT (code) DO UPDATE SET name = %(new)s",
        ONE.replace("VALUES", "SELECT"),
        "UPDATE town SET name = %(name)s WHERE code = %(code)s",
    ],
)
def test_statements_of_another_form_go_row_by_row(statement):
    assert postgresql.read(statement) is None


class Cursor:
    """Notes what it is given, as the driver's would send it."""

    def __init__(self):
        self.executed, self.copied = [], []
        self.connection = SimpleNamespace(pipeline=nullcontext)

    def execute(self, *what):
        self.executed.append(what)

    @contextmanager
    def copy(self, statement):
        yield SimpleNamespace(write_row=lambda row: self.copied.append((statement, row)))


def takes(statement, rows, *, secured=True, **options):
    """How the rows would go: "copy", "set", or "" for row by row."""
    told, cursor = SimpleNamespace(isinsert=True, execution_options=options), Cursor()
    taken = postgresql._insert(lambda _table: secured, cursor, statement, rows, told)
    assert taken == bool(cursor.executed or cursor.copied)
    return "copy" if cursor.copied else "set" if cursor.executed else ""


def rows_with(value):
    """Many rows of which the last holds something else."""
    plain = {"code": "1", "name": "", "since": None}
    return [plain] * (MANY - 1) + [{**plain, "name": value}]


ALIKE = ["", 1, 2**70, True, None, NOW, NOW.date(), new_id(), Binary(bytes(64))]
OTHERS = [object(), 1.0, float("nan"), b"raw", {1, 2}, {"a": 1}, ["a"], Decimal(1), Binary(bytes(65))]


@pytest.mark.parametrize("value", [*ALIKE, *OTHERS])
def test_copy_takes_what_the_driver_takes(value):
    assert takes(ONE, rows_with(value), secured=False) == "copy"


@pytest.mark.parametrize("value", ALIKE)
def test_where_row_security_forbids_it_one_statement_takes_what_json_holds(value):
    assert takes(ONE, rows_with(value)) == "set"


@pytest.mark.parametrize("value", OTHERS)
def test_anything_else_goes_row_by_row(value):
    assert takes(ONE, rows_with(value)) == ""


def test_documents_go_row_by_row():
    assert takes(ONE.replace("::DATE", "::JSONB"), rows_with("{}")) == ""


def test_what_may_be_there_goes_as_one_statement():
    assert takes(f"{ONE} ON CONFLICT (code) DO NOTHING", rows_with(""), secured=False) == "set"


def test_what_may_change_a_row_goes_whole_only_where_each_comes_once():
    assert takes(CHANGING, rows_with("")) == ""
    assert takes(CHANGING, rows_with(""), **{postgresql.EACH_ONCE: True}) == "set"


def test_rows_that_change_one_another_are_changed_in_their_order(db, database_backend):
    """As a driver does row by row: the last one stands."""
    make = dialects.insert if database_backend == "postgresql" else sqlite.insert
    rows = [entry(f"{number}") for number in range(MANY)]
    for row in rows:
        row["id"] = rows[0]["id"]
    statement = make(ENTRY)
    new = {"target": statement.excluded.target}
    db.connection().execute(statement.on_conflict_do_update(index_elements=["id"], set_=new), rows)
    assert db.scalar(select(ENTRY.c.target).where(ENTRY.c.id == rows[0]["id"])) == str(MANY - 1)


def test_instants_come_back_whatever_the_servers_time_zone(database_url, database_backend, monkeypatch):
    if database_backend != "postgresql":
        pytest.skip("SQLite has no time zones")
    monkeypatch.setenv("PGTZ", "Asia/Shanghai")
    engine = make_engine(database_url)
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW TIME ZONE")) == "UTC"
        connection.rollback()
        connection.execute(insert(ENTRY), entry("the last second", last))
        assert connection.scalar(select(ENTRY.c.at).where(ENTRY.c.target == "the last second")) == last
    engine.dispose()


def test_long_values_are_compressed_by_the_quick_method_where_the_server_knows_it(
    database_url, database_backend
):
    if database_backend != "postgresql":
        pytest.skip("SQLite compresses nothing")
    engine = make_engine(database_url)
    with engine.connect() as connection:
        known = connection.scalar(
            text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        )
        connection.execute(insert(ENTRY), entry("long" * 10_000))
        way = text(
            "SELECT pg_column_compression(target) FROM core_audit ORDER BY length(target) DESC LIMIT 1"
        )
        assert connection.scalar(way) == ("lz4" if known else "pglz")
    engine.dispose()
