"""Who has reported: one row for each child, in one of five states, with what lies below it."""

from datetime import date

from sqlalchemy import insert, select

from renda.directory.divisions import Body
from renda.directory.models import ModuleUse
from renda.directory.service import place
from renda_tiers.rollup import coverage, explain
from renda_tiers.rollup.coverage import Coverage, MatrixRow
from renda_tiers.rollup.models import Expectation
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, PERIODS, S1, SINCE, SOUTH, TEMPLATE, World

SPRING = PERIODS[1]
CELLS = [["SUM", "", "reported", 3, "="]]


def matrix(node: Node, organisation: str, today: date = date(2026, 5, 6)) -> dict[str, MatrixRow]:
    with node.work() as session:
        rows = coverage.matrix(session, organisation, TEMPLATE, SPRING, today=today)
    return {row.organisation: row for row in rows}


def test_the_five_states(node: Node, world: World):
    definition = world.define()
    returned = world.report(N1, SPRING, definition, CELLS)
    world.review(NORTH, returned, "return")
    endorsed = world.report(N2, SPRING, definition, CELLS)
    world.review(NORTH, endorsed)
    world.report(SOUTH, SPRING, definition, CELLS)
    node.deliver(world.said)
    north = matrix(node, NORTH)
    assert [row.state for row in north.values()] == ["missing", "endorsed", "returned"]
    assert matrix(node, NORTH, date(2026, 5, 11))[NORTH].state == "overdue"
    assert matrix(node, CITY)[SOUTH].state == "reported"
    assert north[N1].report == returned.hash
    assert (north[N2].name, north[N2].tier, north[N2].kind) == (f"机构{N2}", "township", "street")


def test_what_lies_below_a_child_is_covered_without_the_child_itself(node: Node, world: World):
    definition = world.define()
    world.report(N1, SPRING, definition, CELLS, later=20)
    endorsed = world.report(N2, SPRING, definition, CELLS)
    world.review(NORTH, endorsed)
    world.report(NORTH, SPRING, definition, CELLS)
    node.deliver(world.said)
    rows = matrix(node, CITY)
    assert rows[CITY].below is None
    assert rows[NORTH].below == Coverage(expected=2, reported=2, late=1, missing=0, not_endorsed=1)
    assert rows[SOUTH].below == Coverage(expected=1, missing=1)
    assert matrix(node, NORTH)[N1].below is None
    assert matrix(node, NORTH)[N1].late


def test_only_bodies_of_the_templates_tiers_and_module_owe_it(node: Node, world: World):
    world.define(tiers=("township",), module="training")
    node.deliver(world.said)
    with node.work() as session:
        session.execute(
            insert(ModuleUse), {"organisation": N1, "module": "training", "since": SINCE, "until": None}
        )
    rows = matrix(node, NORTH)
    assert {code: row.owes for code, row in rows.items()} == {NORTH: False, N2: False, N1: True}
    assert matrix(node, CITY)[NORTH].below == Coverage(expected=1, missing=1)


def test_one_who_owes_nothing_and_reports_all_the_same_leaves_nobody_less_than_missing(
    node: Node, world: World
):
    definition = world.define(tiers=("county",))
    for code in (N1, N2, S1, NORTH, SOUTH):
        world.report(code, SPRING, definition, CELLS)
    node.deliver(world.said)
    with node.work() as session:
        total = explain.totals(session, CITY, TEMPLATE, SPRING, "latest")[0]
    assert (total.coverage.expected, total.coverage.reported, total.coverage.missing) == (2, 5, 0)


def test_a_new_template_revision_and_a_new_body_are_counted_at_once(node: Node, world: World):
    definition = world.define(tiers=("township",))
    world.report(N1, SPRING, definition, CELLS)
    node.deliver(world.said)
    counts = select(Expectation.organisation, Expectation.expected)
    with node.work() as session:
        assert dict(session.execute(counts).all()) == {CITY: 3, NORTH: 2}
    world.define(tiers=("township", "county"))
    node.deliver(world.said)
    with node.work() as session:
        assert dict(session.execute(counts).all()) == {CITY: 5, NORTH: 3}
    new = "900001999"
    world.tree[new] = NORTH
    world.place(new)
    node.deliver(world.said)
    with node.work() as session:
        assert dict(session.execute(counts).all()) == {CITY: 6, NORTH: 4}


def test_a_child_that_the_directory_gains_makes_a_leaf_an_inner_body(node: Node, world: World):
    world.report(N1, SPRING, world.define(), CELLS)
    node.deliver(world.said)
    with node.work() as session:
        place(session, [Body("900001101001", "社区", "street", "township", congress=False, parent=N1)], SINCE)
        total = explain.totals(session, CITY, TEMPLATE, SPRING, "latest")[0]
    assert (total.figure.value, total.coverage.expected) == (3, 7)
    state = node.dump()
    assert node.rebuild().dump() == state


def test_who_took_a_figure_back_is_not_missing_while_the_endorsed_revision_stands(node: Node, world: World):
    definition = world.define()
    world.review(NORTH, world.report(N1, SPRING, definition, CELLS))
    world.report(N1, SPRING, definition, [])
    node.deliver(world.said)
    with node.work() as session:
        totals = explain.totals(session, NORTH, TEMPLATE, SPRING, "endorsed")
    figure = next(one for one in totals if one.line.indicator == "SUM")
    assert (figure.coverage.reported, figure.coverage.missing, figure.coverage.expected) == (1, 2, 3)
