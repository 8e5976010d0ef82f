"""What search knows outlives a change of its tables, on SQLite too, which has to make them anew."""

from alembic.script import ScriptDirectory
from sqlalchemy import delete, select, text, update

from renda import migrate
from renda.app import upgrade
from renda.database import make_engine
from renda.directory.models import Person, PersonReading
from renda.directory.readings import called
from renda.search.finding import find
from renda.search.models import SearchEntry
from tests.core.records.conftest import COUNTY

ORGANISATION = "INSERT INTO core_organisation (code, name, kind, tier, congress) VALUES ('371721', '曹县', 'county', 'county', 1)"
ENTRY = """
    INSERT INTO core_search_entry
        (id, component, type, record, title, state, text, tokens, changed_at, organisation)
    VALUES (7, 'probe', 'probe_visit', '0123', '走访', 'planned', '走访', '走访 访', '2026-05-06 01:00:00', '371721')
"""
PERSON = "INSERT INTO core_person (id, name, key) VALUES ('0123', '冯丽志', 1)"
READING = "INSERT INTO core_person_reading (person, reading) VALUES ('0123', 'fenglizhi')"
FOUND = "SELECT rowid FROM fts_core_search_entry WHERE fts_core_search_entry MATCH '访*'"


def test_entries_are_kept_and_found_again_until_they_are_made_anew(tmp_path, monkeypatch):
    engine, steps = make_engine(f"sqlite:///{tmp_path / 'node.sqlite'}"), ScriptDirectory._upgrade_revs
    with monkeypatch.context() as before:
        before.setattr(ScriptDirectory, "_upgrade_revs", lambda self, _to, now: steps(self, "core016", now))
        migrate.upgrade(engine, [("core", "renda")])
    with engine.begin() as connection:
        connection.execute(text(ORGANISATION))
        connection.execute(text(ENTRY))
    with monkeypatch.context() as before:
        before.setattr(ScriptDirectory, "_upgrade_revs", lambda self, _to, now: steps(self, "core017", now))
        migrate.upgrade(engine, [("core", "renda")])
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT title FROM core_search_entry WHERE id = 7")) == "走访"
        assert connection.scalars(text(FOUND)).all() == [7]
        connection.execute(text(PERSON))
        connection.execute(text(READING))
    migrate.upgrade(engine, [("core", "renda")])
    with engine.begin() as connection:
        assert connection.scalars(text(FOUND)).all() == []
        for table in ("core_search_entry", "core_person_reading"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    engine.dispose()


def test_older_records_and_persons_are_found_by_more_once_it_is_upgraded(
    registry, work, stored_visit, people
):
    with work() as session:
        session.execute(update(SearchEntry).values(text="", tokens=""))
        session.execute(delete(PersonReading).where(PersonReading.reading != "shanxianren"))
        session.execute(text("UPDATE core_alembic_version SET version_num = 'core017'"))
        assert find(session, "孙老家", {COUNTY: ["probe_visit"]}, ["probe_visit"]).total == 0
    upgrade(registry)
    with work() as session:
        assert find(session, "孙老家", {COUNTY: ["probe_visit"]}, ["probe_visit"]).total == 1
        assert session.scalars(select(Person.name).where(called("xianren"))).all() == ["单县人"]
