from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.indicators.kinds import Qualifier, WrongUnit
from renda_tiers.reports.filling import read_figure

EXACT, AT_LEAST, ABOUT = Qualifier


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("35000", 35_000, EXACT),
        (" 35,000 ", 35_000, EXACT),
        ("３５０００", 35_000, EXACT),
        ("３．５万", 35_000, EXACT),
        ("3.5万", 35_000, EXACT),
        ("2亿", 200_000_000, EXACT),
        ("1.2万亿", 1_200_000_000_000, EXACT),
        ("3千", 3_000, EXACT),
        ("-5", -5, EXACT),
        ("12.00", 12, EXACT),
        ("约35000", 35_000, ABOUT),
        ("大约 3.5 万", 35_000, ABOUT),
        ("近1万", 10_000, ABOUT),
        ("≈90", 90, ABOUT),
        ("~90", 90, ABOUT),
        ("90左右", 90, ABOUT),
        ("约90以上", 90, ABOUT),
        ("≥90", 90, AT_LEAST),
        (">=90", 90, AT_LEAST),
        ("90以上", 90, AT_LEAST),
        ("90余", 90, AT_LEAST),
        ("3万余", 30_000, AT_LEAST),
        ("30多", 30, AT_LEAST),
        ("90+", 90, AT_LEAST),
        ("不少于90", 90, AT_LEAST),
        ("至少90", 90, AT_LEAST),
        ("超过90", 90, AT_LEAST),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value, qualifier):
    assert read_figure(text) == (value, qualifier)


@pytest.mark.parametrize("text", ["90%", "90%以上", "35人次", "3.5万元", "30cm"])
def test_a_unit_after_the_number_is_never_guessed(text):
    with pytest.raises(WrongUnit):
        read_figure(text)


@pytest.mark.parametrize("text", ["", "无数", "近万", "约", "九十", "--5", "12.5", "3.55555万"])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(Invalid):
        read_figure(text)


@pytest.mark.parametrize("text", ["1e5", "1,2", "12-13", "5:30", "1.2345678901", "3万5"])
def test_digits_that_go_on_are_no_unit(text):
    with pytest.raises(Invalid, match="Write a whole number") as refused:
        read_figure(text)
    assert not isinstance(refused.value, WrongUnit)


@pytest.mark.parametrize(
    "text", ["9000000000000000000", "99999999999999999999999", "1" * 5000, "1" + ",000" * 6, "1" * 40 + "人"]
)
def test_a_number_of_too_many_digits_is_called_too_large(text):
    with pytest.raises(Invalid, match="too large"):
        read_figure(text)


@given(st.integers(-(10**14), 10**14))
def test_every_whole_number_reads_back(number):
    assert read_figure(str(number)) == (number, EXACT)
    assert read_figure(f"{number:,}") == (number, EXACT)


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    with suppress(Invalid):
        value, qualifier = read_figure(text)
        assert isinstance(value, int)
        assert qualifier in Qualifier
