"""Templates revised from above without breaking what runs, and nobody's template under a higher one's code."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Conflict, Invalid, NotFound
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import Outcome
from renda_tiers.reports import (
    catalogue,
    definitions,
    entering,
    filling,
    owing,
    progress,
    submission,
    templates,
)
from renda_tiers.rollup import coverage, explain
from tests.examples import some
from tests.tiers import chain
from tests.tiers.chain import CAO, FOUNDED, SPRING, TOWN, TRAINING, TYPED, VILLAGE
from tests.tiers.simulation.conftest import receiver
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.test_convergence import assert_right
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, SOUTH, Said, World

__all__ = ["receiver"]

MARCH = date(2026, 3, 1)
EARLY, LATER = "2026-b1", "2026-b2"


def cells(value: int) -> list[list[object]]:
    return [["SUM", "", "reported", value, "="]]


@pytest.fixture
def node(receiver: Node) -> Node:
    return receiver.reset()


@pytest.fixture
def world() -> World:
    return World().found()


def outcome(node: Node, said: Said) -> str:
    return node.outcomes()[said.hash]


def test_a_report_on_ones_own_template_falls_when_the_higher_one_arrives(node: Node, world: World):
    own = world.define("with due days of one's own", origin=NORTH)
    report = world.report(N1, LATER, own, cells(3))
    review = world.review(NORTH, report)
    node.receive(world.said)
    assert [outcome(node, one) for one in (report, review)] == [Outcome.APPLIED, Outcome.APPLIED]
    higher = world.define()
    proper = world.report(N1, LATER, higher, cells(5))
    node.receive([higher])
    assert outcome(node, report) == Outcome.ASIDE
    assert outcome(node, review) == Outcome.PARKED
    node.receive([proper])
    assert outcome(node, proper) == Outcome.APPLIED
    assert_right(node, world.said)
    with node.work() as session:
        total = explain.totals(session, CITY, "sim", LATER, "latest", indicator="SUM")[0]
        assert (total.figure.value, total.meaning) == (5, higher.document.body["lines"][0]["meaning"])


def test_a_higher_template_that_applies_later_leaves_earlier_periods_alone(node: Node, world: World):
    own = world.define("the county's", origin=NORTH)
    early, later = (world.report(N1, period, own, cells(3)) for period in (EARLY, LATER))
    node.receive(world.said)
    node.receive([world.define(since=MARCH)])
    assert (outcome(node, early), outcome(node, later)) == (Outcome.APPLIED, Outcome.ASIDE)
    assert_right(node, world.said)


def test_a_siblings_template_binds_nobody_else(node: Node, world: World):
    own = world.define("the county's", origin=NORTH)
    report = world.report(N1, LATER, own, cells(3))
    node.receive(world.said)
    node.receive([world.define("the other county's", origin=SOUTH)])
    assert outcome(node, report) == Outcome.APPLIED


def test_a_report_on_an_older_revision_counts_and_one_on_a_later_one_waits(node: Node, world: World):
    first, second = world.define(), world.define("anew", since=MARCH)
    late = world.report(N1, LATER, first, cells(3))
    ahead = world.report(S1, EARLY, second, cells(4))
    right = world.report(N2, LATER, second, cells(5))
    node.receive(world.said)
    assert [outcome(node, one) for one in (late, ahead, right)] == [
        Outcome.APPLIED,
        Outcome.PARKED,
        Outcome.APPLIED,
    ]
    with node.work() as session:
        found = [
            one
            for one in explain.totals(session, CITY, "sim", LATER, "latest", indicator="SUM")
            if one.figure.status
        ]
        assert [(one.figure.value, one.side_by_side) for one in found] == [(5, True), (3, True)]


def history() -> World:
    """Counties set a template, report and review on it; then the city sets it, from March on, and revises it."""
    world = World().found()
    county, other = (world.define(f"of {code}", origin=code) for code in (NORTH, SOUTH))
    old = [world.report(code, period, county, cells(3)) for code in (N1, NORTH) for period in (EARLY, LATER)]
    old.append(world.report(S1, LATER, other, cells(4)))
    for one in old[:2]:
        world.review(NORTH, one)
    city = world.define("of the city", since=MARCH)
    world.report(N1, LATER, city, cells(7))
    world.report(S1, LATER, city, cells(8))
    world.define("of the city", since=date(2026, 5, 1))
    world.define("of north, once more", origin=NORTH)
    return world


WORLD = history()


@some()
@given(data=st.data())
def test_verdicts_follow_from_the_ledger_and_not_from_the_order_of_arrival(receiver: Node, data):
    straight = receiver.reset().deliver(WORLD.said).dump()
    assert_right(receiver, WORLD.said)
    founding = ("enrolment", "organisation")
    first = [one for one in WORLD.said if one.document.kind in founding]
    rest = [one for one in WORLD.said if one.document.kind not in founding]
    order = data.draw(st.permutations(rest))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rest) - 1), max_size=6)))
    receiver.reset().receive(first)
    given_so_far = list(first)
    for start, end in pairwise([0, *cuts, len(rest)]):
        receiver.receive(order[start:end])
        given_so_far += order[start:end]
        assert_right(receiver, given_so_far)
    assert receiver.dump() == straight
    assert receiver.rebuild().dump() == straight


@pytest.mark.parametrize("since", ["2026-3-1", "2026-03-01T00:00:00", "20260301", 5, None, "", "soon"])
def test_a_first_day_that_is_none_is_refused(registry, since):
    with pytest.raises(Invalid):
        definitions.check({**templates.body(registry, TRAINING), "since": since})


AUTUMN = SPRING.next().next()


def revise(session, *, now, since=None, **said):
    """The city's training template says something else from now on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "body", lambda *asked: {**original(*asked), **said})
        return templates.publish(session, CITY_OF_CHAIN, TRAINING, now=now, since=since)


original = templates.body
CITY_OF_CHAIN = chain.CITY


def test_a_revision_applies_to_the_periods_after_the_running_one(founded, clock):
    first = chain.template(founded)
    revised = revise(founded, now=clock(), due_days=9)
    running = SPRING.next()
    for period, document in ((SPRING, first.document), (running, first.document), (AUTUMN, revised)):
        assert definitions.current(founded, TRAINING, TOWN, period).document == document
    assert chain.template(founded).since == AUTUMN.start
    assert revise(founded, now=clock(), due_days=9) == revised


def test_what_is_being_filled_in_goes_on_under_the_revision_before(founded, clock):
    lines = [chain.typed_line("X1"), chain.typed_line("X2")]
    first = chain.typed_template(founded, *lines, now=FOUNDED)
    said = {(line.indicator, ""): entering.read(line, "3") for line in first.lines}
    entering.enter(founded, TOWN, first, SPRING, said, author=None, now=clock())
    chain.typed_template(
        founded, chain.typed_line("X1"), chain.typed_line("X9"), now=clock(), since=AUTUMN.start.isoformat()
    )
    submission.submit(founded, TOWN, TYPED, SPRING, actor=None, now=clock())
    draft = filling.fill(
        founded, TOWN, definitions.current(founded, TYPED, TOWN, SPRING), SPRING, today=date(2026, 5, 6)
    )
    assert [(one.line.indicator, one.value) for one in draft.cells] == [("X1", 3), ("X2", 3)]
    assert progress.of(founded, TOWN, TYPED, SPRING.code).report is not None
    ahead = definitions.current(founded, TYPED, TOWN, AUTUMN)
    assert [line.indicator for line in ahead.lines] == ["X1", "X9"]


def test_who_owes_a_report_is_counted_by_the_revision_of_its_period(founded, clock):
    before = chain.submit(founded, TOWN, now=clock())
    assert before
    revise(founded, now=clock(), tiers=["county"])
    day = date(2026, 5, 6)
    rows = coverage.matrix(founded, CAO, TRAINING, SPRING, today=day)
    assert [row.owes for row in rows] == [True, True, True]
    later = coverage.matrix(founded, CAO, TRAINING, AUTUMN, today=day)
    assert [row.owes for row in later] == [True, False, False]
    total = explain.totals(founded, chain.CITY, TRAINING, SPRING, "latest")[0]
    assert total.coverage.expected == 6
    assert TRAINING in {one.code for one in owing.applying(founded, VILLAGE, day)}
    assert TRAINING in {one.code for one in owing.applying(founded, VILLAGE, AUTUMN.start)}, (
        "the last is open"
    )
    assert TRAINING not in {one.code for one in owing.applying(founded, VILLAGE, AUTUMN.end)}


def test_a_correction_of_an_older_period_keeps_its_definition(founded, clock):
    first = chain.template(founded).document
    chain.submit(founded, TOWN, now=clock())
    revise(founded, now=clock(), due_days=9, since=AUTUMN.start)
    chain.training(founded, TOWN, ["己"], now=clock())
    corrected = chain.submit(founded, TOWN, now=clock(), reason="补报")
    from renda_tiers.reports.models import Report

    assert founded.get(Report, corrected).definition == first


def test_a_template_keeps_its_kind_of_period(founded, clock):
    with pytest.raises(Conflict):
        revise(founded, now=clock(), period="month")


def test_before_a_template_applies_there_is_nothing_to_report(founded, clock):
    template = chain.typed_template(
        founded, chain.typed_line("X1"), now=clock(), since=SPRING.start.isoformat()
    )
    assert template.applies_to(SPRING)
    with pytest.raises(Invalid):
        definitions.current(founded, TYPED, TOWN, SPRING.previous())
    with pytest.raises(NotFound):
        definitions.current(founded, "none", TOWN, SPRING)
    held = catalogue.read(founded, TOWN)
    assert held.codes == [TRAINING, TYPED]
    assert held.on(TYPED, date(2026, 1, 31)) is None
    assert held.on(TYPED, date(2026, 3, 1)) == held.newest(TYPED) == template
    assert [one.code for one in held.every(date(2026, 1, 31))] == [TRAINING, TYPED]


def test_the_highest_origin_whose_revision_applies_stands(node: Node, world: World):
    world.define("the county's", origin=NORTH)
    world.define("the city's", since=MARCH)
    node.receive(world.said)
    with node.work() as session:
        found = [definitions.current(session, "sim", N1, Period.parse(period)) for period in (EARLY, LATER)]
        assert [one.origin for one in found] == [NORTH, CITY]


def test_of_terms_and_spans_a_revision_applies_by_the_first_day(founded):
    span = chain.typed_template(
        founded, chain.typed_line("X1"), now=FOUNDED, period="span", since=MARCH.isoformat()
    )
    assert span.applies_to(Period.parse("2026-03-01..2026-03-20"))
    assert not span.applies_to(Period.parse("2026-02-28..2026-03-20"))
    held = catalogue.read(founded, TOWN)
    assert (held.on(TYPED, date(2026, 2, 28)), held.on(TYPED, MARCH)) == (None, span)
    again = datetime(2026, 5, 6, tzinfo=UTC)
    assert templates._next(span, again.date()) == date(2026, 5, 7)
