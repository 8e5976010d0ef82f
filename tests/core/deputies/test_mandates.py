"""Seats are given to many as to one, and to nobody where there is no congress."""

from datetime import date

import pytest
from sqlalchemy import event

from renda.deputies import mandates, people
from renda.directory.models import Organisation
from renda.errors import Conflict, Invalid, NotFound
from tests.core.deputies.conftest import COUNTY, number

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
