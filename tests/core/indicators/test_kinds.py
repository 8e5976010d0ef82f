"""What a cell may hold, and how each kind folds."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.indicators.folds import EMPTY, Folded, combine, fold_time, fold_tree, of, side_by_side
from renda.indicators.kinds import (
    LIMIT,
    Basis,
    BasisMismatch,
    Cell,
    Kind,
    MeaningMismatch,
    Qualifier,
    Status,
    WrongKind,
    WrongUnit,
    checked,
)
from tests.core.indicators.cells import cell, families, nil, persons, stock, total

REMARK = (("371721", "three classes were held online"),)


def test_a_cell_never_changes():
    with pytest.raises(FrozenInstanceError):
        total(3).value = 4  # type: ignore[misc]


@pytest.mark.parametrize("value", [-LIMIT, -1, 0, LIMIT])
def test_a_value_is_a_whole_number_that_every_program_keeps_exact(value):
    assert checked(total(value)).value == value


@pytest.mark.parametrize(
    ("error", "field", "wrong"),
    [
        (WrongKind, "value", total(True)),
        (WrongKind, "value", total(3.5)),
        (WrongKind, "value", total("3")),
        (WrongKind, "value", total(Qualifier.ABOUT)),
        (WrongKind, "texts", replace(total(3), texts=REMARK)),
        (WrongKind, "keys", replace(total(1), keys=frozenset({7}))),
        (WrongKind, "holder", replace(total(1), holder="371721")),
        (WrongKind, "value", cell(Kind.TEXT, 3, texts=REMARK)),
        (WrongKind, "keys", persons(True)),
        (WrongKind, "keys", persons(2**63)),
        (WrongKind, "keys", persons(-(2**63) - 1)),
        (Invalid, "value", total(LIMIT + 1)),
        (Invalid, "value", total(-LIMIT - 1)),
        (Invalid, "value", total(None, status=Status.REPORTED)),
        (Invalid, "value", cell(Kind.TEXT, status=Status.REPORTED)),
        (Invalid, "value", replace(persons(1, 2), value=3)),
        (Invalid, "value", total(1, status=Status.NIL)),
        (Invalid, "value", total(None, status=Status.NIL)),
        (Invalid, "value", total(0, status=Status.NOT_APPLICABLE)),
        (Invalid, "value", cell(Kind.HIGH, holder="371721")),
        (Invalid, "status", nil(Kind.SUM, qualifier=Qualifier.ABOUT)),
        (Invalid, "status", nil(Kind.DISTINCT, keys=frozenset({1}))),
        (Invalid, "status", nil(Kind.TEXT, texts=REMARK)),
    ],
    ids=lambda case: None if isinstance(case, Cell) else getattr(case, "__name__", case),
)
def test_what_contradicts_the_kind_or_the_status_is_refused(error, field, wrong):
    with pytest.raises(Invalid) as refusal:
        checked(wrong)
    assert type(refusal.value) is error
    assert list(refusal.value.errors) == [field]
    assert refusal.value.message == refusal.value.errors[field]
    assert refusal.value.detail == {"indicator": "T02", "dimension": ""}


@pytest.mark.parametrize("kind", Kind)
def test_nil_and_not_applicable_are_possible_for_every_kind(kind):
    assert checked(nil(kind)).value == 0
    assert checked(cell(kind)).value is None


def test_every_refusal_is_a_422():
    assert {e.status for e in (WrongKind, WrongUnit, BasisMismatch, MeaningMismatch)} == {422}


def test_qualifiers_have_the_signs_that_people_write():
    assert [q.symbol for q in Qualifier] == ["=", ">=", "~"]


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.SUM, 10), (Kind.STOCK, 10), (Kind.LOW, 2), (Kind.HIGH, 5)], ids=str
)
def test_each_kind_folds_over_the_tree_by_its_own_rule(kind, value):
    assert fold_tree(cell(kind, n) for n in (3, 2, 5)).value == value


def test_persons_are_united():
    whole = fold_tree([persons(1, 2), persons(2, 3), nil(Kind.DISTINCT)])
    assert (whole.value, whole.keys) == (3, {1, 2, 3})


def test_remarks_are_listed_by_organisation_and_have_no_value():
    remarks = [cell(Kind.TEXT, texts=((code, "…"),)) for code in ("371722", "371721")]
    whole = fold_tree([*remarks, nil(Kind.TEXT)])
    assert whole.texts == (("371721", "…"), ("371722", "…"))
    assert whole.value is None
    assert (whole.reported, whole.nil, whole.status) == (2, 1, Status.REPORTED)


def test_an_extreme_says_whose_it_is():
    whole = combine(of(cell(Kind.HIGH, 9), "371722"), of(cell(Kind.HIGH, 4), "371702"))
    assert (whole.value, whole.holder) == (9, "371722")


def test_of_equal_extremes_the_smallest_code_holds_it():
    tied = [of(cell(Kind.LOW, 4), code) for code in ("371722", "371702", None)]
    assert combine(*tied).holder == combine(*reversed(tied)).holder == "371702"


def test_a_holder_named_in_the_cell_outranks_the_organisation_that_passes_it_on():
    assert of(cell(Kind.HIGH, 9, holder="371721001"), "371721").holder == "371721001"


def test_nobody_holds_a_total_or_what_is_not_applicable():
    assert of(total(9), "371721").holder is None
    assert of(cell(Kind.HIGH), "371721").holder is None


def test_the_fold_of_no_cells_is_empty():
    assert fold_tree([]) == fold_time([]) == combine() == EMPTY == Folded()


@pytest.mark.parametrize("basis", [Basis.YTD, Basis.CUMULATIVE])
def test_of_values_so_far_the_last_stands(basis):
    months = [total(value, basis=basis) for value in (3, 8, 12)]
    assert fold_time(months).value == 12


def test_what_was_said_last_stands_with_its_own_status_and_qualifier():
    months = [stock(5, qualifier=Qualifier.ABOUT), nil(Kind.STOCK), stock(None)]
    whole = fold_time(months)
    assert (whole.value, whole.status, whole.qualifier) == (0, Status.NIL, Qualifier.EXACT)
    assert (whole.reported, whole.nil, whole.not_applicable) == (1, 1, 1)


def test_a_stock_that_never_applied_has_no_value():
    whole = fold_time([stock(None), stock(None)])
    assert (whole.value, whole.status, whole.not_applicable) == (None, Status.NOT_APPLICABLE, 2)


@pytest.mark.parametrize(
    ("error", "other"),
    [
        (MeaningMismatch, total(1, meaning="cd" * 32)),
        (MeaningMismatch, total(1, indicator="T01")),
        (MeaningMismatch, total(1, dimension="online")),
        (WrongKind, stock(1)),
        (BasisMismatch, total(1, basis=Basis.YTD)),
        (BasisMismatch, total(1, basis=Basis.CUMULATIVE)),
    ],
)
@pytest.mark.parametrize("fold", [fold_tree, fold_time])
def test_only_cells_of_one_figure_fold(fold, error, other):
    with pytest.raises(error) as refusal:
        fold([total(1), other])
    assert refusal.value.message
    assert len(refusal.value.detail["figures"]) == 2


def test_a_figure_that_nobody_reported_still_guards_its_meaning():
    with pytest.raises(MeaningMismatch):
        combine(Folded(figure=total(1).figure), of(total(1, meaning="cd" * 32)))


@given(families(), st.sampled_from(["aa", "bb"]))
def test_different_definitions_stand_side_by_side(family, meaning):
    others = [replace(cell, meaning=meaning) for cell in family]
    groups = side_by_side(family + others)
    assert list(groups) == sorted(groups)
    assert sorted(map(len, groups.values())) == ([len(family)] * 2 if family else [])
    assert all(fold_tree(group).figure.meaning == key for key, group in groups.items())
