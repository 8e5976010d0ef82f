"""PostgreSQL shows and takes rows of the scope alone, whatever a statement forgets to ask for."""

from contextlib import nullcontext
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from renda import row_security
from renda.app import Node
from renda.database import everything, make_engine, new_id, scope_to, scoped_tables
from renda.directory.models import DeputyGroup
from renda.examining import machine
from tests.core.security import town
from tests.core.security.town import CITY, COUNTY

COUNT = text("SELECT count(*) FROM core_group")
INSERT = text(
    "INSERT INTO core_group (id, organisation, name, starts_on) VALUES (:id, :organisation, '三组', :day)"
)


@pytest.fixture(autouse=True)
def on_postgresql(database_backend):
    """SQLite has no such wall."""
    if database_backend != "postgresql":
        pytest.skip("row security is PostgreSQL's")


@pytest.fixture
def groups(work):
    """A group at the city and one at the county."""
    with work() as session:
        town.build(session, [])
        session.flush()
        for code in (CITY, COUNTY):
            session.add(DeputyGroup(organisation=code, name="一组", starts_on=date(2022, 1, 1)))


def test_every_table_of_organisations_rows_stands_behind_it(db):
    connection = db.connection()
    assert "core_mandate" in scoped_tables()
    assert row_security.unprotected(connection, scoped_tables()) == []
    assert not row_security.bypassed(connection)


def test_a_statement_past_every_filter_sees_the_scope_and_no_more(groups, work):
    with work() as session:
        assert session.connection().scalar(COUNT) == 2
        scope_to(session, {COUNTY})
        assert session.connection().scalar(COUNT) == 1
        with everything(session):
            assert session.connection().scalar(COUNT) == 2
        assert session.connection().scalar(COUNT) == 1
        scope_to(session, ())
        assert session.connection().scalar(COUNT) == 0
        scope_to(session, {CITY, COUNTY})
        assert session.connection().scalar(COUNT) == 2
        scope_to(session, {COUNTY[:4]})
        assert session.connection().scalar(COUNT) == 0


def test_after_a_commit_the_same_connection_sees_nothing(groups, registry):
    with registry.engine.connect().execution_options(renda_scope=row_security.EVERYTHING) as connection:
        assert connection.scalar(COUNT) == 2
        connection.commit()
        raw = connection.connection.cursor()
        assert raw.execute(COUNT.text).fetchone() == (0,)
        raw.close()
    with registry.engine.connect() as connection:
        assert connection.scalar(COUNT) == 0


def test_what_was_said_since_a_savepoint_is_said_again(groups, work):
    with work() as session:
        scope_to(session, {COUNTY})
        savepoint = session.begin_nested()
        with everything(session):
            assert session.connection().scalar(COUNT) == 2
        assert session.connection().scalar(COUNT) == 1
        savepoint.rollback()
        assert session.connection().scalar(COUNT) == 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_connection_that_was_cut_is_told_as_that(registry, work, nested):
    """The command line and the pages have a sentence for it; what is said of a scope must not hide it."""

    def ask() -> None:
        with work() as session:
            cut = session.connection().scalar(text("SELECT pg_backend_pid()"))
            with registry.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:cut, 5000)"), {"cut": cut})
            with session.begin_nested() if nested else nullcontext(), everything(session):
                session.connection().scalar(COUNT)

    with pytest.raises(OperationalError):
        ask()
    with work() as session:
        assert session.connection().scalar(COUNT) == 0


@pytest.mark.parametrize(
    "statement",
    [
        INSERT.bindparams(id=new_id(), organisation=CITY, day=date(2022, 1, 1)),
        text(f"UPDATE core_group SET organisation = '{CITY}'"),
    ],
    ids=["insert", "move"],
)
def test_no_row_is_written_at_another_organisation(groups, work, statement):
    def write() -> None:
        with work() as session:
            scope_to(session, {COUNTY})
            session.connection().execute(statement)

    with pytest.raises(ProgrammingError, match="row-level security"):
        write()


def test_what_lies_elsewhere_is_neither_changed_nor_removed(groups, work):
    with work() as session:
        scope_to(session, {COUNTY})
        changed = session.connection().execute(text("UPDATE core_group SET name = '二组'"))
        removed = session.connection().execute(text("DELETE FROM core_group"))
        assert (changed.rowcount, removed.rowcount) == (1, 1)
    with work() as session:
        assert session.connection().scalar(COUNT) == 1


def test_the_scope_is_taken_apart_once_for_a_statement(groups, work):
    """A city's clerk has the codes of every body below in it, and a register has very many rows."""
    with work() as session:
        scope_to(session, {CITY, COUNTY})
        plan = session.connection().scalars(text(f"EXPLAIN (VERBOSE) {COUNT.text}")).all()
    filters = [line for line in plan if "Filter:" in line]
    assert filters
    assert not [line for line in filters if "string_to_array" in line or "current_setting" in line]


@pytest.mark.parametrize("beside", [False, True])
def test_a_wall_of_an_earlier_version_is_replaced(groups, work, beside):
    with work() as session:
        connection = session.connection()
        if not beside:
            connection.execute(text("DROP POLICY renda_within ON core_group"))
        connection.execute(text("CREATE POLICY renda_scope ON core_group USING (true)"))
        assert row_security.unprotected(connection, ["core_group"]) == ["core_group"]
        scope_to(session, {COUNTY})
        assert session.connection().scalar(COUNT) == 2
        row_security.protect(connection, ["core_group"])
        assert row_security.unprotected(connection, ["core_group"]) == []
        assert session.connection().scalar(COUNT) == 1


def test_doctor_names_a_role_that_is_asked_nothing_and_a_table_without_a_wall(registry, work, db):
    def wrong(session) -> list[str]:
        return [str(one) for one in machine.organisations_are_apart(Node(registry, session, None))]

    assert wrong(db) == []
    db.connection().execute(text("DROP POLICY renda_within ON core_mandate"))
    assert wrong(db) == ["The table ${name} has no row security."]
    superuser = make_engine(registry.engine.url.set(username="postgres", password=None))
    with superuser.connect() as connection:
        assert row_security.bypassed(connection)
    superuser.dispose()
