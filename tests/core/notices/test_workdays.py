"""Deadlines are counted as offices count them, by what the State Council announced."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.notices.workdays import MOST_DAYS, after, between, is_working_day

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def works(first: date, last: date) -> str:
    """A row of signs, one for each day: w for a working day, - for a day off."""
    number = (last - first).days + 1
    return "".join("w" if is_working_day(first + timedelta(days=one)) else "-" for one in range(number))


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
    assert after(date(2026, 5, 6), 1) == date(2026, 5, 7)
    assert after(date(2026, 5, 8), 1) == date(2026, 5, 9)
    assert after(date(2026, 2, 13), 3) == date(2026, 2, 25)
    assert after(date(2026, 4, 30), 10) == date(2026, 5, 18)


def test_days_that_are_left_and_days_that_are_over():
    assert between(date(2026, 5, 6), date(2026, 5, 6)) == 0
    assert between(date(2026, 5, 6), date(2026, 5, 11)) == 4
    assert between(date(2026, 5, 11), date(2026, 5, 6)) == -4
    assert between(date(2026, 2, 15), date(2026, 2, 23)) == 0


def test_a_year_that_nobody_has_announced_has_its_holidays_and_plain_weekends():
    assert not is_working_day(date(2031, 10, 1))
    assert not is_working_day(date(2031, 10, 4))
    assert is_working_day(date(2150, 1, 4)) or date(2150, 1, 4).weekday() >= 5


@pytest.mark.parametrize("number", [0, -1, MOST_DAYS + 1])
def test_no_deadline_is_none_or_endless(number: int):
    with pytest.raises(Invalid):
        after(date(2026, 5, 6), number)


@given(day=days, number=st.integers(1, 60))
def test_a_deadline_is_a_working_day_and_so_many_are_left(day: date, number: int):
    due = after(day, number)
    assert is_working_day(due)
    assert between(day, due) == number
    assert between(due, day) == -number
