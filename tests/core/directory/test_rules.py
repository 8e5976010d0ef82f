"""Quorum and majority are exact at their boundaries, whatever the shares and numbers."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.directory.rules import Rules, quorum, votes_needed

LAW = Rules(
    motion_cosigners=10,
    interpellation_cosigners=10,
    reply_months=3,
    reply_months_difficult=6,
    quorum=Fraction(2, 3),
    majority=Fraction(1, 2),
    majority_of="all",
)
numbers = st.integers(0, 3000)
shares = st.fractions(Fraction(1, 100), 1, max_denominator=100)


@pytest.mark.parametrize(
    ("in_office", "needed", "votes"),
    [(1, 1, 1), (2, 2, 2), (3, 2, 2), (45, 30, 23), (46, 31, 24), (100, 67, 51)],
)
def test_two_thirds_are_present_and_more_than_half_of_all_agree(in_office, needed, votes):
    assert quorum(needed, in_office, LAW).needed == needed
    assert quorum(needed, in_office, LAW).reached
    assert not quorum(needed - 1, in_office, LAW).reached
    assert votes_needed(needed, in_office, LAW) == votes


def test_nobody_makes_no_quorum():
    assert not quorum(0, 0, LAW).reached


@given(numbers, numbers, shares)
def test_the_quorum_is_the_fewest_that_are_at_least_the_share(present, in_office, share):
    found = quorum(present, in_office, replace(LAW, quorum=share))
    assert found.needed >= share * in_office > found.needed - 1
    assert found.reached == (in_office > 0 and present >= share * in_office)


@given(numbers, numbers, shares, st.sampled_from(["all", "present"]))
def test_the_majority_is_the_fewest_votes_above_the_share(present, in_office, share, of):
    votes = votes_needed(present, in_office, replace(LAW, majority=share, majority_of=of))
    base = in_office if of == "all" else present
    assert votes > share * base >= votes - 1
