"""Laws of the fold that hold for every kind of cell: order, grouping and tiers never matter."""

from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from renda.indicators.derived import ratio
from renda.indicators.folds import EMPTY, Folded, combine, fold_time, fold_tree, of
from renda.indicators.kinds import Cell, Kind, Status, checked
from tests.core.indicators.cells import IDEMPOTENT, SUMMABLE, cell, cells, families, total

Tree = Any  # a Cell, or the list of the trees below


def fold(tree: Tree) -> Folded:
    """The roll-up of a tree, tier by tier."""
    return of(tree) if isinstance(tree, Cell) else combine(*map(fold, tree))


def leaves(tree: Tree) -> list[Cell]:
    return [tree] if isinstance(tree, Cell) else [leaf for child in tree for leaf in leaves(child)]


def trees(*kinds: Kind) -> st.SearchStrategy[Tree]:
    return st.sampled_from(kinds or tuple(Kind)).flatmap(
        lambda kind: st.recursive(cells(kind), lambda child: st.lists(child, max_size=4), max_leaves=12)
    )


@given(families())
def test_every_cell_of_the_strategies_is_valid(family):
    assert all(checked(one) is one for one in family)


@given(families(max_size=2), st.data())
def test_combining_is_associative(family, data):
    kind = family[0].kind if family else Kind.SUM
    a, b, c = (fold_tree(data.draw(st.lists(cells(kind), max_size=3))) for _ in range(3))
    assert combine(combine(a, b), c) == combine(a, combine(b, c)) == combine(a, b, c)


@given(families())
def test_combining_is_commutative(family):
    half = len(family) // 2
    a, b = fold_tree(family[:half]), fold_tree(family[half:])
    assert combine(a, b) == combine(b, a)


@given(families())
def test_the_empty_fold_changes_nothing(family):
    whole = fold_tree(family)
    assert combine(whole, EMPTY) == combine(EMPTY, whole) == combine(whole) == whole


@given(st.sampled_from(Kind).flatmap(cells))
def test_a_single_cell_is_its_own_fold(one):
    assert combine(of(one)) == combine(of(one), EMPTY) == of(one)


def test_several_remarks_of_one_cell_are_in_order_from_the_start():
    remarks = cell(Kind.TEXT, texts=(("371722", "b"), ("371721", "a")))
    assert combine(of(remarks)) == of(remarks)


@given(families().filter(bool))
def test_the_empty_fold_of_a_figure_changes_nothing_either(family):
    whole = fold_tree(family)
    nothing_said = Folded(figure=whole.figure)
    assert combine(whole, nothing_said) == combine(nothing_said, whole) == whole
    assert combine(nothing_said, EMPTY) == nothing_said


@given(families(), st.randoms(use_true_random=False))
def test_the_order_of_the_children_never_matters(family, random):
    shuffled = random.sample(family, len(family))
    assert fold_tree(shuffled) == fold_tree(family)


@given(families(*IDEMPOTENT))
def test_extremes_and_persons_that_arrive_twice_count_once(family):
    once, twice = fold_tree(family), fold_tree(family + family)
    for name in ("value", "status", "qualifier", "keys", "holder"):
        assert getattr(once, name) == getattr(twice, name)


@given(trees())
def test_every_tree_over_the_same_leaves_has_the_same_total(tree):
    """Invariant 4 for any kind: re-hanging a subtree changes no total above both places."""
    assert fold(tree) == fold_tree(leaves(tree)) == reduce(combine, map(of, leaves(tree)), EMPTY)


@given(trees(*SUMMABLE).filter(lambda tree: isinstance(tree, list)))
def test_a_parent_is_the_sum_of_its_children(tree):
    """Invariant 4."""
    children = [fold(child).value for child in tree]
    said = [value for value in children if value is not None]
    assert fold(tree).value == (sum(said) if said else None)


positive_pairs = st.tuples(st.integers(0, 500), st.integers(1, 500))


@given(st.lists(positive_pairs, min_size=1, max_size=8))
def test_a_derived_figure_lies_between_its_childrens_extremes(pairs):
    """Invariant 5."""
    above = [of(total(n)) for n, _ in pairs]
    below = [of(total(d)) for _, d in pairs]
    shown = [r.value for n, d in zip(above, below, strict=True) if (r := ratio(n, d))]
    whole = ratio(combine(*above), combine(*below))
    assert whole is not None
    assert min(shown) <= whole.value <= max(shown)


@given(families().filter(bool))
def test_the_counts_tell_how_many_said_what(family):
    """Invariant 6: nil, not applicable and missing stay different through every fold."""
    whole = fold_tree(family)
    said = [one.status for one in family]
    assert whole.reported == said.count(Status.REPORTED)
    assert whole.nil == said.count(Status.NIL)
    assert whole.not_applicable == said.count(Status.NOT_APPLICABLE)
    strongest = next(status for status in Status if status in said)
    assert whole.status is strongest


@given(families(Kind.SUM, Kind.LOW, Kind.HIGH, Kind.DISTINCT, Kind.TEXT))
def test_what_adds_over_time_folds_as_over_the_tree(family):
    assert fold_time(family) == fold_tree(family)


@given(st.lists(st.lists(cells(Kind.STOCK), min_size=1), max_size=4))
def test_over_time_and_tree_the_last_stocks_are_added(series):
    """Each organisation is folded over time first; then its last stock counts, whichever period it is of."""
    values = [[said.value for said in one if said.value is not None] for one in series]
    lasts = [said[-1] for said in values if said]
    assert combine(*map(fold_time, series)).value == (sum(lasts) if lasts else None)
