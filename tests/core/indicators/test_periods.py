"""Periods: their codes, their days, their neighbours and their names."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.indicators.periods import MONTHS, Period, PeriodKind, comparable

TERM = Period.parse("t19:2022-01-10..2026-12-30")
DECADE = Period.parse("2006-01-01..2015-12-31")
days = st.dates(date(1954, 1, 1), date(2199, 12, 31))
calendar_kinds = st.sampled_from(list(MONTHS))
calendar_periods = st.builds(Period.of, calendar_kinds, st.dates())
spans = st.tuples(days, days).map(lambda pair: Period(*sorted(pair)))
terms = st.builds(
    lambda pair, number: Period(*sorted(pair), PeriodKind.TERM, number),
    st.tuples(days, days),
    st.integers(1, 99),
)
periods = calendar_periods | spans | terms


@pytest.mark.parametrize(
    ("code", "kind", "start", "end"),
    [
        ("2026-05", PeriodKind.MONTH, date(2026, 5, 1), date(2026, 5, 31)),
        ("2024-02", PeriodKind.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-b3", PeriodKind.BIMONTH, date(2026, 5, 1), date(2026, 6, 30)),
        ("2026-q2", PeriodKind.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-h1", PeriodKind.HALFYEAR, date(2026, 1, 1), date(2026, 6, 30)),
        ("2026", PeriodKind.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        ("t19:2022-01-10..2026-12-30", PeriodKind.TERM, date(2022, 1, 10), date(2026, 12, 30)),
        ("2006-01-01..2015-12-31", PeriodKind.SPAN, date(2006, 1, 1), date(2015, 12, 31)),
    ],
)
def test_a_code_names_a_kind_and_its_days(code, kind, start, end):
    period = Period.parse(code)
    assert (period.kind, period.start, period.end, period.code) == (kind, start, end, code)


@pytest.mark.parametrize(
    "code",
    [
        *("", "26", "20260", "2026-", "2026-5", "2026-00", "2026-13", "2026-005", "0000", "2026\n", " 2026"),
        *("2026-b0", "2026-b7", "2026-b03", "2026-q5", "2026-h3", "2026-Q2", "2026-x1", "2026-b", "２０２６"),
        *("2026-01-01", "2026-02-01..2026-01-31", "2026-02-30..2026-03-31", "2026-1-1..2026-3-31"),
        *("t0:2022-01-10..2026-12-30", "t00:2022-01-10..2026-12-30", "t9:2022-01-10..2026-12-30", "t19:2022"),
        *("t19:2026-12-30..2022-01-10", "t100:2022-01-10..2026-12-30", "2006-01-01..2015-12-31 "),
    ],
)
def test_anything_else_is_refused(code):
    with pytest.raises(Invalid) as refusal:
        Period.parse(code)
    assert list(refusal.value.errors) == ["period"]
    assert refusal.value.detail == {"found": code}


@given(st.text(alphabet="0123456789-.:tbqh", max_size=28))
def test_whatever_parses_is_written_the_same_way(text):
    try:
        period = Period.parse(text)
    except Invalid:
        return
    assert period.code == text


@given(periods)
def test_a_code_parses_back(period):
    assert Period.parse(period.code) == period


@given(calendar_kinds, days, days)
def test_codes_of_one_calendar_kind_sort_in_time_order(kind, one, other):
    a, b = Period.of(kind, one), Period.of(kind, other)
    assert (a < b) == (a.code < b.code) == (a.start < b.start)


@given(st.lists(spans))
def test_codes_of_spans_sort_by_their_days(some):
    assert [p.code for p in sorted(some)] == sorted(p.code for p in some)


def test_codes_of_terms_sort_by_their_numbers():
    ninth = Period(date(1982, 1, 1), date(1986, 12, 31), PeriodKind.TERM, 9)
    assert ninth.code < TERM.code
    assert ninth < TERM


@given(calendar_kinds, st.dates())
def test_a_day_lies_in_exactly_its_own_period(kind, day):
    period = Period.of(kind, day)
    assert period.contains(day)
    assert period.contains(period.start)
    assert period.contains(period.end)
    for neighbour in (period.previous(), period.next()):
        assert neighbour is None or not neighbour.contains(day)


@given(calendar_periods)
def test_neighbours_touch_and_lead_back(period):
    after = period.next()
    assume(after is not None)
    assert after.start == period.end + timedelta(days=1)
    assert after.previous() == period


@pytest.mark.parametrize("kind", MONTHS)
def test_the_calendar_has_a_first_and_a_last_period(kind):
    assert Period.of(kind, date.min).previous() is None
    assert Period.of(kind, date.max).next() is None
    assert Period.of(kind, date.min).year_before() is None


@pytest.mark.parametrize("period", [TERM, DECADE])
def test_terms_and_spans_have_no_neighbours(period):
    assert (period.previous(), period.next(), *comparable(period)) == (None, None, None, None)


@pytest.mark.parametrize(
    ("code", "before", "year_before"),
    [
        ("2026-01", "2025-12", "2025-01"),
        ("2026-b3", "2026-b2", "2025-b3"),
        ("2026-q1", "2025-q4", "2025-q1"),
        ("2026-h2", "2026-h1", "2025-h2"),
        ("2026", "2025", "2025"),
    ],
)
def test_a_figure_is_compared_with_the_period_before_and_the_year_before(code, before, year_before):
    assert [p and p.code for p in comparable(Period.parse(code))] == [before, year_before]


@pytest.mark.parametrize("kind", [PeriodKind.TERM, PeriodKind.SPAN])
def test_the_calendar_does_not_know_terms_and_spans(kind):
    with pytest.raises(Invalid):
        Period.of(kind, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("start", "end", "kind", "number"),
    [
        (date(2026, 5, 2), date(2026, 5, 31), PeriodKind.MONTH, 5),
        (date(2026, 5, 1), date(2026, 5, 30), PeriodKind.MONTH, 5),
        (date(2026, 5, 1), date(2026, 5, 31), PeriodKind.MONTH, 4),
        (date(2026, 5, 1), date(2026, 5, 31), PeriodKind.TERM, 0),
        (date(2026, 5, 1), date(2026, 5, 31), PeriodKind.TERM, 100),
        (date(2026, 5, 1), date(2026, 4, 30), PeriodKind.TERM, 3),
        (date(2026, 5, 1), date(2026, 4, 30), PeriodKind.SPAN, 0),
        (date(2026, 5, 1), date(2026, 5, 31), PeriodKind.SPAN, 1),
    ],
)
def test_dates_that_are_no_such_period_are_refused(start, end, kind, number):
    with pytest.raises(Invalid):
        Period(start, end, kind, number)


@pytest.mark.parametrize(
    ("code", "kind", "count"),
    [
        ("2026", PeriodKind.BIMONTH, 6),
        ("2026", PeriodKind.MONTH, 12),
        ("2026", PeriodKind.YEAR, 1),
        ("2026-q2", PeriodKind.MONTH, 3),
        ("2006-01-01..2015-12-31", PeriodKind.YEAR, 10),
    ],
)
def test_a_period_divides_into_whole_ones(code, kind, count):
    period = Period.parse(code)
    parts = period.parts(kind)
    assert len(parts) == count
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(one.next() == other for one, other in pairwise(parts))
    assert all(period.covers(part) for part in parts)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("2026-q2", PeriodKind.BIMONTH),
        ("2026-q2", PeriodKind.YEAR),
        ("2026-01-01..2026-03-15", PeriodKind.MONTH),
        ("t19:2022-01-10..2026-12-30", PeriodKind.YEAR),
        ("2026", PeriodKind.SPAN),
    ],
)
def test_a_period_is_never_divided_into_broken_ones(code, kind):
    with pytest.raises(Invalid):
        Period.parse(code).parts(kind)


@given(periods, periods)
def test_covering_means_containing_both_ends(one, other):
    assert one.covers(other) == (one.contains(other.start) and one.contains(other.end))
    assert one.covers(one)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2026-05", "Month 5 of 2026"),
        ("2026-b3", "Months 5–6 of 2026"),
        ("2026-q2", "Quarter 2 of 2026"),
        ("2026-h1", "First half of 2026"),
        ("2026-h2", "Second half of 2026"),
        ("2026", "Year 2026"),
        ("t19:2022-01-10..2026-12-30", "Term 19 (2022-01-10 to 2026-12-30)"),
        ("2006-01-01..2015-12-31", "2006-01-01 to 2015-12-31"),
    ],
)
def test_a_period_has_a_name(code, name):
    assert Period.parse(code).title().interpolate() == name


def test_a_translation_arranges_the_name_in_its_own_way():
    title = Period.parse("2026-b3").title()
    assert title.domain == "renda"
    assert title.interpolate("${year}年${first}—${last}月") == "2026年5—6月"
