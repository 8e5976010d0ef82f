"""A report's cells as rows: whatever texts they hold, these arrive as they were signed."""

import json

import pytest
from sqlalchemy import select

from renda_tiers.reports.models import ReportCell, ReportCellKey
from tests.tiers.simulation.conftest import receiver
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import N1, PERIODS, World

__all__ = ["receiver"]

AWKWARD = [
    "",
    "乡镇",
    "a\tb",
    "a\nb\r",
    r"\N",
    "\\",
    r"\t",
    '"',
    "'",
    "{1,2}",
    "%s %(x)s",
    "\x7f\u2028",
    "😀",
]


@pytest.fixture
def node(receiver: Node) -> Node:
    return receiver.reset()


def kept(node: Node, model: type[ReportCell] | type[ReportCellKey], *names: str) -> set[tuple[object, ...]]:
    with node.work() as session:
        return {tuple(row) for row in session.execute(select(*(getattr(model, name) for name in names)))}


@pytest.mark.parametrize(
    "texts",
    [AWKWARD, [one for one in AWKWARD if "\\" not in json.dumps(one, ensure_ascii=False)]],
    ids=["some escaped", "none escaped"],
)
def test_texts_of_any_kind_arrive_as_they_are(node: Node, texts: list[str]):
    world = World().found()
    definition = world.define()
    said = [["SUM", text, "reported", number, "~"] for number, text in enumerate(texts)]
    remarks = [["NOTE", text, "reported", None, "=", text] for text in texts]
    world.report(N1, PERIODS[0], definition, [*said, *remarks, ["STOCK", "", "not_applicable", None, ">="]])
    node.deliver(world.said)
    names = ("indicator", "dimension", "status", "value", "qualifier", "words")
    assert kept(node, ReportCell, *names) == {
        *(("SUM", text, "reported", number, 2, None) for number, text in enumerate(texts)),
        *(("NOTE", text, "reported", None, 0, text) for text in texts),
        ("STOCK", "", "not_applicable", None, 1, None),
    }


def test_the_members_of_a_distinct_cell_stand_beside_it(node: Node):
    world = World().found()
    cells = [["WHO", "女", "reported", 2, "=", [7, -5]], ["WHO", r"\N", "nil", 0, "="]]
    world.report(N1, PERIODS[0], world.define(), cells)
    node.deliver(world.said)
    assert kept(node, ReportCell, "dimension", "value", "words") == {("女", 2, None), (r"\N", 0, None)}
    assert kept(node, ReportCellKey, "dimension", "key") == {("女", 7), ("女", -5)}
