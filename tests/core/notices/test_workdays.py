"""Deadlines are counted as offices count them, by what the State Council announced."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.notices import workdays
from renda.notices.models import OwnDay
from renda.notices.workdays import ANNOUNCED, MOST_DAYS, Workdays

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def works(first: date, last: date) -> str:
    """A row of signs, one for each day: w for a working day, - for a day off."""
    number = (last - first).days + 1
    return "".join("w" if ANNOUNCED.works(first + timedelta(days=one)) else "-" for one in range(number))


def test_the_spring_festival_of_2025_and_the_weekends_that_make_up_for_it():
    """Off from 28 January to 4 February; 26 January and 8 February are worked."""
    assert works(date(2025, 1, 25), date(2025, 2, 9)) == "-ww" + "-" * 8 + "wwww-"


def test_the_spring_festival_of_2026():
    """Off from 15 to 23 February; 14 and 28 February are worked."""
    assert works(date(2026, 2, 13), date(2026, 3, 1)) == "ww" + "-" * 9 + "wwwww-"


def test_other_holidays_of_2025_and_2026():
    assert works(date(2025, 9, 27), date(2025, 10, 12)) == "-www" + "-" * 8 + "www-"
    assert works(date(2026, 1, 1), date(2026, 1, 5)) == "---ww"
    assert works(date(2026, 5, 1), date(2026, 5, 10)) == "-----wwww-"


def test_a_deadline_counts_from_the_day_after():
    assert ANNOUNCED.after(date(2026, 5, 6), 1) == date(2026, 5, 7)
    assert ANNOUNCED.after(date(2026, 5, 8), 1) == date(2026, 5, 9)
    assert ANNOUNCED.after(date(2026, 2, 13), 3) == date(2026, 2, 25)
    assert ANNOUNCED.after(date(2026, 4, 30), 10) == date(2026, 5, 18)


def test_days_that_are_left_and_days_that_are_over():
    assert ANNOUNCED.between(date(2026, 5, 6), date(2026, 5, 6)) == 0
    assert ANNOUNCED.between(date(2026, 5, 6), date(2026, 5, 11)) == 4
    assert ANNOUNCED.between(date(2026, 5, 11), date(2026, 5, 6)) == -4
    assert ANNOUNCED.between(date(2026, 2, 15), date(2026, 2, 23)) == 0


def test_a_year_that_nobody_has_announced_has_its_holidays_and_plain_weekends():
    assert not ANNOUNCED.works(date(2031, 10, 1))
    assert not ANNOUNCED.works(date(2031, 10, 4))
    assert ANNOUNCED.works(date(2150, 1, 4)) or date(2150, 1, 4).weekday() >= 5


@pytest.mark.parametrize("number", [0, -1, MOST_DAYS + 1])
def test_no_deadline_is_none_or_endless(number: int):
    with pytest.raises(Invalid):
        ANNOUNCED.after(date(2026, 5, 6), number)


@given(day=days, number=st.integers(1, 60))
def test_a_deadline_is_a_working_day_and_so_many_are_left(day: date, number: int):
    due = ANNOUNCED.after(day, number)
    assert ANNOUNCED.works(due)
    assert ANNOUNCED.between(day, due) == number
    assert ANNOUNCED.between(due, day) == -number


def test_what_a_node_enters_outranks_what_was_announced():
    """6 May is a Wednesday, 9 May a Saturday that is worked."""
    local = Workdays({date(2026, 5, 6): False, date(2026, 5, 9): False, date(2026, 5, 16): True})
    assert [local.works(date(2026, 5, day)) for day in (6, 7, 9, 16)] == [False, True, False, True]
    assert local.after(date(2026, 5, 5), 3) == date(2026, 5, 11)
    assert local.between(date(2026, 5, 15), date(2026, 5, 17)) == 1


def test_the_days_of_a_node_are_read_once_until_some_are_entered(db):
    assert workdays.of(db).works(date(2026, 5, 6))
    db.add(OwnDay(day=date(2026, 5, 6), works=False, note="开斋节"))
    db.flush()
    assert workdays.of(db).works(date(2026, 5, 6))
    workdays.forget(db)
    assert not workdays.of(db).works(date(2026, 5, 6))
