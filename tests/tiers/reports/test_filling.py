"""A report is computed, not typed: what the records say, beside what was said before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from renda.clock import local_day
from renda.database import scope_to
from renda.directory import service
from renda.errors import ScopeMissing
from renda.indicators.kinds import Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.reports import figures, filling, reviewing, standings
from renda_tiers.reports.comparison import Before
from renda_tiers.reports.filling import Entered
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, STREET, TOWN, VILLAGE


@pytest.fixture
def draft(founded, clock):
    def make(organisation, period=SPRING, code=chain.TRAINING):
        today = local_day(clock())
        return filling.fill(founded, organisation, chain.template(founded, code), period, today=today)

    return make


def figures_of(draft):
    return {one.line.indicator: one.value for one in draft.cells}


def test_classes_person_times_persons_and_coverage_are_four_figures(founded, clock, draft):
    for day in (10, 20):
        chain.training(founded, CAO, ["丙", "共"], now=clock(), day=date(2026, 3, day))
    found = draft(CAO)
    assert figures_of(found) == {"T01": 2, "T02": 4, "T03": 2, "R02": 3}
    assert {one.source for one in found.cells} == {"computed"}
    assert [one.records for one in found.cells] == [2, 4, 4, 3]
    assert found.ratios["T04"].value == 6667
    assert (found.state, found.locked, found.submitted, found.revision) == ("overdue", False, None, 0)
    assert found.missing == ()


def test_what_no_record_says_is_an_explicit_zero(draft):
    found = draft(STREET)
    assert {one.status for one in found.cells} == {Status.NIL}
    assert figures_of(found) == {"T01": 0, "T02": 0, "T03": 0, "R02": 0}
    assert found.ratios["T04"] is None


def test_records_of_other_days_and_bodies_do_not_count(founded, clock, draft):
    chain.training(founded, TOWN, ["己"], now=clock(), day=date(2026, 2, 28))
    chain.training(founded, TOWN, ["己"], now=clock(), day=date(2026, 5, 1))
    chain.training(founded, CAO, ["丙"], now=clock())
    assert figures_of(draft(TOWN)) == {"T01": 0, "T02": 0, "T03": 0, "R02": 3}


def test_a_session_narrowed_to_another_body_computes_nothing_of_this_one(founded, clock, draft):
    chain.training(founded, TOWN, ["己"], now=clock())
    before = founded.info["scope"]
    scope_to(founded, {VILLAGE})
    assert figures_of(draft(TOWN)) == {"T01": 0, "T02": 0, "T03": 0, "R02": 0}
    scope_to(founded, {TOWN, VILLAGE})
    assert figures_of(draft(TOWN))["T01"] == 1
    del founded.info["scope"]
    with pytest.raises(ScopeMissing):
        draft(TOWN)
    founded.info["scope"] = before


def test_what_a_module_measures_that_is_not_in_use_is_missing(founded, clock, draft):
    service.disable(founded, TOWN, "training", date(2026, 4, 1))
    found = draft(TOWN)
    assert [one.source for one in found.cells] == ["missing", "missing", "missing", "computed"]
    assert [one.line.indicator for one in found.missing] == ["T01", "T02", "T03"]
    assert found.cells[0].cell is None


def test_a_figure_of_another_meaning_is_not_computed(founded, clock):
    template = chain.template(founded)
    other = replace(template, lines=(replace(template.lines[0], meaning="0" * 64), *template.lines[1:]))
    assert figures.measures(founded, TOWN, other, SPRING.end).keys() == {"T02", "T03", "R02"}


def test_of_nothing_there_is_no_extreme(founded):
    line = replace(chain.template(founded).line("T01"), kind=Kind.LOW)
    assert figures.cell(line, ()).status is Status.NOT_APPLICABLE
    two = [figures.Contribution("T01", "", "x", str(value), value) for value in (7, 3)]
    assert figures.cell(line, two).value == 3


def test_what_was_typed_stands_where_nothing_is_computed(founded, clock, draft):
    lines = (chain.typed_line("X1"), chain.typed_line("X2", kind="text"), chain.typed_line("X3"))
    template = chain.typed_template(founded, *lines, now=chain.FOUNDED)
    entries = {
        ("X1", ""): Entered(Status.REPORTED, 35_000, Qualifier.ABOUT, explanation="按签到表估算"),
        ("X2", ""): Entered(Status.REPORTED, words="天气原因推迟"),
        ("X3", ""): Entered(explanation="待核实"),
    }
    filling.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    found = {one.line.indicator: one for one in draft(TOWN, code=chain.TYPED).cells}
    assert (found["X1"].source, found["X1"].value, found["X1"].qualifier) == (
        "typed",
        35_000,
        Qualifier.ABOUT,
    )
    assert found["X1"].explanation == "按签到表估算"
    assert (found["X2"].words, found["X2"].value) == ("天气原因推迟", None)
    assert (found["X3"].source, found["X3"].explanation) == ("missing", "待核实")


def test_a_report_that_was_begun_is_being_done(founded, clock, draft):
    clock.now -= timedelta(days=3)
    template = chain.typed_template(founded, chain.typed_line("X1"), now=chain.FOUNDED)
    assert draft(TOWN, code=chain.TYPED).state == "missing"
    entries = {("X1", ""): Entered(Status.NIL)}
    filling.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    assert draft(TOWN, code=chain.TYPED).state == "doing"


def test_the_period_before_lies_beside_it(founded, clock, draft):
    winter = Period.parse("2026-b1")
    chain.training(founded, CAO, ["丙", "丁"], now=clock(), day=date(2026, 1, 10))
    clock.now -= timedelta(days=50)
    chain.submit(founded, CAO, now=clock(), period=winter)
    clock.now += timedelta(days=50)
    found = {one.line.indicator: one for one in draft(CAO).cells}
    assert {name: one.previous for name, one in found.items()} == {"T01": 1, "T02": 2, "T03": 2, "R02": 3}
    assert {name: one.differs for name, one in found.items()} == {
        "T01": True, "T02": True, "T03": True, "R02": False,
    }  # fmt: skip
    assert {one.previous for one in draft(CAO, winter).cells} == {None}


def test_it_says_where_the_report_stands(founded, clock, draft):
    document = chain.submit(founded, TOWN, now=clock())
    assert (draft(TOWN).state, draft(TOWN).submitted, draft(TOWN).revision) == ("reported", document, 1)
    note = ("T02", "", "与签到表不符")
    reviewing.decide(founded, CAO, document, standings.RETURN, notes=[note], actor=None, now=clock())
    found = draft(TOWN)
    assert (found.state, found.returned, found.decision.reviewer) == ("returned", (note,), CAO)
    assert [one.note for one in found.cells] == ["", "与签到表不符", "", ""]
    document = chain.submit(founded, TOWN, now=clock(), reason="已核对")
    reviewing.decide(founded, CAO, document, standings.ENDORSE, actor=None, now=clock())
    assert (draft(TOWN).state, draft(TOWN).returned) == ("endorsed", ())


def test_a_locked_report_is_not_filled_in_unless_it_was_returned(founded, clock, draft):
    document = chain.submit(founded, TOWN, now=clock())
    clock.forward(days=30)
    assert draft(TOWN).locked
    reviewing.decide(founded, CAO, document, standings.RETURN, reason="核对", actor=None, now=clock())
    assert not draft(TOWN).locked


@pytest.mark.parametrize(
    ("previous", "value", "marked"),
    [
        (100, 119, False),
        (100, 120, True),
        (100, 80, True),
        (10, 14, False),
        (10, 15, True),
        (0, 1, True),
        (1, 0, True),
        (0, 0, False),
        (None, 3, True),
        (3, None, True),
        (None, None, False),
    ],
)
def test_a_difference_is_marked_from_a_fifth_and_five_on_and_around_zero(founded, previous, value, marked):
    line = chain.template(founded).line("T01")
    before = Before({("T01", ""): (line.meaning, previous)}, reported=True)
    assert before.differs(line, value) is marked
    assert not Before({}).differs(line, value)


def test_a_figure_that_meant_something_else_is_no_comparison(founded):
    line = chain.template(founded).line("T01")
    assert Before({("T01", ""): ("other", 5)}, reported=True).value(line) is None


def test_the_city_computes_its_own_records_only(founded, clock, draft):
    chain.training(founded, TOWN, ["己"], now=clock())
    assert figures_of(draft(CITY)) == {"T01": 0, "T02": 0, "T03": 0, "R02": 2}


def test_an_ad_hoc_span_has_no_period_before_it(founded, draft):
    chain.typed_template(founded, chain.typed_line("X1"), now=chain.FOUNDED, code="span", period="span")
    found = draft(TOWN, Period.parse("2025-01-01..2026-03-31"), "span")
    assert [(one.previous, one.differs) for one in found.cells] == [(None, False)]
