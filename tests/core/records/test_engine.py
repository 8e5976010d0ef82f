"""Records are checked as a whole, written once, and every change is known afterwards."""

import json
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select, text

from renda.database import scope_to
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.records import changes, engine
from renda.security.models import AuditEntry
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP, VALUES, cleaned
from tests.core.records.probe import STOPS, VISITS, Visit


def count(db) -> int:
    return db.scalar(select(func.count()).select_from(Visit))


def audited(db) -> list[AuditEntry]:
    db.flush()
    return list(db.scalars(select(AuditEntry).order_by(AuditEntry.id)))


class TestCreate:
    def test_a_record_begins_in_the_first_state_of_its_workflow(self, visit, people):
        row = visit(budget="1,200", urgent="是", guide=str(people.county), phone=" 13812341234 ")
        assert (row.title, row.kind, row.starts_on) == ("走访孙老家镇", "village", date(2026, 5, 6))
        assert (row.budget, row.urgent, row.guide, row.phone) == (1200, True, people.county, "13812341234")
        assert (row.ends_on, row.notes) == (None, None)
        assert (row.organisation, row.state, row.author) == (COUNTY, "planned", people.clerk)
        assert (row.created_at, row.changed_at, row.lock) == (NOW, NOW, 1)

    def test_all_errors_are_told_at_once_and_nothing_is_written(self, db, visit):
        with pytest.raises(Invalid) as caught:
            visit(title="", kind="moon", budget="3.9", colour="red", state="held")
        assert caught.value.errors == {
            "title": "Fill this in.",
            "kind": "Choose one of the values in the list.",
            "budget": "Only whole numbers are kept here; leave out the decimal places.",
            "colour": "This register has no such field.",
            "state": "This register has no such field.",
        }
        assert count(db) == 0
        assert audited(db) == []

    @pytest.mark.parametrize("who", ["neighbour", "former"])
    def test_only_deputies_in_office_here_or_below_are_named(self, db, people, visit, who):
        with pytest.raises(Invalid) as caught:
            visit(guide=getattr(people, who))
        assert caught.value.errors.keys() == {"guide"}
        assert count(db) == 0

    @pytest.mark.parametrize("who", ["county", "township"])
    def test_those_are(self, people, visit, who):
        assert visit(guide=getattr(people, who)).guide == getattr(people, who)

    def test_a_part_lies_in_a_record_of_the_same_organisation(self, db, people, visit):
        whole = visit()
        values = {"place": "村委会", "minutes": 20}
        part = engine.create(db, STOPS, COUNTY, values, now=NOW, author=None, whole=whole)
        assert part.whole == whole.id
        for organisation, other in ((COUNTY, None), (TOWNSHIP, whole)):
            with pytest.raises(Invalid) as caught:
                engine.create(db, STOPS, organisation, values, now=NOW, author=None, whole=other)
            assert caught.value.errors.keys() == {"whole"}

    def test_a_session_of_another_organisation_writes_nothing(self, db, people, visit):
        scope_to(db, {NEIGHBOUR})
        with pytest.raises(Forbidden):
            visit()
        db.expunge_all()

    def test_the_audit_row_keeps_no_personal_data(self, db, people, visit):
        row = visit(phone="13812341234", guide=people.county)
        (entry,) = audited(db)
        assert (entry.action, entry.target) == ("record.create", f"probe_visit/{row.id}")
        assert (entry.actor, entry.organisation, entry.at) == (people.clerk, COUNTY, NOW)
        values = json.loads(entry.detail)["values"]
        assert (values["title"], values["starts_on"]) == ("走访孙老家镇", "2026-05-06")
        assert (values["phone"], values["guide"]) == ("***", "***")


class TestCreateAll:
    def test_several_are_what_each_would_be_alone(self, db, visit, people):
        visit()
        second = VALUES | {"title": "座谈", "phone": "13812341234"}
        engine.create_many(db, VISITS, COUNTY, cleaned([VALUES, second]), now=NOW, author=people.clerk)
        first, *rows = db.scalars(select(Visit).order_by(Visit.id)).all()
        assert [row.title for row in rows] == [first.title, "座谈"]
        for name in ("organisation", "state", "author", "created_at", "changed_at", "lock"):
            assert {getattr(row, name) for row in rows} == {getattr(first, name)}
        alone, *several = audited(db)
        assert [entry.target for entry in several] == [f"probe_visit/{row.id}" for row in rows]
        assert (several[0].action, several[0].detail) == (alone.action, alone.detail)
        assert "138" not in several[1].detail

    def test_where_one_is_wrong_none_is_written(self, db, people):
        several = [VALUES, VALUES | {"guide": str(people.former)}]
        with pytest.raises(Invalid) as caught:
            engine.create_many(db, VISITS, COUNTY, cleaned(several), now=NOW, author=None)
        assert caught.value.errors == {"guide": engine.NOT_OFFERED}
        assert (count(db), audited(db)) == (0, [])

    def test_a_session_of_another_organisation_writes_none(self, db, people):
        scope_to(db, {TOWNSHIP})
        with pytest.raises(Forbidden):
            engine.create_many(db, VISITS, COUNTY, cleaned([VALUES]), now=NOW, author=None)

    def test_a_guard_looks_at_each(self, db, people):
        def at_most_one(session, _row):
            if count(session):
                raise Conflict("One is enough.")

        kind = replace(VISITS, guard=at_most_one)
        with pytest.raises(Conflict, match="One is enough"):
            engine.create_many(db, kind, COUNTY, cleaned([VALUES, VALUES]), now=NOW, author=None)

    def test_where_it_asks_for_none_all_are_written_at_once(self, db, people):
        seen, written = [], []

        def note(state):
            if state.is_insert and state.bind_mapper.class_ is Visit:
                written.append(len(state.parameters))

        event.listen(db, "do_orm_execute", note)
        kind = replace(VISITS, guard=lambda _session, row: seen.append((row.title, row.state, row.notes)))
        several = cleaned([VALUES, VALUES | {"title": "座谈"}])
        engine.create_many(db, kind, COUNTY, several, now=NOW, author=None)
        assert seen == [("走访孙老家镇", "planned", None), ("座谈", "planned", None)]
        assert written == [2]
        assert sorted(db.scalars(select(Visit.title))) == ["座谈", "走访孙老家镇"]


class TestFind:
    def test_a_record_is_found_at_its_organisation_only(self, db, visit):
        row = visit()
        assert engine.find(db, VISITS, COUNTY, row.id) is row
        assert engine.find(db, VISITS, COUNTY, str(row.id)) is row
        with pytest.raises(NotFound):
            engine.find(db, VISITS, NEIGHBOUR, row.id)

    @pytest.mark.parametrize("unknown", [uuid.UUID(int=0), "1", "../x"])
    def test_what_is_no_id_of_a_record_is_not_found(self, db, people, unknown):
        with pytest.raises(NotFound):
            engine.find(db, VISITS, COUNTY, unknown)


class TestUpdate:
    def change(self, db, row, values, *, lock=1):
        later = NOW + timedelta(hours=1)
        return engine.update(db, VISITS, row, values, lock=lock, now=later, actor=None)

    def test_only_the_fields_given_change(self, db, visit):
        row = self.change(db, visit(budget=5), {"title": "新", "budget": ""})
        assert (row.title, row.budget, row.kind) == ("新", None, "village")
        assert (row.changed_at, row.created_at, row.lock) == (NOW + timedelta(hours=1), NOW, 2)

    def test_the_audit_row_says_from_what_to_what(self, db, visit):
        self.change(db, visit(), {"title": "新", "kind": "village", "phone": "13812341234"})
        entry = audited(db)[-1]
        assert entry.action == "record.update"
        assert json.loads(entry.detail) == {
            "from": {"title": "走访孙老家镇", "phone": "***"},
            "to": {"title": "新", "phone": "***"},
        }

    def test_saving_the_same_changes_nothing(self, db, visit):
        row = self.change(db, visit(), VALUES)
        assert (row.lock, row.changed_at) == (1, NOW)
        assert len(audited(db)) == 1

    def test_a_form_that_is_out_of_date_is_refused(self, db, visit):
        row = self.change(db, visit(), {"title": "新"})
        with pytest.raises(Conflict) as caught:
            self.change(db, row, {"title": "旧"})
        assert caught.value.detail == {"lock": 2}
        assert row.title == "新"

    def test_wrong_values_change_nothing(self, db, visit):
        row = visit()
        with pytest.raises(Invalid):
            self.change(db, row, {"title": "新", "kind": "moon"})
        assert row.title == "走访孙老家镇"

    def test_a_deputy_who_left_may_stay_but_not_be_named_anew(self, db, people, visit):
        row = visit()
        row.guide = people.former
        db.flush()
        assert self.change(db, row, {"guide": people.former, "title": "新"}, lock=2).title == "新"
        row = visit()
        with pytest.raises(Invalid):
            self.change(db, row, {"guide": people.former})

    def test_two_writers_at_once_do_not_overwrite_each_other(self, db, visit):
        row = visit()
        db.execute(text("UPDATE probe_visit SET lock = 2"))
        with pytest.raises(Conflict) as caught:
            self.change(db, row, {"title": "新"})
        assert caught.value.detail == {}

    def test_what_it_refers_to_may_be_gone(self, db, people, visit):
        with pytest.raises(Conflict, match="what it refers to is gone"):
            engine.create(db, VISITS, COUNTY, VALUES, now=NOW, author=uuid.UUID(int=7))


class TestUpdateMany:
    def change(self, db, several, kind=VISITS):
        later = NOW + timedelta(hours=1)
        engine.update_many(db, kind, [(row, values, 1) for row, values in several], now=later, actor=None)

    def test_each_is_told_of_as_one_alone(self, db, visit):
        first, second, third = visit(), visit(), visit()
        self.change(db, [(first, {"title": "一"}), (second, {"phone": "13812341234"}), (third, VALUES)])
        assert [(row.title, row.lock) for row in (first, second)] == [("一", 2), ("走访孙老家镇", 2)]
        assert (third.lock, third.changed_at) == (1, NOW)
        told = [entry.target for entry in audited(db) if entry.action == "record.update"]
        assert told == [f"probe_visit/{row.id}" for row in (first, second)]
        assert [len(changes.of(db, VISITS, row)) for row in (first, second, third)] == [1, 1, 0]

    def test_they_are_written_at_once(self, db, visit):
        rows, written = [visit(), visit(), visit()], []
        db.flush()
        event.listen(db, "after_flush", lambda session, _context: written.append(len(session.dirty)))
        self.change(db, [(row, {"title": f"第{number}次"}) for number, row in enumerate(rows)])
        assert written == [3]

    def test_a_guard_finds_those_before_as_they_are_now_and_its_own_as_it_was(self, db, visit):
        def alone(session, row):
            others = select(func.count()).where(Visit.title == row.title)
            if session.scalar(others):
                raise Conflict("There is one.")

        kind = replace(VISITS, guard=alone)
        first, second = visit(title="一"), visit(title="二")
        self.change(db, [(first, {"title": "三"}), (second, {"title": "一"})], kind)
        with pytest.raises(Conflict, match="There is one"):
            self.change(db, [(visit(), {"title": "四"}), (visit(), {"title": "四"})], kind)

    def test_one_that_somebody_changed_meanwhile_is_refused(self, db, visit):
        rows = [visit(), visit()]
        table = Visit.__table__
        db.connection().execute(table.update().where(table.c.id == rows[1].id).values(lock=2))
        with pytest.raises(Conflict):
            self.change(db, [(row, {"title": "新"}) for row in rows])
