"""Invariant 12: who uses a module, and whether a node has it, changes no total above."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from renda.app import configure
from renda.directory.models import ModuleUse
from renda.directory.service import disable, enable
from renda.testing.plugin import node_settings
from renda_tiers.rollup.models import Expectation
from tests.tiers.simulation.node import Dump, Node
from tests.tiers.simulation.strategies import worlds
from tests.tiers.simulation.world import NORTH, PERIODS, SINCE, TEMPLATE, World

EXPECTED = Expectation.__tablename__


@pytest.fixture(scope="module")
def poorer(receiver: Node, node_folder: Path) -> Iterator[Node]:
    """The same database under a node whose profile has no training module."""
    url = receiver.registry.engine.url.render_as_string(hide_password=False)
    registry = configure(
        node_settings(node_folder, url, **{"renda.modules": "tiers"}), environment={}
    ).registry
    yield Node(registry)
    registry.engine.dispose()


def figures(dump: Dump) -> Dump:
    return {name: rows for name, rows in dump.items() if name != EXPECTED}


@given(world=worlds())
def test_invariant_12_a_node_without_the_module_folds_the_same(receiver: Node, poorer: Node, world: World):
    before = receiver.reset().deliver(world.said).dump()
    assert poorer.rebuild().dump() == before
    assert poorer.reset().deliver(world.said).dump() == before


@given(world=worlds(), again=st.booleans())
def test_invariant_12_a_county_that_stops_using_the_module_keeps_its_totals(
    receiver: Node, world: World, again: bool
):
    world.define("of a module", module="training")
    before = receiver.reset().deliver(world.said).dump()
    with receiver.work() as session:
        session.execute(
            insert(ModuleUse),
            [
                {"organisation": code, "module": "training", "since": SINCE, "until": None}
                for code in world.tree
            ],
        )
        enable(session, NORTH, "training", SINCE)
        disable(session, NORTH, "training", date(2026, 2, 1))
        if again:
            enable(session, NORTH, "training", date(2026, 5, 1))
    after = receiver.dump()
    assert figures(after) == figures(before)
    assert receiver.rebuild().dump() == after


def test_who_owes_a_modules_report_is_counted_anew_when_its_use_changes(receiver: Node):
    world = World().found()
    definition = world.define(module="training")
    for period in PERIODS:
        world.report(NORTH, period, definition, [["SUM", "", "reported", 3, "="]])
    receiver.reset().deliver(world.said)
    with receiver.work() as session:
        session.execute(
            insert(ModuleUse),
            [
                {"organisation": code, "module": "training", "since": SINCE, "until": None}
                for code in world.tree
            ],
        )
        disable(session, NORTH, "training", date(2026, 3, 1))
        counts = {
            (row.organisation, row.period): row.expected
            for row in session.execute(
                select(Expectation.organisation, Expectation.period, Expectation.expected).where(
                    Expectation.template == TEMPLATE
                )
            )
        }
    everybody = len(world.tree)
    assert counts["900000", "2026-b1"] == everybody
    assert counts["900000", "2026-b2"] == everybody - 1
    assert counts[NORTH, "2026-b2"] == counts[NORTH, "2026-b1"] - 1
