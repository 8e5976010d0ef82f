"""Entries follow their records, whoever changes them, and are mended where they did not."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select, text, update

from renda.app import Node
from renda.database import new_id
from renda.directory import readings
from renda.records import engine, workflow
from renda.records.participation import participation_type
from renda.search.entries import LONGEST_TITLE, described, put, searchable, searched
from renda.search.finding import find
from renda.search.models import SearchEntry, number
from renda.search.rebuilding import BATCH, astray, fill, rebuild
from renda.search.sound import entries_fit
from tests.core.records.conftest import ALL_VERBS, COUNTY, NOW, VALUES, cleaned
from tests.core.records.probe import COMPANY, STOPS, VISITS, Visit

HERE = {COUNTY: ["probe_visit"]}


@pytest.fixture
def declared(registry):
    return registry.declared


def entries(session):
    return session.scalars(select(SearchEntry).execution_options(populate_existing=True)).all()


def only(session):
    (found,) = entries(session)
    return found


def total(session, query: str) -> int:
    return find(session, query, HERE, ["probe_visit"]).total


def bare(**values):
    """A row of visits as a statement writes it, past every session."""
    row = {
        "id": new_id(),
        "organisation": COUNTY,
        "state": "planned",
        "author": None,
        "created_at": NOW,
        "changed_at": NOW,
        "lock": 1,
        "title": "走访",
        "kind": "village",
        "starts_on": NOW.date(),
        "urgent": False,
    }
    return row | values


class TestFollowing:
    def test_many_that_are_made_at_once_have_theirs(self, db, people):
        several = [VALUES | {"title": f"走访{number}"} for number in range(3)]
        engine.create_many(db, VISITS, COUNTY, cleaned(several), now=NOW, author=None)
        assert {one.title for one in entries(db)} == {"走访0", "走访1", "走访2"}
        assert total(db, "走访") == 3

    def test_a_new_record_has_an_entry(self, db, visit):
        row = visit(notes="第一行\n第二行")
        found = only(db)
        assert (found.id, found.record, found.organisation) == (number(row.id), row.id, COUNTY)
        assert (found.component, found.type, found.state) == ("probe", "probe_visit", "planned")
        assert (found.title, found.text) == ("走访孙老家镇", "走访孙老家镇\n第一行\n第二行")
        assert found.changed_at == NOW

    def test_a_change_replaces_it(self, db, visit):
        row = visit()
        engine.update(db, VISITS, row, {"title": "调研曹城"}, lock=row.lock, now=NOW, actor=None)
        assert only(db).title == "调研曹城"
        assert (total(db, "走访"), total(db, "调研")) == (0, 1)

    def test_a_step_changes_its_state_alone(self, db, visit):
        row = visit()
        workflow.move(db, VISITS, row, "hold", now=NOW, actor=None, permissions=ALL_VERBS)
        assert only(db).state == "held"
        assert total(db, "走访") == 1

    def test_it_goes_with_its_record(self, db, visit):
        row = visit()
        db.delete(row)
        db.flush()
        assert entries(db) == []
        assert total(db, "走访") == 0

    def test_what_is_refused_leaves_nothing(self, work, people):
        def fail():
            with work() as session:
                engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=None)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        with work() as session:
            assert entries(session) == []
            assert total(session, "走访") == 0

    def test_personal_fields_and_types_without_search_have_no_place_in_it(self, db, visit, people):
        row = visit(phone="13812345678", guide=str(people.county))
        stop = {"place": "孙老家村", "minutes": 30}
        engine.create(db, STOPS, COUNTY, stop, now=NOW, author=None, whole=row)
        assert "138" not in only(db).text
        assert total(db, "13812345678") == 0

    def test_a_personal_field_is_left_out_even_where_a_type_names_it(self, registry):
        class Careless(type(VISITS)):
            pass

        kind = Careless(
            Visit,
            title="Visits",
            workflow=VISITS.workflow,
            columns=("title",),
            search=("phone", "title", "kind"),
        )
        assert searched(kind) == ["title"]
        assert searched(participation_type(VISITS, COMPANY)) == []
        assert {one.name for one in searchable(registry.declared)} >= {"probe_visit", "core_meeting"}

    def test_a_record_without_words_is_called_nothing(self, declared):
        entry = described(VISITS, [Visit(**bare(title=""))])[0]
        assert (entry["title"], entry["tokens"]) == ("", "")

    def test_a_record_that_begins_with_a_long_text_is_called_by_its_beginning(self, declared):
        row = Visit(**bare(title="", notes="走访\n" + "很" * 5000))
        (entry,) = described(replace(VISITS, search=("notes",)), [row])
        assert len(entry["title"]) == LONGEST_TITLE
        assert entry["title"].startswith("走访 很")
        assert entry["title"].endswith("…")
        assert row.notes in entry["text"]


class TestRebuilding:
    def test_it_makes_what_is_missing_and_takes_away_what_is_not_there(self, db, declared, people):
        db.connection().execute(insert(Visit.__table__), [bare(), bare(title="调研")])
        put(db, described(VISITS, [Visit(**bare(title="没有了"))]))
        assert astray(db, VISITS) == (2, 1)
        assert rebuild(db, declared)["probe_visit"] == 2
        assert astray(db, VISITS) == (0, 0)
        assert (total(db, "走访"), total(db, "调研"), total(db, "没有")) == (1, 1, 0)

    def test_it_works_in_batches(self, db, declared, people):
        many = [bare(title=f"走访{number}") for number in range(BATCH + 1)]
        db.connection().execute(insert(Visit.__table__), many)
        assert rebuild(db, declared)["probe_visit"] == BATCH + 1
        assert total(db, "走访") == BATCH + 1

    def test_it_mends_an_index_that_has_lost_its_words(self, db, declared, visit, database_backend):
        visit()
        if database_backend == "sqlite":
            db.execute(text("INSERT INTO fts_core_search_entry(fts_core_search_entry) VALUES ('delete-all')"))
            assert total(db, "走访") == 0
        rebuild(db, declared)
        assert total(db, "走访") == 1

    def test_entries_of_components_that_are_not_loaded_stay(self, db, declared, visit):
        visit()
        db.execute(update(SearchEntry).values(component="gone", type="gone_thing"))
        assert rebuild(db, declared)["probe_visit"] == 1
        assert {one.type for one in entries(db)} == {"gone_thing"} or len(entries(db)) == 1

    def test_types_without_any_entry_are_filled_and_others_left(self, db, declared, people):
        db.connection().execute(insert(Visit.__table__), [bare()])
        fill(db, declared)
        assert total(db, "走访") == 1
        db.connection().execute(insert(Visit.__table__), [bare()])
        fill(db, declared)
        assert total(db, "走访") == 1


class TestExamining:
    @pytest.fixture
    def told(self, db, registry):
        return lambda: [str(one.interpolate()) for one in entries_fit(Node(registry, db, NOW))]

    def test_all_is_well(self, db, visit, told):
        visit()
        readings.fill(db)
        assert told() == []

    def test_persons_without_readings_are_told(self, db, visit, told):
        assert told() == ["4 persons cannot be found by pinyin."]

    @pytest.mark.parametrize("change", [{"title": "别的"}, {"state": "held"}, {"tokens": ""}])
    def test_an_entry_that_differs_is_told(self, db, visit, told, change):
        visit()
        readings.fill(db)
        db.execute(update(SearchEntry).values(**change))
        assert told() == ["1 records of probe_visit are not in the index as they are."]

    def test_an_entry_without_a_record_is_told(self, db, visit, told):
        row = visit()
        readings.fill(db)
        db.connection().execute(Visit.__table__.delete().where(Visit.__table__.c.id == row.id))
        assert told() == ["1 entries of probe_visit name a record that is not there."]


@pytest.mark.usefixtures("durable")
def test_the_commands(renda, write, registry, database_url):
    path = write(**{"renda.database_url": database_url})
    done = renda("search", "rebuild", path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["records"]["core_meeting"] == 0
    assert "0" in renda("search", "rebuild", path).stdout
    found = json.loads(renda("doctor", path, "--json").stdout)["findings"]
    assert {one["check"]: one["state"] for one in found}["core.search"] == "ok"


def test_upgrading_fills_what_is_older_than_the_index(registry, work, people):
    from renda.app import Upgraded

    with work() as session:
        session.connection().execute(insert(Visit.__table__), [bare()])
    registry.notify(Upgraded(registry))
    with work() as session:
        assert session.scalar(select(func.count()).select_from(SearchEntry)) == 1
