"""Seats are given to many as to one, to nobody where there is no congress, and begin within their term."""

from datetime import date

import pytest
from sqlalchemy import event
from webtest import Upload

from renda.deputies import listing, mandates, people
from renda.deputies.listing import Wanted
from renda.directory.models import Organisation
from renda.directory.persons import seats
from renda.directory.terms import TERMS
from renda.errors import Conflict, Invalid, NotFound
from renda.records import engine
from renda.records.persons import offered
from tests.core.deputies.conftest import COUNTY, DEPUTIES, add, number, rows, words
from tests.core.excel.conftest import workbook
from tests.core.security.town import post

STREET = "371721001"
SEAT = {"term": 19, "starts_on": date(2022, 1, 8)}


@pytest.fixture
def who(clock):
    return {"now": clock(), "actor": None}


def persons(db, who, first, count):
    many = [
        {"name": f"代表{one}", "identity": number("19700101", one), "phone": "13805301234"}
        for one in range(first, first + count)
    ]
    return people.add_new(db, COUNTY, many, **who)


def test_it_takes_as_many_statements_for_many_as_for_few(db, placed, registry, who):
    statements = []
    event.listen(registry.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    def add(first, count):
        before = len(statements)
        found = persons(db, who, first, count)
        mandates.give_many(db, COUNTY, [(one, SEAT) for one in found], **who)
        db.flush()
        return len(statements) - before

    add(1, 1)
    assert add(2, 2) >= add(4, 200)


def test_free_seats_are_filled_from_below(db, placed, who):
    first, second, third = persons(db, who, 1, 3)
    mandates.give(db, COUNTY, first, {**SEAT, "seat": 2}, **who)
    found = mandates.give_many(db, COUNTY, [(second, SEAT), (third, SEAT)], **who)
    assert [one.seat for one in found] == [1, 3]


def test_two_of_one_list_do_not_get_one_seat(db, placed, who):
    first, second = persons(db, who, 1, 2)
    with pytest.raises(Invalid) as refused:
        mandates.give_many(db, COUNTY, [(first, {**SEAT, "seat": 5}), (second, {**SEAT, "seat": 5})], **who)
    assert set(refused.value.errors) == {"seat"}


def test_where_there_is_no_congress_nobody_has_a_seat(db, placed, who):
    db.add(Organisation(code=STREET, name="曹城街道", kind="street", tier="township", congress=False))
    db.flush()
    (person,) = persons(db, who, 1, 1)
    with pytest.raises(Conflict):
        mandates.give(db, STREET, person, SEAT, **who)
    with pytest.raises(NotFound):
        mandates.give(db, "999999", person, SEAT, **who)


def test_a_group_is_one_of_the_body(db, placed, who):
    (person,) = persons(db, who, 1, 1)
    with pytest.raises(Invalid) as refused:
        mandates.give(db, COUNTY, person, {**SEAT, "group": "没有这个组"}, **who)
    assert set(refused.value.errors) == {"group"}


class TestFirstDay:
    """The clock stands on 6 May 2026; the nineteenth term began on 8 January 2022, and lasts five years."""

    def test_no_seat_begins_after_its_term(self, clerk):
        page = add(clerk, name="王小明", starts_on="2099-01-01", status=422)
        assert "lasts until 2027-01-07" in page.html.select_one("#f-starts_on-error").get_text()
        page = add(clerk, name="王小明", term="20", starts_on="2027-01-08", status=422)
        assert "Enter the term" in page.html.select_one("#f-starts_on-error").get_text()

    def test_of_a_term_that_is_not_entered_a_seat_may_have_begun(self, clerk):
        add(clerk, name="王小明", term="18", starts_on="2017-01-08")

    def test_a_term_that_is_over_has_no_seats_after_it(self, db, placed, who):
        values = {"number": 18, "starts_on": "2017-01-08", "ends_on": "2022-01-07"}
        engine.create(db, TERMS, COUNTY, values, now=who["now"], author=None)
        first, second = persons(db, who, 1, 2)
        mandates.give(db, COUNTY, first, {"term": 18, "starts_on": date(2022, 1, 7)}, **who)
        with pytest.raises(Invalid) as refused:
            mandates.give(db, COUNTY, second, {"term": 18, "starts_on": date(2022, 1, 8)}, **who)
        assert set(refused.value.errors) == {"starts_on"}

    def test_a_correction_is_judged_alike_and_what_stands_is_left(self, db, placed, who):
        (person,) = persons(db, who, 1, 1)
        seat = mandates.give(db, COUNTY, person, SEAT, **who)
        with pytest.raises(Invalid):
            mandates.change(db, seat, {"starts_on": date(2099, 1, 1)}, **who)
        person.born_on = date(2010, 1, 1)
        mandates.change(db, seat, {"starts_on": SEAT["starts_on"], "delegation": "东团"}, **who)
        assert seat.delegation == "东团"

    def test_a_seat_that_has_not_begun_is_nobodys_office_anywhere(self, clerk, as_, db, who):
        api = f"/api/v1/organisations/{COUNTY}/core/deputies"
        post(clerk, f"/o/{COUNTY}/m/core/groups", {"name": "一组", "starts_on": "2022-02-01"}, status=303)
        address = add(clerk, name="王小明", group="一组", starts_on="2026-05-07")
        assert "Not begun" in words(clerk.get(address), ".head")
        assert rows(clerk.get(DEPUTIES)) == rows(clerk.get(f"{DEPUTIES}?state=in_office")) == []
        assert [row[:2] for row in rows(clerk.get(f"{DEPUTIES}?state=coming"))] == [["王小明", "Not begun"]]
        assert clerk.get(api).json["total"] == 0
        assert [one["state"] for one in clerk.get(api, {"state": "coming"}).json["items"]] == ["coming"]
        assert [row[2] for row in rows(clerk.get(f"/o/{COUNTY}/m/core/groups"), "groups")] == ["0"]
        today = date(2026, 5, 6)
        assert [listing.everybody(db, COUNTY, day, Wanted()) == [] for day in (today, date(2026, 5, 7))] == [
            True,
            False,
        ]
        assert offered(db, COUNTY, today) == []
        assert seats(db, COUNTY, today) == []


def test_a_roster_is_judged_by_the_same_days(clerk):
    header = ["姓名", "出生日期", "任职日期"]
    lines = [["甲", "2030-01-01", None], ["乙", None, "2099-01-01"], ["丙", "2005-03-01", None]]
    page = clerk.get(f"{DEPUTIES}/import")
    form = next(one for one in page.forms.values() if "file" in one.fields)
    form["file"] = Upload("名册.xlsx", workbook(header, *lines))
    said = words(form.submit(status=303).follow())
    assert "A day of birth lies in the past." in said
    assert "lasts until 2027-01-07" in said
    assert "not yet 18 on 2022-01-08" in said
