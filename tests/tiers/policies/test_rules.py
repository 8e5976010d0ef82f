"""From words on modules to what stands for whom: a function of the set of words, and of nothing else."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.directory.modules import FORBID, REQUIRE, Rule
from renda_tiers.policies import rules
from renda_tiers.policies.rules import RELEASE, Word

CITY, NORTH, SOUTH, N1, S1 = "city", "north", "south", "n1", "s1"
TIERS = {CITY: "city", NORTH: "county", SOUTH: "county", N1: "township", S1: "township"}
FIRST, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def edge(child, parent, since=FIRST, until=None):
    return SimpleNamespace(child=child, parent=parent, valid_from=since, valid_to=until)


EDGES = [edge(NORTH, CITY), edge(SOUTH, CITY), edge(N1, NORTH), edge(S1, SOUTH)]


def word(issuer, rule, since=MARCH, revision=1, tiers=(), *, module="training"):
    hashed = repr((issuer, rule, since, revision, tiers, module)).encode()
    order = (revision, datetime(2026, 1, revision, tzinfo=UTC), hashed)
    return Word(issuer, Rule(module, rule, issuer, "统一部署"), frozenset(tiers), since, order)


def stands(words, day, edges=EDGES):
    return {code: rule.rule for (code, _module), rule in rules.on(words, edges, TIERS, day).items()}


def test_a_word_is_for_everybody_below_and_for_nobody_else():
    assert stands([word(CITY, REQUIRE)], MARCH) == dict.fromkeys((NORTH, SOUTH, N1, S1), REQUIRE)
    assert stands([word(NORTH, FORBID)], MARCH) == {N1: FORBID}
    assert stands([word(N1, FORBID)], MARCH) == {}
    assert stands([word(CITY, REQUIRE)], FIRST) == {}


def test_a_word_may_be_for_some_tiers():
    assert stands([word(CITY, FORBID, tiers=["township"])], MARCH) == {N1: FORBID, S1: FORBID}


@pytest.mark.parametrize(("higher", "lower"), [(REQUIRE, FORBID), (FORBID, REQUIRE)])
def test_the_higher_bodys_word_outranks_the_lowers(higher, lower):
    both = [word(CITY, higher), word(NORTH, lower)]
    assert stands(both, MARCH)[N1] == higher
    assert stands([*both, word(CITY, RELEASE, MAY, 2)], MAY) == {N1: lower}


def test_of_an_issuers_words_the_highest_revision_that_holds_by_then_counts():
    words = [word(CITY, REQUIRE), word(CITY, RELEASE, JULY, 2), word(CITY, FORBID, MAY, 3)]
    assert [stands(words, day).get(N1) for day in (FIRST, MARCH, MAY, JULY)] == [
        None, REQUIRE, FORBID, FORBID,
    ]  # fmt: skip


def test_a_move_brings_the_words_of_the_new_parent_from_its_day_on():
    moved = [edge(N1, NORTH, FIRST, MAY), edge(N1, SOUTH, MAY), edge(NORTH, CITY), edge(SOUTH, CITY)]
    found = rules.over_time([word(NORTH, REQUIRE), word(SOUTH, FORBID)], moved, TIERS)
    assert sorted((code, since, until, rule.rule) for code, since, until, rule in found if code == N1) == [
        (N1, MARCH, MAY, REQUIRE),
        (N1, MAY, None, FORBID),
    ]


def test_a_loop_in_the_tree_keeps_nobody_waiting():
    looped = [edge(NORTH, CITY), edge(N1, NORTH), edge(CITY, N1)]
    assert stands([word(CITY, REQUIRE)], MARCH, looped) == {NORTH: REQUIRE, N1: REQUIRE}


days = st.sampled_from([FIRST, MARCH, MAY, JULY])
said = st.builds(
    word,
    st.sampled_from([CITY, NORTH, SOUTH]),
    st.sampled_from([REQUIRE, FORBID, RELEASE]),
    days,
    st.integers(1, 4),
    st.sampled_from([(), ("township",), ("county",)]),
    module=st.sampled_from(["training", "liaison"]),
)


@given(st.lists(said, max_size=8), st.randoms(use_true_random=False), days)
def test_the_order_of_arrival_never_matters_and_spans_say_what_days_say(words, random, day):
    spans = set(rules.over_time(words, EDGES, TIERS))
    shuffled = random.sample(words, len(words))
    assert set(rules.over_time([*shuffled, *words[:2]], EDGES, TIERS)) == spans
    then = {
        (code, rule.module): rule
        for code, since, until, rule in spans
        if since <= day and (until is None or day < until)
    }
    assert then == rules.on(words, EDGES, TIERS, day)
