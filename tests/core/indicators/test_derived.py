"""Division happens only when a figure is shown, in whole numbers."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.indicators.derived import PERCENT, percentages, ratio
from renda.indicators.folds import EMPTY, of
from renda.indicators.kinds import Kind, Qualifier
from tests.core.indicators.cells import cell, nil, stock, total

EXACT, AT_LEAST, ABOUT = Qualifier


def shown(numerator: int, denominator: int, scale: int = PERCENT) -> int | None:
    quotient = ratio(of(total(numerator)), of(total(denominator)), scale)
    return quotient and quotient.value


@pytest.mark.parametrize(
    ("numerator", "denominator", "scale", "value"),
    [
        (1, 3, 10_000, 3333),
        (2, 3, 10_000, 6667),
        (1, 8, 100, 13),
        (-1, 8, 100, -13),
        (1, -8, 100, -13),
        (-1, -8, 100, 13),
        (0, 5, 10_000, 0),
        (7, 2, 10, 35),
    ],
)
def test_a_half_is_rounded_away_from_zero(numerator, denominator, scale, value):
    assert shown(numerator, denominator, scale) == value


@given(
    st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6).filter(bool), st.sampled_from([1, 10, 10_000])
)
def test_rounding_is_that_of_decimal(numerator, denominator, scale):
    exact = Decimal(numerator * scale) / Decimal(denominator)
    assert shown(numerator, denominator, scale) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_a_ratio_keeps_what_it_was_made_from():
    coverage = ratio(of(total(2)), of(stock(6)))
    assert coverage is not None
    assert (coverage.numerator, coverage.denominator, coverage.scale) == (2, 6, 10_000)


@pytest.mark.parametrize("denominator", [of(nil(Kind.SUM)), of(total(0)), of(total(None)), EMPTY])
def test_nothing_is_divided_by_zero_or_by_what_is_unknown(denominator):
    assert ratio(of(total(1)), denominator) is None


@pytest.mark.parametrize("numerator", [of(total(None)), EMPTY, of(cell(Kind.TEXT, texts=(("371721", "…"),)))])
def test_what_has_no_value_has_no_ratio(numerator):
    assert ratio(numerator, of(total(1))) is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (EXACT, EXACT, EXACT),
        (AT_LEAST, EXACT, AT_LEAST),
        (ABOUT, EXACT, ABOUT),
        (EXACT, ABOUT, ABOUT),
        (AT_LEAST, ABOUT, ABOUT),
        (EXACT, AT_LEAST, ABOUT),
        (AT_LEAST, AT_LEAST, ABOUT),
    ],
)
def test_a_ratio_is_as_weak_as_its_weakest_part(numerator, denominator, quotient):
    coverage = ratio(of(total(2, qualifier=numerator)), of(total(6, qualifier=denominator)))
    assert coverage is not None
    assert coverage.qualifier is quotient


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_column_of_shares_adds_up_and_each_is_within_one_step(parts):
    shares = percentages(parts)
    assert shares is not None
    assert sum(shares) == PERCENT
    for part, share in zip(parts, shares, strict=True):
        assert abs(share * sum(parts) - part * PERCENT) < sum(parts)


def test_equal_parts_give_the_odd_step_to_the_first():
    assert percentages([1, 1, 1]) == [3334, 3333, 3333]


@pytest.mark.parametrize("parts", [[], [0], [0, 0]])
def test_nothing_has_no_shares(parts):
    assert percentages(parts) is None


def test_a_negative_part_has_no_share():
    with pytest.raises(Invalid):
        percentages([3, -1])
