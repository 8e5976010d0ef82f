"""Taking part in a record is a record type of its own, and is written for many persons at once."""

import uuid

import pytest
from sqlalchemy import select

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.records import engine, parts
from renda.records.models import Participant, TransitionLog
from renda.records.participation import participation_type
from renda.security.models import AuditEntry
from tests.core.records.conftest import ALL_VERBS, COUNTY, NOW
from tests.core.records.probe import COMPANY, VISITS

KIND = participation_type(VISITS, COMPANY)


@pytest.fixture
def add(db, people):
    def go(whole, persons, role="guest"):
        return parts.add_participants(db, KIND, whole, persons, role, now=NOW, actor=people.clerk)

    return go


@pytest.fixture
def mark(db, people):
    def go(whole, rows, target, **options):
        options = {"now": NOW, "actor": people.clerk, "permissions": ALL_VERBS, **options}
        return parts.mark(db, KIND, whole, [row.id for row in rows], target, **options)

    return go


class TestType:
    def test_it_follows_from_the_declaration(self):
        assert (KIND.name, KIND.module, KIND.part_of) == ("probe_visit_company", "probe", "probe_visit")
        assert (KIND.model, KIND.constants) == (Participant, {"type": "probe_visit_company"})
        assert (KIND.title, KIND.workflow, KIND.columns) == (
            "Company",
            COMPANY.workflow,
            ("person", "role", "state"),
        )

    def test_its_fields_are_the_person_and_the_roles_declared(self):
        assert list(KIND.fields) == ["person", "role"]
        assert KIND.fields["role"].schema()["enum"] == ["guest", "host"]

    def test_it_is_made_and_found_as_every_record_is(self, db, people, visit):
        values = {"person": str(people.county), "role": "host"}
        row = engine.create(db, KIND, COUNTY, values, now=NOW, author=None, whole=visit())
        assert (row.type, row.state, row.person) == ("probe_visit_company", "invited", people.county)
        assert engine.find(db, KIND, COUNTY, row.id) is row

    def test_a_row_of_another_type_of_the_same_class_is_not_found(self, db, people, visit, add):
        (row,) = add(visit(), [people.county])
        row.type = "other_thing_company"
        db.flush()
        with pytest.raises(NotFound):
            engine.find(db, KIND, COUNTY, row.id)


class TestAdding:
    def test_many_at_once_leave_one_audit_row(self, db, people, visit, add):
        rows = add(visit(), [people.county, people.township, people.county])
        assert [row.person for row in rows] == [people.county, people.township]
        assert {row.state for row in rows} == {"invited"}
        db.flush()
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.target == KIND.name))
        assert str(rows[0].id) in entry.detail
        assert str(people.county) not in entry.detail

    def test_who_is_there_already_is_passed_over(self, db, people, visit, add):
        whole = visit()
        add(whole, [people.county])
        assert [row.person for row in add(whole, [people.county, people.township])] == [people.township]
        assert list(add(whole, [people.county])) == []

    def test_a_person_may_have_two_roles_and_two_records(self, people, visit, add):
        whole = visit()
        assert len(add(whole, [people.county], "guest")) == 1
        assert len(add(whole, [people.county], "host")) == 1
        assert len(add(visit(), [people.county], "host")) == 1

    def test_one_stranger_among_them_stops_all(self, db, people, visit, add):
        with pytest.raises(Invalid) as caught:
            add(visit(), [people.county, people.neighbour])
        assert caught.value.errors.keys() == {"person"}
        assert db.scalars(select(Participant)).all() == []

    @pytest.mark.parametrize("role", ["", "king"])
    def test_the_role_is_one_of_those_declared(self, people, visit, add, role):
        with pytest.raises(Invalid) as caught:
            add(visit(), [people.county], role)
        assert caught.value.errors.keys() == {"role"}

    def test_the_same_row_twice_is_a_conflict(self, db, people, visit, add):
        whole = visit()
        add(whole, [people.county])
        values = {"person": people.county, "role": "guest"}
        with pytest.raises(Conflict):
            engine.create(db, KIND, COUNTY, values, now=NOW, author=None, whole=whole)


class TestMarking:
    def test_many_at_once_and_each_step_is_kept(self, db, people, visit, add, mark):
        whole = visit()
        rows = add(whole, [people.county, people.township])
        assert mark(whole, rows, "came") == 2
        assert {row.state for row in rows} == {"came"}
        assert len(db.scalars(select(TransitionLog)).all()) == 2
        assert mark(whole, rows, "came") == 0

    def test_each_comes_from_where_it_is(self, people, visit, add, mark):
        whole = visit()
        first, second = add(whole, [people.county, people.township])
        mark(whole, [first], "absent")
        assert mark(whole, [first, second], "came") == 2

    def test_a_state_that_no_single_step_reaches_is_a_conflict_and_changes_nothing(
        self, people, visit, add, mark
    ):
        whole = visit()
        first, second = add(whole, [people.county, people.township])
        mark(whole, [first], "came")
        with pytest.raises(Conflict):
            mark(whole, [second, first], "absent")
        assert second.state == "invited"

    def test_the_verb_of_the_step_is_needed(self, people, visit, add, mark):
        whole = visit()
        rows = add(whole, [people.county])
        with pytest.raises(Forbidden):
            mark(whole, rows, "absent", permissions={"probe:write"})

    def test_rows_of_another_record_are_not_found(self, people, visit, add, mark):
        rows = add(visit(), [people.county])
        with pytest.raises(NotFound):
            mark(visit(), rows, "came")
        rows[0].id = uuid.uuid4()
        with pytest.raises(NotFound):
            mark(visit(), rows, "came")
