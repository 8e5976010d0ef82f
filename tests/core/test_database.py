"""The wall around organisations holds for rows that are inserted at once, and the file is its owner's."""

import os
import stat
from datetime import date

import pytest
from sqlalchemy import insert, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from renda import postgresql
from renda.database import everything, make_engine, new_id, scope_to
from renda.directory.models import DeputyGroup
from renda.errors import Forbidden, ScopeMissing
from tests.core.security import town


@pytest.fixture
def session(db):
    town.build(db, [])
    db.flush()
    return db


def group(organisation):
    return {
        "id": new_id(),
        "organisation": organisation,
        "name": "第一代表小组",
        "starts_on": date(2022, 1, 1),
    }


def groups(session):
    with everything(session):
        return set(session.scalars(select(DeputyGroup.organisation)))


def test_rows_are_inserted_at_the_organisations_of_the_session_and_at_no_others(session):
    scope_to(session, {town.COUNTY})
    session.execute(insert(DeputyGroup), [group(town.COUNTY), group(town.COUNTY)])
    session.execute(insert(DeputyGroup), group(town.COUNTY))
    for refused in ([group(town.COUNTY), group(town.OTHER)], group(town.OTHER), []):
        with pytest.raises(Forbidden):
            session.execute(insert(DeputyGroup), refused)
    assert groups(session) == {town.COUNTY}


def test_an_insert_that_does_not_tell_its_organisations_is_refused(session):
    scope_to(session, {town.COUNTY})
    row = group(town.COUNTY)
    selected = select(*(literal(value).label(name) for name, value in row.items()))
    for statement in (
        insert(DeputyGroup).values(**row),
        insert(DeputyGroup).from_select(list(row), selected),
    ):
        with pytest.raises(Forbidden):
            session.execute(statement)


def test_without_a_scope_nothing_is_inserted(session):
    """Invariant 17: the wall fails closed."""
    del session.info["scope"]
    with pytest.raises(ScopeMissing):
        session.execute(insert(DeputyGroup), [group(town.COUNTY)])


def test_the_system_inserts_everywhere(session):
    scope_to(session, {town.COUNTY})
    with everything(session):
        session.execute(insert(DeputyGroup), [group(town.COUNTY), group(town.OTHER)])
        session.execute(insert(DeputyGroup).values(**group(town.CITY)))
    assert groups(session) == {town.CITY, town.COUNTY, town.OTHER}


def test_a_database_file_is_made_for_its_owner_only(tmp_path):
    before = os.umask(0)
    try:
        engine = make_engine(f"sqlite:///{tmp_path}/node.sqlite")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            made = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert made == dict.fromkeys(("node.sqlite", "node.sqlite-wal", "node.sqlite-shm"), 0o600)


def test_a_database_file_that_is_there_keeps_its_mode(tmp_path):
    path = tmp_path / "node.sqlite"
    path.touch(mode=0o640)
    path.chmod(0o640)
    engine = make_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_commit_that_fails_leaves_neither_rows_nor_a_transaction_that_others_wait_for(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'node.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (parent INTEGER REFERENCES parent (id))"))
    with Session(engine) as failing:
        failing.execute(text("PRAGMA defer_foreign_keys=ON"))
        failing.execute(text("INSERT INTO child VALUES (1)"))
        with pytest.raises(IntegrityError):
            failing.commit()
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM child")) == 0
    engine.dispose()


def test_a_connection_that_was_cut_while_nobody_used_it_is_replaced(registry, database_backend, monkeypatch):
    if database_backend != "postgresql":
        pytest.skip("a file is not cut off")
    monkeypatch.setattr(postgresql, "_IDLE", -1.0)
    engine, other = make_engine(registry.engine.url), make_engine(registry.engine.url)
    with engine.connect() as connection:
        cut = connection.scalar(text("SELECT pg_backend_pid()"))
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:cut, 5000)"), {"cut": cut})
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != cut
    engine.dispose()
    other.dispose()
