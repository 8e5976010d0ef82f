"""Whatever dies while receiving, and wherever: nothing acknowledged is lost, and nothing happens twice."""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from renda.app import configure
from renda.testing.plugin import Databases, node_settings
from renda_tiers.documents.signing import make_part
from tests import forked
from tests.tiers.simulation.node import Dump, Node
from tests.tiers.simulation.world import N1, N2, NORTH, S1, SOUTH, World

ROOT = Path(__file__).parents[3]
PLACES = [
    "ledger.stored",
    "ledger.control",
    "ledger.judged",
    "ledger.judged:2",
    "ledger.applied.definition",
    "ledger.applied.report",
    "ledger.applied.review",
    "fold.level",
    "fold.level:2",
    "ledger.completed.report",
    "ledger.settled",
]


def history() -> World:
    """Two bodies report, one is endorsed, and one moves to the other county."""
    world = World().found()
    definition = world.define()
    for number, code in enumerate((N1, N2, S1, NORTH, SOUTH)):
        cells = [["SUM", "", "reported", number + 1, "="], ["WHO", "", "reported", 2, "=", [number, 7]]]
        report = world.report(code, "2026-b2", definition, cells, parts=[make_part("evidence", b"{}")])
        if code == N1:
            world.review(NORTH, report)
    return world


@pytest.fixture(scope="module")
def node(databases: Databases, node_folder: Path) -> Iterator[Node]:
    """A durable node: what its processes commit is on the disk."""
    url = databases.fresh()
    registry = configure(node_settings(node_folder, url), environment={}).registry
    yield Node(registry)
    registry.engine.dispose()
    databases.drop(url)


@pytest.fixture
def program(node: Node, node_folder: Path, tmp_path: Path):
    """Runs `program` on some documents; gives its exit code and what it printed."""
    url = node.registry.engine.url.render_as_string(hide_password=False)

    def run(action: str, said, fail_at: str = "") -> tuple[int, list[str]]:
        file = tmp_path / "batch.pickle"
        file.write_bytes(pickle.dumps([one.signed for one in said]))
        node.registry.engine.dispose()
        given = "tests.tiers.documents.program", action, url, str(node_folder), str(file)
        done = forked.run(*given, cwd=ROOT, env=os.environ | {"RENDA_FAIL_AT": fail_at}, timeout=60)
        sys.stderr.write(done.stderr)  # pytest shows it where a test fails.
        return done.returncode, done.stdout.splitlines()

    return run


@pytest.fixture(scope="module")
def world() -> World:
    return history()


@pytest.fixture(scope="module")
def right(node: Node, world: World) -> Dump:
    """The state of a node that nothing happened to."""
    return node.reset().deliver(world.said).dump()


@pytest.mark.parametrize("place", PLACES)
def test_invariant_3_death_while_receiving_leaves_nothing_and_repeats_nothing(
    node: Node, world: World, right: Dump, program, place: str
):
    empty = node.reset().dump()
    code, told = program("receive", world.said, place)
    assert (code, told) == (-signal.SIGKILL, [])
    assert node.dump() == empty
    assert node.deliver(world.said).dump() == right


@pytest.mark.parametrize("place", ["ledger.control", "fold.level", "ledger.applied.report"])
def test_invariant_3_death_in_the_middle_of_a_stream_keeps_what_came_before(node: Node, program, place: str):
    world = history()
    world.move(N1, SOUTH, date(2026, 3, 1))
    before = node.reset().deliver(world.said[:-3]).dump()
    right = node.reset().deliver(world.said).dump()
    node.reset().deliver(world.said[:-3])
    code, told = program("receive", world.said[-3:], place)
    assert (code, told) == (-signal.SIGKILL, [])
    assert node.dump() == before
    assert node.deliver(world.said[-3:]).dump() == right


def test_invariant_18_what_was_acknowledged_is_durable(node: Node, world: World, right: Dump, program):
    node.reset()
    code, told = program("receive", world.said, "test.acknowledged")
    assert code == -signal.SIGKILL
    assert told == [f"{one.hash.hex()} applied" for one in world.said]
    assert node.dump() == right
    assert node.deliver(world.said).dump() == right


@pytest.mark.parametrize("place", ["ledger.control", "ledger.applied.report", "fold.level"])
def test_death_while_rebuilding_leaves_the_old_tables(
    node: Node, world: World, right: Dump, program, place: str
):
    """Invariant 15, whatever dies."""
    node.reset().deliver(world.said)
    code, _told = program("rebuild", [], place)
    assert code == -signal.SIGKILL
    assert node.dump() == right
    assert program("rebuild", [])[0] == 0
    assert node.dump() == right
