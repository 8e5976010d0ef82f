from dataclasses import replace
from datetime import date

import pytest

from renda.indicators.periods import Period, PeriodKind
from renda_tiers.reports import calendar
from renda_tiers.reports.template import Template

BIMONTH = Template(
    document=b"", origin="371700", code="t", titles={}, module="", period=PeriodKind.BIMONTH,
    tiers=("city",), due_days=5, lock_days=15, lines=(),
)  # fmt: skip
NEVER = replace(BIMONTH, due_days=None, lock_days=None)
SPRING = Period.parse("2026-b2")


def test_days_are_counted_from_the_periods_last_day():
    assert calendar.due_on(BIMONTH, SPRING) == date(2026, 5, 5)
    assert calendar.locks_on(BIMONTH, SPRING) == date(2026, 5, 15)
    assert calendar.due_on(NEVER, SPRING) is calendar.locks_on(NEVER, SPRING) is None


@pytest.mark.parametrize(
    ("day", "overdue", "locked"),
    [
        ("2026-05-05", False, False),
        ("2026-05-06", True, False),
        ("2026-05-15", True, False),
        ("2026-05-16", True, True),
    ],
)
def test_the_last_day_still_counts(day, overdue, locked):
    today = date.fromisoformat(day)
    assert calendar.is_overdue(BIMONTH, SPRING, today) is overdue
    assert calendar.is_locked(BIMONTH, SPRING, today) is locked
    assert not calendar.is_overdue(NEVER, SPRING, today)
    assert not calendar.is_locked(NEVER, SPRING, today)


def test_offered_are_the_running_period_and_those_that_are_not_locked():
    assert [one.code for one in calendar.offered(BIMONTH, date(2026, 5, 15))] == ["2026-b3", "2026-b2"]
    assert [one.code for one in calendar.offered(BIMONTH, date(2026, 5, 16))] == ["2026-b3"]
    patient = replace(BIMONTH, lock_days=70)
    assert [one.code for one in calendar.offered(patient, date(2026, 5, 6))] == [
        "2026-b3",
        "2026-b2",
        "2026-b1",
    ]


def test_where_nothing_is_locked_the_period_before_is_the_last_offered():
    assert [one.code for one in calendar.offered(NEVER, date(2026, 5, 6))] == ["2026-b3", "2026-b2"]


def test_before_the_calendars_first_period_there_is_nothing():
    assert [one.code for one in calendar.offered(BIMONTH, date(1, 1, 2))] == ["0001-b1"]


def test_terms_and_spans_have_days_that_somebody_names():
    assert calendar.offered(replace(BIMONTH, period=PeriodKind.SPAN), date(2026, 5, 6)) == []
