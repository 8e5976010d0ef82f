"""Folding: what moved is folded along the tree of its period, many periods at once."""

from datetime import date

from sqlalchemy import event

from renda_tiers.rollup import explain
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, NORTH, PERIODS, S1, SOUTH, TEMPLATE, World


def total(node: Node, organisation: str, period: str) -> int | None:
    with node.work() as session:
        found = explain.totals(session, organisation, TEMPLATE, period, "latest")
    return next((one.figure.value for one in found if one.line.indicator == "SUM"), None)


def three(value: int) -> list[list[object]]:
    return [["SUM", "", "reported", value, "="]]


def test_each_period_is_folded_along_its_own_tree_though_all_arrive_at_once(node: Node, world: World):
    definition = world.define()
    world.move(N1, SOUTH, date(2026, 3, 1))
    for number, period in enumerate(PERIODS):
        world.report(N1, period, definition, three(10 + number))
        world.report(S1, period, definition, three(100))
    node.deliver(world.said)
    for number, period in enumerate(PERIODS):
        above, other = (SOUTH, NORTH) if world.parent_on(N1, period) == SOUTH else (NORTH, SOUTH)
        assert total(node, above, period) == 10 + number + (100 if above == SOUTH else 0)
        assert total(node, other, period) == (100 if other == SOUTH else None)
        assert total(node, CITY, period) == 110 + number
    assert {world.parent_on(N1, period) for period in PERIODS} == {NORTH, SOUTH}


def test_periods_of_one_tree_are_folded_together(node: Node, world: World):
    definition = world.define()
    for period in PERIODS:
        world.report(N1, period, definition, three(1))
    folds: list[str] = []

    def note(*given: str) -> None:
        if "INSERT INTO tiers_rollup (" in given[2]:
            folds.append(given[2])

    event.listen(node.registry.engine, "before_cursor_execute", note)
    node.deliver(world.said)
    event.remove(node.registry.engine, "before_cursor_execute", note)
    assert len(PERIODS) > 1
    assert len(folds) == 2  # Of the county and of the city.
