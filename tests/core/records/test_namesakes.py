"""Persons of one name are told apart by where they sit, wherever one of them is chosen, typed or listed."""

from datetime import date, timedelta

import pytest

from renda.database import new_id, scope_to
from renda.directory.models import Mandate, Person
from renda.records import namesakes, parts, persons
from renda.records.fields import Rejected
from renda.records.participation import participation_type
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP
from tests.core.records.probe import COMPANY, VISITS

TODAY, BEGAN, CITY = NOW.date(), date(2020, 1, 1), "371700"


@pytest.fixture
def seat(db, people):
    """`seat(name, (place, more), …)`: a person who holds these seats."""
    numbers = iter(range(20, 90))

    def sit(name, *seats, key=None):
        number = next(numbers)
        person = Person(id=new_id(), name=name, key=10_000 + number if key is None else key)
        db.add(person)
        db.flush()
        for place, more in seats:
            said = {"term": 19, "seat": next(numbers), "starts_on": BEGAN, **more}
            db.add(Mandate(organisation=place, person=person.id, **said))
        db.flush()
        return person.id

    return sit


def labels(db, organisation=CITY):
    return dict(persons.offered(db, organisation, TODAY))


def test_who_is_alone_in_a_name_has_it_alone(db, people, seat, statements):
    seat("李小梅", (COUNTY, {}))
    statements.clear()
    assert set(labels(db).values()) == {"王小明", "李梅", "单县人", "李小梅"}
    assert len(statements) == 1


def test_the_body_in_which_they_sit_tells_them_apart(db, people, seat, statements):
    ours, theirs = people.county, seat("李梅", (NEIGHBOUR, {}))
    statements.clear()
    found = labels(db)
    assert (found[ours], found[theirs]) == ("李梅（曹县）", "李梅（单县）")
    assert found[people.neighbour] == "单县人"
    assert len(statements) == 2


def test_only_those_who_are_offered_count(db, people, seat):
    seat("李梅", (NEIGHBOUR, {}))
    assert labels(db, COUNTY)[people.county] == "李梅"


def test_of_one_body_their_delegations_tell_them_apart(db, seat):
    one, other = (seat("张伟", (COUNTY, {"delegation": f"第{n}代表团"})) for n in "一二")
    found = labels(db)
    assert (found[one], found[other]) == ("张伟（曹县 第一代表团）", "张伟（曹县 第二代表团）")


@pytest.mark.parametrize("delegations", [("", "第一代表团"), ("第一代表团", "第一代表团"), ("", "")])
def test_where_delegations_do_not_their_seats_do(db, seat, delegations):
    one, other = (
        seat("张伟", (COUNTY, {"delegation": delegation, "seat": number}))
        for delegation, number in zip(delegations, (7, 12), strict=True)
    )
    found = labels(db)
    assert (found[one], found[other]) == ("张伟（曹县 席位7）", "张伟（曹县 席位12）")


def test_where_nothing_else_does_the_end_of_their_keys_does(db, seat):
    one = seat("张伟", (COUNTY, {"seat": 7}), key=-1)
    other = seat("张伟", (COUNTY, {"seat": 7, "term": 20}), key=120_034)
    found = labels(db)
    assert (found[one], found[other]) == ("张伟（曹县 9999）", "张伟（曹县 0034）")


def test_who_sits_in_two_bodies_is_told_by_both(db, people, seat):
    both = seat("李梅", (CITY, {}), (COUNTY, {}))
    found = labels(db)
    assert (found[both], found[people.county]) == ("李梅（菏泽市、曹县）", "李梅（曹县）")


def test_seats_that_ended_tell_only_of_those_who_hold_none(db, people, seat):
    moved = seat("李梅", (COUNTY, {"ended_on": TODAY}), (NEIGHBOUR, {}))
    assert labels(db)[moved] == "李梅（单县）"
    left = seat("赵前", (NEIGHBOUR, {"ended_on": TODAY}))
    never = seat("赵前", key=77)
    named = {people.former: "赵前", left: "赵前", never: "赵前"}
    found = namesakes.told_apart(db, named, TODAY + timedelta(days=9))
    assert found == {people.former: "赵前（曹县）", left: "赵前（单县）", never: "赵前"}


def test_a_reader_of_one_body_is_told_as_well(db, people, seat):
    seat("李梅", (TOWNSHIP, {}))
    scope_to(db, {COUNTY})
    assert labels(db, COUNTY)[people.county] == "李梅（曹县）"


class TestTyped:
    @pytest.fixture
    def alike(self, people, seat):
        return people.county, seat("李梅", (NEIGHBOUR, {})), seat("李梅", (NEIGHBOUR, {"seat": 7}))

    @pytest.mark.parametrize("typed", ["李梅（曹县）", "李梅(曹县)", "李 梅 （ 曹县 ）"])
    def test_a_body_in_brackets_says_who_is_meant(self, db, people, alike, typed):
        assert persons.called_so(db, CITY, TODAY, typed) == people.county

    def test_what_the_choice_shows_may_be_typed(self, db, alike):
        for one, label in labels(db).items():
            assert persons.called_so(db, CITY, TODAY, label) == one

    def test_it_may_stand_where_nobody_else_is_called_so(self, db, people):
        assert persons.called_so(db, CITY, TODAY, "王小明（曹城街道）") == people.township
        with pytest.raises(Rejected):
            persons.called_so(db, CITY, TODAY, "王小明（曹县）")

    @pytest.mark.parametrize("typed", ["李梅", "李梅（单县）"])
    def test_what_several_are_called_is_refused_with_what_may_be_typed(self, db, alike, typed):
        with pytest.raises(Rejected) as refused:
            persons.called_so(db, CITY, TODAY, typed)
        assert "李梅（单县 席位7）" in refused.value.message.mapping["names"]

    def test_commas_in_brackets_are_no_commas_between_names(self, db, people, seat):
        both = seat("李梅", (CITY, {}), (COUNTY, {}))
        typed = "李梅（菏泽市、曹县）、王小明，李梅（曹县）"
        assert persons.many_called_so(db, CITY, TODAY, typed) == {both, people.township, people.county}


def test_forms_offer_each_of_them_and_find_both_by_their_pinyin(work, stored_visit, sign_in, people):
    with work() as session:
        other = Person(id=new_id(), name="李梅", key=500)
        session.add(other)
        session.flush()
        session.add(Mandate(organisation=TOWNSHIP, person=other.id, term=19, seat=9, starts_on=BEGAN))
        session.flush()
        kind = participation_type(VISITS, COMPANY)
        row = session.get(VISITS.model, stored_visit)
        who = {"now": NOW, "actor": people.clerk}
        parts.add_participants(session, kind, row, [people.county, other.id], "guest", **who)
    clerk = sign_in("clerk")
    form = clerk.get(f"/o/{COUNTY}/r/probe_visit/new")
    options = {
        one.get_text(): one["data-spelt"]
        for one in form.html.select("select option")
        if "李梅" in one.get_text()
    }
    assert options == {"李梅（曹县）": "limei lm mei", "李梅（曹城街道）": "limei lm mei"}
    page = clerk.get(f"/o/{COUNTY}/r/probe_visit/{stored_visit}")
    people_table = page.html.find(id="people") or page.html
    shown = [one.get_text(" ", strip=True) for one in people_table.select("tbody tr")]
    assert sum("李梅（曹县）" in one for one in shown) == 1
    assert sum("李梅（曹城街道）" in one for one in shown) == 1
