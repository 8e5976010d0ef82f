"""A submitted report, as its origin and those above it see it."""

import pytest

from renda.errors import NotFound
from renda.indicators.kinds import Qualifier, Status
from renda_tiers.reports import filling, reviewing, shown, standings, submission
from renda_tiers.reports.filling import Entered
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN


def figures_of(report):
    return {one.line.indicator: one.value for one in report.cells}


def test_it_shows_what_was_submitted_not_what_the_records_say_now(founded, clock):
    chain.training(founded, TOWN, ["己", "共"], now=clock())
    entries = {("T01", ""): Entered(explanation="集中办班")}
    filling.enter(founded, TOWN, chain.template(founded), SPRING, entries, author=None, now=clock())
    document = chain.submit(founded, TOWN, now=clock())
    chain.training(founded, TOWN, ["庚"], now=clock())
    found = shown.report(founded, TOWN, document)
    assert (found.organisation, found.name, found.period, found.revision) == (TOWN, "庄寨镇", SPRING, 1)
    assert figures_of(found) == {"T01": 1, "T02": 2, "T03": 2, "R02": 3}
    assert found.ratios["T04"].value == 6667
    assert [one.explanation for one in found.cells] == ["集中办班", "", "", ""]
    assert (found.state, found.current, found.endorsed, found.late) == ("reported", True, False, True)
    assert found.decision is None


@pytest.mark.parametrize(("viewer", "reviewable"), [(TOWN, False), (CAO, True), (CITY, False)])
def test_the_origin_and_those_above_see_it_and_the_parent_may_decide(founded, clock, viewer, reviewable):
    document = chain.submit(founded, TOWN, now=clock())
    assert shown.report(founded, viewer, document).reviewable is reviewable


@pytest.mark.parametrize("viewer", [SHAN, STREET, "999999"])
def test_others_learn_nothing_not_even_that_it_exists(founded, clock, viewer):
    document = chain.submit(founded, TOWN, now=clock())
    with pytest.raises(NotFound):
        shown.report(founded, viewer, document)
    with pytest.raises(NotFound):
        shown.report(founded, viewer, b"\0" * 32)


def test_its_history_says_what_was_decided_on_each_revision(founded, clock):
    first = chain.submit(founded, TOWN, now=clock())
    note = ("T02", "", "与签到表不符")
    reviewing.decide(founded, CAO, first, standings.RETURN, notes=[note], actor=None, now=clock())
    returned = shown.report(founded, CAO, first)
    assert (returned.state, [one.note for one in returned.cells]) == (
        "returned",
        ["", "与签到表不符", "", ""],
    )
    second = chain.submit(founded, TOWN, now=clock(), reason="已核对")
    reviewing.decide(founded, CAO, second, standings.ENDORSE, actor=None, now=clock())
    chain.explain(founded, TOWN, "集中办班", now=clock())
    third = chain.submit(founded, TOWN, now=clock(), reason="补录")
    states = {one: shown.report(founded, CAO, one).state for one in (first, second, third)}
    assert states == {first: "superseded", second: "endorsed", third: "reported"}
    found = shown.report(founded, CAO, third)
    assert [(one.document, one.revision, one.reason) for one in found.history] == [
        (third, 3, "补录"),
        (second, 2, "已核对"),
        (first, 1, ""),
    ]
    assert [one.decision and one.decision.decision for one in found.history] == [None, "endorse", "return"]
    assert not shown.report(founded, CAO, first).reviewable


def test_the_roots_own_report_needs_nobody(founded, clock):
    document = chain.submit(founded, CITY, now=clock())
    assert shown.report(founded, CITY, document).state == "endorsed"


def test_qualifiers_remarks_and_what_is_not_applicable_are_shown(founded, clock):
    lines = (chain.typed_line("X1"), chain.typed_line("X2", kind="text"), chain.typed_line("X3"))
    template = chain.typed_template(founded, *lines, now=chain.FOUNDED)
    entries = {
        ("X1", ""): Entered(Status.REPORTED, 35_000, Qualifier.ABOUT),
        ("X2", ""): Entered(Status.REPORTED, words="无重大问题"),
        ("X3", ""): Entered(Status.NOT_APPLICABLE),
    }
    filling.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    document = submission.submit(founded, TOWN, chain.TYPED, SPRING, actor=None, now=clock())
    cells = shown.report(founded, TOWN, document).cells
    assert [(one.status, one.value, one.qualifier, one.words) for one in cells] == [
        (Status.REPORTED, 35_000, Qualifier.ABOUT, None),
        (Status.REPORTED, None, Qualifier.EXACT, "无重大问题"),
        (Status.NOT_APPLICABLE, None, Qualifier.EXACT, None),
    ]
