"""Figures over several periods: what adds, what stands, what is counted once, and what never mixes."""

from datetime import date

import pytest

from renda.errors import Invalid
from renda_tiers.rollup.over_time import Series, over_time
from tests.tiers.simulation import world as worlds
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, SOUTH, TEMPLATE, World

YEAR = tuple(f"2026-b{number}" for number in (1, 2, 3))


def series(node: Node, organisation: str = CITY, periods=YEAR) -> dict[str, Series]:
    with node.work() as session:
        return {
            one.line.indicator: one for one in over_time(session, organisation, TEMPLATE, periods, "latest")
        }


def say(world: World, definition, code: str, indicator: str, *values: int | None) -> None:
    for period, value in zip(YEAR, values, strict=False):
        if value is not None:
            world.report(code, period, definition, [[indicator, "", "reported", value, "="]])


def test_increments_are_added_and_stocks_stand(node: Node, world: World):
    definition = world.define()
    say(world, definition, N1, "SUM", 1, 2, 4)
    say(world, definition, S1, "STOCK", 10, None, 7)
    say(world, definition, N2, "STOCK", 5)
    node.deliver(world.said)
    found = series(node)
    assert (found["SUM"].figure.value, found["SUM"].figure.reported) == (7, 3)
    assert [figure.value for _period, figure in found["STOCK"].points] == [15, 7]
    assert found["STOCK"].figure.value == 12
    assert [period.code for period, _figure in found["STOCK"].points] == ["2026-b1", "2026-b3"]


def test_extremes_are_compared_and_persons_counted_once(node: Node, world: World):
    definition = world.define()
    say(world, definition, N1, "HIGH", 3, 9, 4)
    for period, keys in zip(YEAR, ([1, 2], [2, 3], [3]), strict=True):
        world.report(S1, period, definition, [["WHO", "", "reported", len(keys), "=", keys]])
    node.deliver(world.said)
    assert (series(node)["HIGH"].figure.value, series(node)["HIGH"].figure.holder) == (9, N1)
    assert series(node)["WHO"].figure.value == 3
    assert series(node, S1)["WHO"].figure.value == 3
    assert series(node, SOUTH)["WHO"].figure.value == 3


def test_a_stock_of_a_body_that_moved_counts_once_and_where_it_is_now(node: Node, world: World):
    definition = world.define()
    say(world, definition, N1, "STOCK", 10, 20)
    world.move(N1, SOUTH, date(2026, 3, 10))
    node.deliver(world.said)
    assert series(node)["STOCK"].figure.value == 20
    assert series(node, SOUTH)["STOCK"].figure.value == 20
    assert series(node, NORTH)["STOCK"].figure.value is None


def test_figures_of_the_year_so_far_do_not_go_on_into_another_year(
    node: Node, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(worlds.FIGURES, "SUM", {"kind": "sum", "basis": "ytd"})
    definition = world.define()
    say(world, definition, N1, "SUM", 1, 3, 6)
    world.report(N1, "2025-b6", definition, [["SUM", "", "reported", 50, "="]])
    node.deliver(world.said)
    assert series(node)["SUM"].figure.value == 6
    both = series(node, periods=("2025-b6", *YEAR))["SUM"]
    assert both.figure is None
    assert [figure.value for _period, figure in both.points] == [50, 1, 3, 6]


def test_nothing_was_said(node: Node, world: World):
    world.define()
    node.deliver(world.said)
    assert series(node) == {}
    assert series(node, periods=()) == {}


def test_overlapping_periods_are_refused(node: Node, world: World):
    world.define()
    node.deliver(world.said)
    with pytest.raises(Invalid):
        series(node, periods=("2026-01-01..2026-02-01", "2026-02-01..2026-03-01"))
