"""What a seat is on a day is one rule, for one seat in hand as for all that a statement finds."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from renda.directory.models import Mandate, Person
from renda.directory.office import COMING, ENDED, IN_OFFICE, STATES, SUSPENDED, held, in_state, state
from tests.core.directory.bodies import COUNTY

BEGUN, SUSPENDED_ON, ENDED_ON = date(2022, 1, 8), date(2024, 1, 1), date(2025, 1, 1)
ONE = timedelta(days=1)


@pytest.fixture
def seat(db, placed):
    person = Person(name="王小明", key=1)
    db.add(person)
    db.flush()
    found = Mandate(
        organisation=COUNTY,
        person=person.id,
        term=19,
        seat=1,
        starts_on=BEGUN,
        suspended_on=SUSPENDED_ON,
        ended_on=ENDED_ON,
    )
    db.add(found)
    db.flush()
    return found


@pytest.mark.parametrize(
    ("day", "is_"),
    [
        (BEGUN - ONE, COMING),
        (BEGUN, IN_OFFICE),
        (SUSPENDED_ON - ONE, IN_OFFICE),
        (SUSPENDED_ON, SUSPENDED),
        (ENDED_ON - ONE, SUSPENDED),
        (ENDED_ON, ENDED),
    ],
)
def test_a_seat_is_held_from_its_first_day_until_its_end(db, seat, day, is_):
    assert state(seat, day) == is_
    assert [name for name in STATES if db.scalars(select(Mandate).where(in_state(name, day))).all()] == [is_]
    assert bool(db.scalars(select(Mandate).where(held(day))).all()) == (is_ in {IN_OFFICE, SUSPENDED})


def test_one_that_never_ended_nor_was_suspended_is_held_from_its_first_day_on(db, seat):
    seat.suspended_on = seat.ended_on = None
    db.flush()
    for day, is_ in ((BEGUN - ONE, COMING), (BEGUN, IN_OFFICE), (ENDED_ON, IN_OFFICE)):
        assert state(seat, day) == is_
        assert db.scalar(select(Mandate.id).where(in_state(is_, day))) == seat.id
