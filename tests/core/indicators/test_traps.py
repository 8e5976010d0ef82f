"""Where naive summation is wrong. The numbers are those of the nineteen summation traps of congress reporting."""

from datetime import date

import pytest

from renda.indicators.derived import percentages, ratio
from renda.indicators.folds import combine, fold_time, fold_tree, of
from renda.indicators.kinds import Basis, BasisMismatch, Kind, MeaningMismatch, Qualifier, Status
from renda.indicators.periods import Period
from tests.core.indicators.cells import cell, nil, persons, stock, total


def test_t04_coverage_of_deputies_is_a_ratio_of_two_unions():
    """Two townships each trained the same 2 deputies; of 4 deputies each, 2 sit in both: 2 of 6, not 4 of 8."""
    trained = [persons(1, 2), persons(1, 2)]
    deputies = [persons(1, 2, 3, 4), persons(1, 2, 5, 6)]
    coverage = ratio(fold_tree(trained), fold_tree(deputies))
    assert coverage is not None
    assert (coverage.numerator, coverage.denominator, coverage.value) == (2, 6, 3333)
    assert (sum(c.value for c in trained), sum(c.value for c in deputies)) == (4, 8)


def test_trap_01_rates_are_not_averaged():
    rate = ratio(fold_tree([total(60), total(1)]), fold_tree([total(100), total(1)]), scale=1000)
    assert rate is not None
    assert rate.value == 604  # the mean of 60 % and 100 % would be 80 %


def test_trap_02_person_times_are_not_persons():
    months = [(1, 2, 3), (1, 2), (1,)]
    person_times = fold_time(total(len(month)) for month in months)
    people = fold_time(persons(*month) for month in months)
    assert (person_times.value, people.value) == (6, 3)


def test_trap_03_seats_are_not_persons():
    """A deputy of the city and of a county holds two seats and is one person."""
    city, county = (1, 2, 3), (3, 4)
    assert fold_tree([stock(len(city)), stock(len(county))]).value == 5
    assert fold_tree([persons(*city), persons(*county)]).value == 4


def test_trap_04_stocks_are_added_over_the_tree_but_not_over_periods():
    assert fold_tree([stock(7), stock(5)]).value == 12
    assert fold_time([stock(7), stock(7), stock(8)]).value == 8


def test_trap_05_year_to_date_never_adds_to_an_increment():
    january, first_quarter = total(3), total(9, basis=Basis.YTD)
    for fold in (fold_tree, fold_time):
        with pytest.raises(BasisMismatch):
            fold([january, first_quarter])
    assert fold_time([total(3, basis=Basis.YTD), first_quarter]).value == 9
    assert fold_tree([first_quarter, first_quarter]).value == 18


def test_trap_06_an_activity_that_every_tier_reports_is_one_activity():
    joint = 42
    assert fold_tree([persons(joint, 1), persons(joint), persons(joint, 2)]).value == 3


def test_trap_09_a_subset_is_not_added_to_its_whole():
    six_haves, eight_haves = stock(10, indicator="R10", meaning="a0"), stock(4, indicator="R11", meaning="b0")
    with pytest.raises(MeaningMismatch):
        fold_tree([six_haves, eight_haves])


def test_trap_10_missing_is_not_zero():
    """Of seven counties four reported, one reported nil, one has no such thing, one said nothing."""
    whole = fold_tree([total(1), total(2), total(3), total(4), nil(Kind.SUM), total(None)])
    assert whole.value == 10
    assert (whole.reported, whole.nil, whole.not_applicable) == (4, 1, 1)


def test_trap_10_nil_not_applicable_and_missing_are_three_things():
    """Invariant 6."""
    nothing, silent = fold_tree([nil(Kind.SUM)]), fold_tree([])
    exempt = fold_tree([total(None)])
    assert (nothing.value, nothing.status) == (0, Status.NIL)
    assert (exempt.value, exempt.status) == (None, Status.NOT_APPLICABLE)
    assert (silent.value, silent.status) == (None, None)


def test_trap_12_yuan_are_not_added_to_ten_thousands_of_yuan():
    """The unit belongs to the definition, so another unit is another meaning."""
    with pytest.raises(MeaningMismatch):
        fold_tree([total(50_000, meaning="a0"), total(5, meaning="b0")])


def test_trap_13_an_approximate_part_makes_an_approximate_total():
    exact, at_least, about = (total(10, qualifier=qualifier) for qualifier in Qualifier)
    assert fold_tree([exact, exact]).qualifier.symbol == "="
    assert fold_tree([exact, at_least]).qualifier.symbol == ">="
    assert fold_tree([exact, at_least, about]).qualifier.symbol == "~"
    assert fold_time([about, exact]).qualifier.symbol == "~"


def test_trap_13_a_missing_value_has_no_qualifier_to_give():
    assert fold_tree([total(10), total(None)]).qualifier is Qualifier.EXACT


def test_trap_14_the_shares_of_a_column_add_up_to_a_hundred():
    """54, 33, 2 and 4 of 93, as a city printed them: plain rounding gives 58.06 and 99.99."""
    shares = percentages([54, 33, 2, 4])
    assert shares == [5807, 3548, 215, 430]
    assert sum(shares) == 10_000


def test_trap_15_a_vote_is_divided_by_the_deputies_in_office_on_its_day():
    """Deputies later leave or are by-elected: the stock on the day is a cell, not a look at today."""
    in_office = [stock(300), stock(297), stock(301)]
    votes = of(total(270))
    at_the_session, today = ratio(votes, of(in_office[0])), ratio(votes, fold_time(in_office))
    assert at_the_session is not None
    assert today is not None
    assert (at_the_session.value, today.value) == (9000, 8970)


def test_trap_16_a_correction_replaces_and_moves_the_total_by_its_difference():
    others, first, corrected = [total(5), total(7)], total(30), total(21)
    before, after = fold_tree([*others, first]), fold_tree([*others, corrected])
    assert after.value - before.value == corrected.value - first.value
    assert after.reported == before.reported


def test_trap_18_medians_and_means_are_not_offered():
    assert set(Kind) == {"sum", "stock", "low", "high", "distinct", "text"}


def test_trap_18_the_longest_reply_folds_where_the_median_would_not():
    longest = combine(of(cell(Kind.HIGH, 88), "371721"), of(cell(Kind.HIGH, 61), "371722"))
    assert (longest.value, longest.holder) == (88, "371721")


def test_trap_19_a_new_term_begins_counting_again():
    """Two absences in one term flag a deputy; one in each of two terms do not."""
    term_18 = Period.parse("t18:2017-02-20..2022-01-09")
    term_19 = Period.parse("t19:2022-01-10..2026-12-30")
    absences = [date(2021, 2, 1), date(2022, 1, 10)]
    counts = [
        fold_time(total(1) for day in absences if term.contains(day)).value for term in (term_18, term_19)
    ]
    assert counts == [1, 1]
