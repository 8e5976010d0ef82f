"""The report that a directive asks for is one like every other, owed by those who are asked and nobody else."""

from dataclasses import replace

import pytest

from renda.errors import Conflict, Invalid, NotFound
from renda.indicators.periods import Period
from renda_tiers.directives import held
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.documents import ledger
from renda_tiers.reports import definitions, entering, nudging, owing, reviewing, standings, submission
from renda_tiers.reports.models import LATEST
from renda_tiers.rollup import coverage, explain
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING, VILLAGE
from tests.tiers.directives.desk import DUE, named

SPAN = Period.parse("2026-01-01..2026-05-06")
FIGURES = Requirement(
    SPAN.code, figures=(Figure("查办问题数", "件", "已立案的问题"), Figure("说明", kind="text"))
)


@pytest.fixture
def asked(desk):
    """The city asks 曹县 for two figures, and 曹县 asks its town; (outer, inner, template)."""
    outer = desk.issue(report=FIGURES, selection=named(CAO))
    said = held.own(desk.session, outer, CITY).body["report"]
    same = Requirement(said["period"], template=said["template"])
    inner = desk.assign(CAO, outer, TOWN, report=same)
    desk.deliver()
    return outer, inner, chain.template(desk.session, said["template"])


def report(desk, code, template, figure):
    scope = (desk.session, code, template, SPAN)
    typed = {("Q1", ""): entering.read(template.line("Q1"), figure)}
    typed["Q2", ""] = entering.read(template.line("Q2"), "已督办")
    entering.enter(*scope, typed, author=None, now=desk.clock())
    return submission.submit(desk.session, code, template.code, SPAN, actor=None, now=desk.clock())


def test_its_definition_says_each_figure_and_is_due_with_the_directive(asked):
    _outer, _inner, template = asked
    assert template.asked
    assert [line.unit for line in template.lines] == ["件", ""]
    assert template.lines[0].titles["zh_Hans"] == "查办问题数"
    assert SPAN.end.toordinal() + template.due_days == DUE.toordinal()


def test_a_definition_is_asked_for_or_says_nothing_of_it(desk, asked):
    _outer, _inner, template = asked
    said = definitions.said(desk.session, template.document)
    for wrong in (False, None, "true", 1):
        with pytest.raises(Invalid):
            definitions.check({**said, "asked": wrong})


def test_coverage_expects_those_who_are_asked_and_those_a_county_asks(desk, asked):
    _outer, _inner, template = asked

    def expected(code):
        return explain.totals(desk.session, code, template, SPAN, LATEST)[0].coverage.expected

    assert {code: expected(code) for code in chain.TREE} == {
        CITY: 2, CAO: 2, SHAN: 0, STREET: 0, TOWN: 1, VILLAGE: 0,
    }  # fmt: skip
    rows = coverage.matrix(desk.session, CITY, template, SPAN, today=SPAN.end)
    assert {row.organisation: row.owes for row in rows} == {CITY: False, CAO: True, SHAN: False}
    assert {row.organisation: row.below.expected for row in rows if row.below} == {CAO: 1, SHAN: 0}


def test_coverage_follows_what_is_asked_and_survives_a_rebuild(desk, asked):
    outer, inner, template = asked
    report(desk, TOWN, template, "3")

    def expected():
        return explain.totals(desk.session, CITY, template, SPAN, LATEST)[0].coverage.expected

    assert expected() == 2
    desk.revise(CITY, outer, targets=[CAO, SHAN])
    assert expected() == 3
    desk.assign(CAO, outer, STREET)
    assert expected() == 3
    desk.cancel(CAO, inner)
    assert expected() == 2
    before = ledger.projections(desk.session)
    ledger.rebuild(desk.session)
    assert ledger.projections(desk.session) == before


def test_done_waits_for_the_report_and_the_figures_fold(desk, asked):
    outer, inner, template = asked
    with pytest.raises(Invalid, match="has not been sent"):
        desk.done(TOWN, inner)
    hash_ = report(desk, TOWN, template, "3")
    response = held.document(desk.session, desk.done(TOWN, inner))
    assert response.body["report"] == hash_.hex()
    report(desk, CAO, template, "4")
    desk.done(CAO, outer)
    total = explain.totals(desk.session, CITY, template, SPAN, LATEST)[0]
    assert (total.figure.value, total.coverage.counted, total.coverage.missing) == (7, 2, 0)


def test_a_returned_report_is_corrected_first(desk, asked):
    _outer, inner, template = asked
    hash_ = report(desk, TOWN, template, "3")
    reviewing.decide(
        desk.session, CAO, hash_, standings.RETURN, reason="请核对", actor=None, now=desk.clock()
    )
    with pytest.raises(Invalid, match="was returned"):
        desk.done(TOWN, inner)


def test_who_is_not_asked_neither_fills_it_in_nor_is_reminded(desk, asked):
    _outer, _inner, template = asked
    today = desk.clock().date()
    assert owing.applying(desk.session, TOWN, today)[0].code == template.code
    assert template.code not in {one.code for one in owing.applying(desk.session, STREET, today)}
    with pytest.raises(Conflict):
        report(desk, STREET, template, "1")
    scope = (desk.session, TOWN, template, Period.parse("2026-02-01..2026-05-06"))
    with pytest.raises(Conflict):
        entering.enter(*scope, {}, author=None, now=desk.clock())
    reminded = nudging.nudge(
        desk.session, CAO, [STREET, TOWN], template.code, SPAN, actor=None, now=desk.clock()
    )
    assert reminded == [TOWN]


def test_a_new_last_day_moves_the_report_s_too(desk, asked):
    outer, _inner, template = asked
    desk.revise(CITY, outer, due=DUE.replace(day=29))
    assert chain.template(desk.session, template.code).due_days == template.due_days + 9


def test_a_report_that_stands_is_asked_for_by_its_name(desk):
    subject = desk.issue(CAO, selection=named(TOWN), report=Requirement(SPRING.code, template=TRAINING))
    chain.training(desk.session, TOWN, ["己"], now=desk.clock())
    chain.submit(desk.session, TOWN, now=desk.clock())
    desk.done(TOWN, subject)
    assert desk.phases(subject) == {TOWN: "done"}


@pytest.mark.parametrize(
    ("asked_for", "error"),
    [
        (Requirement(SPRING.code), Invalid),
        (replace(FIGURES, template=TRAINING), Invalid),
        (Requirement("yesterday", template=TRAINING), Invalid),
        (Requirement("2026-05", template=TRAINING), Invalid),
        (Requirement(SPRING.code, template="none"), NotFound),
        (Requirement(SPAN.code, figures=(Figure("", "件"),)), Invalid),
        (Requirement(SPAN.code, figures=(Figure("数", ""),)), Invalid),
        (Requirement(SPAN.code, figures=(Figure("数", "件", kind="distinct"),)), Invalid),
        (Requirement(SPAN.code, figures=(Figure("数", "件"),) * 31), Invalid),
    ],
)
def test_a_wrong_requirement_issues_nothing(desk, asked_for, error):
    before = ledger.projections(desk.session)
    with pytest.raises(error):
        desk.issue(report=asked_for)
    assert ledger.projections(desk.session) == before


def test_a_report_that_a_target_does_not_owe_is_not_asked_for(desk):
    chain.typed_template(desk.session, chain.typed_line("X1"), now=chain.FOUNDED, tiers=["county"])
    fits = Requirement(SPRING.code, template=chain.TYPED)
    desk.issue(report=fits)
    with pytest.raises(Invalid, match="do not fill in"):
        desk.issue(report=fits, selection=named(CAO, TOWN))
