"""What readers see of any history: totals open into parts, parts into cells, cells into contributions."""

import uuid
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import NotFound
from renda.indicators.folds import EMPTY, Folded, combine, fold_time, of
from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda_tiers.documents.signing import make_part
from renda_tiers.reports import evidence as written
from renda_tiers.reports import shown
from renda_tiers.reports.figures import Contribution
from renda_tiers.rollup import coverage, explain
from renda_tiers.rollup.over_time import over_time
from tests.examples import some
from tests.tiers.simulation import oracle
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import cells, worlds
from tests.tiers.simulation.world import CITY, N1, NORTH, PERIODS, SOUTH, TEMPLATE, World

STANDINGS = ("latest", "endorsed")


def bare(folded: Folded) -> tuple[Any, ...]:
    """A fold without the keys, which totals do not carry."""
    return (
        folded.figure,
        folded.status,
        folded.value,
        folded.qualifier,
        folded.holder,
        folded.texts,
        (folded.reported, folded.nil, folded.not_applicable),
    )


ORGANISATIONS = st.sampled_from([CITY, CITY, NORTH, SOUTH, N1])


@given(
    world=worlds(),
    period=st.sampled_from(PERIODS),
    standing=st.sampled_from(STANDINGS),
    organisation=ORGANISATIONS,
)
def test_invariant_9_every_figure_expands_to_parts_whose_fold_it_is(
    receiver: Node, world: World, period: str, standing: str, organisation: str
):
    receiver.reset().deliver(world.said)
    expected = oracle.judge(world.said)
    right = expected.figures(organisation, period, standing)
    scope = (organisation, TEMPLATE, period, standing)
    with receiver.work() as session:
        for total in explain.totals(session, *scope):
            if total.line.kind is None:
                continue
            figure = (total.line.indicator, total.dimension, total.meaning)
            parts = explain.parts(session, *scope, *figure)
            assert bare(combine(*(part.figure for part in parts))) == bare(total.figure)
            assert bare(right[figure][0] if figure in right else EMPTY) == bare(total.figure)
            if total.line.kind is Kind.DISTINCT and figure in right:
                assert combine(*(part.figure for part in parts)).keys == right[figure][0].keys
            for part in parts:
                if part.report is not None:
                    said = expected.reports[part.report]
                    known = {
                        (cell.indicator, cell.dimension, of(cell).value) for cell in expected.cells(said)
                    }
                    assert said.origin == part.organisation
                    assert (*figure[:2], part.figure.value) in known


@given(
    world=worlds(),
    period=st.sampled_from(PERIODS),
    standing=st.sampled_from(STANDINGS),
    organisation=ORGANISATIONS,
)
def test_invariants_4_and_6_sums_add_up_and_nil_is_not_missing(
    receiver: Node, world: World, period: str, standing: str, organisation: str
):
    receiver.reset().deliver(world.said)
    scope = (organisation, TEMPLATE, period, standing)
    with receiver.work() as session:
        for total in explain.totals(session, *scope):
            if total.line.kind is None:
                continue
            if total.line.kind in {Kind.SUM, Kind.STOCK}:
                figure = (total.line.indicator, total.dimension, total.meaning)
                parts = explain.parts(session, *scope, *figure)
                assert sum(part.figure.value or 0 for part in parts) == (total.figure.value or 0)
            covered = total.coverage
            said = covered.reported + covered.nil + covered.not_applicable
            assert (total.figure == EMPTY) == (total.figure.status is None) == (said == 0)
            assert covered.late <= said
            if standing == "latest":
                assert said + covered.missing == covered.expected
                assert covered.not_endorsed <= said
            else:  # Who waits for a review is neither counted nor missing.
                assert said + covered.missing <= covered.expected
                assert said + covered.missing + covered.not_endorsed >= covered.expected


def both_sides(draw: st.DrawFn) -> list[list[Any]]:
    base = draw(st.integers(1, 50))
    return [["SUM", "", "reported", draw(st.integers(0, 60)), "="], ["BASE", "", "reported", base, "="]]


@given(data=st.data(), standing=st.just("latest"))
def test_invariant_5_a_rate_lies_between_those_of_its_parts(receiver: Node, data, standing: str):
    world = World().found()
    definition = world.define()
    for code in data.draw(st.sets(st.sampled_from(sorted(world.tree)), min_size=1)):
        world.report(code, PERIODS[1], definition, data.draw(st.composite(both_sides)()))
    receiver.reset().deliver(world.said)
    with receiver.work() as session:
        for organisation in world.tree:
            scope = (organisation, TEMPLATE, PERIODS[1], standing)
            found = {total.line.indicator: total for total in explain.totals(session, *scope)}
            ratio = found["RATE"].ratio if "RATE" in found else None
            sides = [
                explain.parts(session, *scope, indicator, "", found[indicator].meaning)
                for indicator in ("SUM", "BASE")
            ]
            own = [
                Fraction(above.figure.value, below.figure.value)
                for above, below in zip(*sides, strict=True)
                if below.figure.value
            ]
            assert (ratio is None) == (not own)
            if ratio:
                assert min(own) <= Fraction(ratio.numerator, ratio.denominator) <= max(own)


@given(world=worlds(), period=st.sampled_from(PERIODS), data=st.data())
def test_invariant_17_a_report_is_open_to_its_origin_and_those_above_it_and_to_nobody_else(
    receiver: Node, world: World, period: str, data
):
    receiver.reset().deliver(world.said)
    expected = oracle.judge(world.said)
    viewer = data.draw(st.sampled_from(sorted(world.tree)))
    with receiver.work() as session:
        for document in expected.reports.values():
            above = expected.ancestors(document.origin, Period.parse(document.body["period"]).end)
            for read in (
                lambda hash_: explain.evidence(session, viewer, hash_, "SUM", ""),
                lambda hash_: shown.report(session, viewer, hash_),
            ):
                if viewer in above:
                    read(document.hash)
                else:
                    with pytest.raises(NotFound):
                        read(document.hash)


def contributed(said: list[list[Any]]) -> list[Contribution]:
    """Contributions that fold to the cells of a report."""
    found = []
    for number, cell in enumerate(said):
        indicator, dimension, status, value = cell[:4]
        if status != "reported" or value is None:
            continue
        keys = cell[5] if len(cell) > 5 else [None]
        parts = (
            [1] * len(keys) if len(cell) > 5 else [value] if indicator in {"LOW", "HIGH"} else [value - 7, 7]
        )
        for at, part in enumerate(parts):
            record = str(uuid.UUID(int=number * 100 + at))
            key = keys[at] if len(cell) > 5 else None
            found.append(Contribution(indicator, dimension, "probe_record", record, part, key))
    return found


@given(said=cells())
def test_invariant_19_the_evidence_of_a_report_folds_to_its_cells(receiver: Node, said):
    world = World().found()
    content = written.write({"probe_record": ("title",)}, contributed(said), {})
    report = world.report(
        "900001101", "2026-b2", world.define(), said, parts=[make_part("evidence", content)]
    )
    receiver.reset().deliver(world.said)
    with receiver.work() as session:
        for cell in said:
            if cell[2] != "reported" or cell[3] is None:
                continue
            rows = explain.evidence(session, CITY, report.hash, cell[0], cell[1]).rows
            if cell[0] == "WHO":
                assert {row.key for row in rows} == set(cell[5])
            else:
                assert sum(row.value for row in rows) == cell[3]


@some()
@given(world=worlds(), standing=st.sampled_from(STANDINGS))
def test_figures_over_time_fold_each_body_over_time_and_then_the_bodies(
    receiver: Node, world: World, standing: str
):
    receiver.reset().deliver(world.said)
    expected = oracle.judge(world.said)
    moved = any(len(edges) > 1 for edges in expected.edges.values())
    with receiver.work() as session:
        for organisation in (CITY, NORTH, N1):
            for series in over_time(session, organisation, TEMPLATE, PERIODS, standing):
                assert [period for period, _figure in series.points] == sorted(
                    period for period, _figure in series.points
                )
                if moved:
                    continue
                right = _over_time(expected, organisation, series, standing)
                assert bare(right)[:6] == bare(series.figure)[:6]
                assert right.value == series.figure.value


def _over_time(expected: oracle.Oracle, organisation: str, series, standing: str) -> Folded:
    folds = []
    for code in expected.subtree(organisation, date(2026, 6, 30)):
        reports = [expected.standing(code, period, standing) for period in PERIODS]
        said = [cell for report in reports if report for cell in expected.cells(report)]
        folds.append(
            fold_time(
                cell for cell in said if (cell.meaning, cell.dimension) == (series.meaning, series.dimension)
            )
        )
    return combine(*folds)


@some()
@given(world=worlds(), period=st.sampled_from(PERIODS))
def test_the_matrix_tells_who_has_reported(receiver: Node, world: World, period: str):
    receiver.reset().deliver(world.said)
    expected = oracle.judge(world.said)
    day = Period.parse(period).end
    with receiver.work() as session:
        for organisation in (CITY, SOUTH, N1):
            rows = coverage.matrix(session, organisation, TEMPLATE, period, today=date(2026, 5, 20))
            children = {code for code in expected.edges if expected.parent(code, day) == organisation}
            assert [row.organisation for row in rows] == [organisation, *sorted(children)]
            for row in rows:
                latest = expected.standing(row.organisation, period, "latest")
                assert row.report == (latest.hash if latest else None)
                assert row.state == _state(expected, row.organisation, period)
                below = set(expected.subtree(row.organisation, day)) - {row.organisation}
                assert (row.below is not None) == bool(below and row.organisation != organisation)
                if row.below:
                    said = [code for code in below if expected.standing(code, period, "latest")]
                    assert (row.below.expected, row.below.reported) == (len(below), len(said))


def _state(expected: oracle.Oracle, code: str, period: str) -> str:
    latest = expected.standing(code, period, "latest")
    if latest is None:
        return "overdue"
    if latest == expected.standing(code, period, "endorsed"):
        return "endorsed"
    return "returned" if expected.decision(latest) == "return" else "reported"
