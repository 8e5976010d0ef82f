"""What a clerk types is checked as a whole; what is wrong is told by figure and changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from renda.database import scope_to
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.indicators.kinds import Basis, BasisMismatch, Qualifier, Status, WrongKind, WrongUnit
from renda.indicators.periods import Period
from renda_tiers.reports import entering, filling, reviewing, standings
from renda_tiers.reports.calendar import LockedPeriod
from renda_tiers.reports.filling import Entered
from renda_tiers.reports.models import Entry
from tests.tiers import chain
from tests.tiers.chain import CAO, SPRING, TOWN

LINES = (
    chain.typed_line("X1"),
    chain.typed_line("X2", kind="text"),
    chain.typed_line("X3", kind="distinct", unit="person"),
    chain.typed_line("X4", basis="ytd", unit="yuan"),
    chain.typed_line("X5", basis="cumulative"),
    chain.typed_line("X6", kind=None, numerator="X1", denominator="X4"),
    {**chain.typed_line("X7", kind="low"), "negative": True},
)


@pytest.fixture
def template(founded):
    return chain.typed_template(founded, *LINES, now=chain.FOUNDED)


@pytest.fixture
def enter(founded, template, clock):
    def type_in(period=SPRING, form=template, organisation=TOWN, **entries):
        said = {(name, ""): one for name, one in entries.items()}
        filling.enter(founded, organisation, form, period, said, author=None, now=clock())

    return type_in


def kept(session):
    return {
        row.indicator: (row.status, row.value, row.qualifier, row.words, row.explanation)
        for row in session.scalars(select(Entry))
    }


def test_what_was_typed_is_kept_replaced_and_taken_out(founded, enter, template):
    enter(X1=Entered(Status.REPORTED, 5, Qualifier.AT_LEAST, explanation=" 估算 "), X4=Entered(Status.NIL))
    assert kept(founded) == {"X1": ("reported", 5, 1, None, "估算"), "X4": ("nil", 0, 0, None, "")}
    enter(X1=Entered(Status.NOT_APPLICABLE), X4=Entered(), X2=Entered())
    assert kept(founded) == {"X1": ("not_applicable", None, 0, None, "")}


REFUSED = [
    ({"X9": Entered(Status.NIL)}, Invalid),
    ({"X6": Entered(Status.REPORTED, 50)}, WrongKind),
    ({"X1": Entered(Status.REPORTED, words="很多")}, WrongKind),
    ({"X2": Entered(Status.REPORTED, 5)}, WrongKind),
    ({"X2": Entered(Status.REPORTED)}, Invalid),
    ({"X3": Entered(Status.REPORTED, 5)}, WrongKind),
    ({"X1": Entered(Status.REPORTED)}, Invalid),
    ({"X1": Entered(Status.REPORTED, 10**14 + 1)}, Invalid),
    ({"X1": Entered(Status.REPORTED, -1)}, Invalid),
    ({"X1": Entered(Status.NIL, 3)}, Invalid),
    ({"X4": Entered(Status.REPORTED, 5, unit="wan_yuan")}, WrongUnit),
    ({"X1": Entered(Status.REPORTED, 5, basis=Basis.YTD)}, BasisMismatch),
    ({"X4": Entered(Status.REPORTED, 5, basis=Basis.INCREMENT)}, BasisMismatch),
    ({"X5": Entered(Status.REPORTED, 5, basis=Basis.YTD)}, BasisMismatch),
    ({"X1": Entered(explanation="x" * 2001)}, Invalid),
    ({"X2": Entered(Status.REPORTED, words="a\x00b")}, Invalid),
]


@pytest.mark.parametrize(("entries", "error"), REFUSED)
def test_what_a_figure_does_not_take_is_refused_and_nothing_is_kept(founded, enter, entries, error):
    enter(X1=Entered(Status.REPORTED, 1))
    before = kept(founded)
    with pytest.raises(error) as refused:
        enter(**{"X4": Entered(Status.REPORTED, 9), **entries})
    assert refused.value.errors.keys() == entries.keys()
    assert refused.value.message
    assert kept(founded) == before


def test_only_a_figure_whose_definition_says_so_goes_below_zero(founded, enter):
    enter(X7=Entered(Status.REPORTED, -3))
    assert kept(founded)["X7"][1] == -3
    with pytest.raises(Invalid, match="below zero"):
        enter(X1=Entered(Status.REPORTED, -3))


def test_several_faults_are_told_at_once(enter):
    with pytest.raises(WrongKind) as refused:
        enter(
            X3=Entered(Status.REPORTED, 5), X4=Entered(Status.REPORTED, 5, unit="x"), X1=Entered(Status.NIL)
        )
    assert refused.value.errors.keys() == {"X3", "X4"}


def test_the_right_unit_and_basis_may_be_said(founded, enter):
    enter(X4=Entered(Status.REPORTED, 5, unit="yuan", basis=Basis.YTD))
    assert kept(founded)["X4"][1] == 5


def test_a_row_that_the_template_does_not_have_is_refused(founded, template, clock):
    with pytest.raises(Invalid):
        filling.enter(
            founded, TOWN, template, SPRING, {("X1", "women"): Entered(Status.NIL)}, author=None, now=clock()
        )


def test_a_computed_figure_is_explained_and_never_typed_over(founded, enter):
    training = chain.template(founded)
    with pytest.raises(WrongKind) as refused:
        enter(form=training, T01=Entered(Status.REPORTED, 5))
    assert "computed" in refused.value.errors["T01"]
    enter(form=training, T01=Entered(explanation="本期集中办班"))
    assert kept(founded)["T01"] == ("", None, 0, None, "本期集中办班")


def test_only_open_periods_of_the_right_kind_are_filled_in(founded, enter, clock, template):
    with pytest.raises(Invalid):
        enter(period=Period.parse("2026-04"), X1=Entered(Status.NIL))
    with pytest.raises(Conflict):
        enter(period=Period.parse("2026-b4"), X1=Entered(Status.NIL))
    enter(period=Period.parse("2026-b3"), X1=Entered(Status.NIL))
    with pytest.raises(LockedPeriod) as refused:
        enter(period=Period.parse("2026-b1"), X1=Entered(Status.NIL))
    assert refused.value.status == 409
    assert [row.period for row in founded.scalars(select(Entry))] == ["2026-b3"]


def test_a_returned_report_may_be_filled_in_after_the_lock(founded, enter, clock):
    training = chain.template(founded)
    document = chain.submit(founded, TOWN, now=clock())
    clock.now += timedelta(days=30)
    with pytest.raises(LockedPeriod):
        enter(form=training, T01=Entered(explanation="晚了"))
    reviewing.decide(founded, CAO, document, standings.RETURN, reason="请核对", actor=None, now=clock())
    enter(form=training, T01=Entered(explanation="已核对"))
    assert kept(founded).keys() == {"T01"}


def test_bodies_of_other_tiers_do_not_fill_it_in(founded, enter):
    form = chain.typed_template(founded, *LINES, now=chain.FOUNDED, code="cities", tiers=["city"])
    with pytest.raises(Conflict):
        enter(form=form, X1=Entered(Status.NIL))


def test_nobody_types_for_a_body_that_he_does_not_see(founded, enter):
    scope_to(founded, {CAO})
    with pytest.raises(Forbidden):
        enter(X1=Entered(Status.NIL))
    founded.expunge_all()


@pytest.mark.parametrize(
    ("text", "entered"),
    [
        ("", Entered()),
        ("  ", Entered()),
        ("0", Entered(Status.NIL, 0)),
        ("０", Entered(Status.NIL, 0)),
        ("0.0", Entered(Status.NIL, 0)),
        ("无", Entered(Status.NIL, 0)),
        ("/", Entered(Status.NOT_APPLICABLE)),
        ("—", Entered(Status.NOT_APPLICABLE)),
        ("不适用", Entered(Status.NOT_APPLICABLE)),
        ("约3.5万", Entered(Status.REPORTED, 35_000, Qualifier.ABOUT)),
    ],
)
def test_texts_of_a_form_say_nil_and_not_applicable_too(template, text, entered):
    assert entering.read(template.line("X1"), text) == entered


@pytest.mark.parametrize("text", ["9000000000000000000", "100000000000001", "1万亿亿"])
def test_whatever_is_larger_than_a_cell_holds_is_called_too_large(template, enter, text):
    with pytest.raises(Invalid, match="too large"):
        enter(X1=entering.read(template.line("X1"), text))


def test_remarks_are_taken_as_they_are(template):
    read = entering.read(template.line("X2"), " 无重大问题 ", "说明", unit="", basis=None)
    assert read == Entered(Status.REPORTED, words="无重大问题", explanation="说明")


def test_an_amendment_changes_only_what_is_given(founded, template, enter, clock):
    enter(X1=Entered(Status.REPORTED, 5, explanation="旧"), X4=Entered(explanation="只有说明"))

    def amend(texts, explanations):
        return entering.amended(
            founded, TOWN, template, SPRING, texts=texts, explanations=explanations, unit="", basis=None
        )

    assert amend({"X1": "7"}, {}) == {("X1", ""): Entered(Status.REPORTED, 7, explanation="旧")}
    assert amend({}, {"X1": "新", "X4": ""}) == {
        ("X1", ""): Entered(Status.REPORTED, 5, explanation="新"),
        ("X4", ""): Entered(),
    }
    assert amend({}, {"X5": "说"}) == {("X5", ""): Entered(explanation="说")}
    with pytest.raises(NotFound):
        amend({"X9": "7"}, {})
