"""Publications that arrive: who may say them, what they wait for, and what is no publication."""

import pytest

from renda.errors import NotFound
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.signing import make_part
from renda_tiers.publications import proving, reading
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, NORTH, S1, SOUTH, World

SPRING = "2026-b2"


def body(definition, **said):
    return {
        "template": "sim",
        "period": SPRING,
        "standing": "latest",
        "number": 1,
        "predecessor": None,
        "definitions": [definition.hash.hex()],
        "lines": [[0, "SUM"]],
        "figures": [[0, "", "reported", 7, "=", None, [6, 2, 0, 0, 0, 4, 2]]],
        "reports": [[N1, "a" * 64], [S1, "b" * 64]],
        "corrections": [],
        **said,
    }


def publish(world: World, definition, origin=CITY, subject="", *, parts=(), revision=None, **said):
    return world.say(
        "publication",
        origin,
        subject or f"publication:{origin}:sim:{SPRING}",
        body(definition, **said),
        audience=sorted(world.tree),
        parts=parts,
        revision=revision,
    )


def outcome(node: Node, world: World) -> Outcome | None:
    return node.receive(world.said)[-1].outcome


def test_it_is_applied_where_the_reports_are_not_held(node: Node, world: World):
    found = publish(world, world.define())
    assert outcome(node, world) is Outcome.APPLIED
    with node.work() as session:
        one = reading.opened(session, N1, found.hash)
        assert one.cells[0].figure.value == 7
        assert one.cells[0].coverage.missing == 4
        assert proving.faults(session, one) is None


def test_figures_that_are_not_the_fold_of_the_named_reports_are_found(node: Node, world: World):
    definition = world.define()
    sent = [
        world.report(code, SPRING, definition, [["SUM", "", "reported", value, "="]])
        for code, value in ((N1, 3), (S1, 5))
    ]
    found = publish(world, definition, reports=[[one.document.origin, one.hash.hex()] for one in sent])
    assert outcome(node, world) is Outcome.APPLIED
    with node.work() as session:
        assert proving.faults(session, reading.opened(session, CITY, found.hash)) == ["SUM"]


def test_it_waits_for_its_definitions(node: Node, world: World):
    definition = world.define()
    publish(world, definition)
    early = [one for one in world.said if one is not definition]
    receipt = node.receive(early)[-1]
    assert receipt.outcome is Outcome.PARKED
    node.receive([definition])
    assert node.outcomes()[receipt.hash] == Outcome.APPLIED


def test_two_vintages_of_one_number_are_both_shown(node: Node, world: World):
    definition = world.define()
    first = publish(world, definition)
    predecessor = first.hash.hex()
    twins = [
        publish(world, definition, number=2, predecessor=predecessor, revision=2, standing=standing)
        for standing in ("latest", "endorsed")
    ]
    assert outcome(node, world) is Outcome.APPLIED
    with node.work() as session:
        listed = reading.listed(session, S1)
        assert [(one.number, one.fork, one.last) for one in listed] == [
            (2, True, True),
            (2, True, False),
            (1, False, False),
        ]
        assert {one.document for one in listed[:2]} == {one.hash for one in twins}
        assert len(reading.numbered(session, CITY, "sim", SPRING, 2)) == 2
        with pytest.raises(NotFound):
            reading.numbered(session, CITY, "sim", SPRING, 3)


def test_after_a_fork_the_next_number_follows_the_higher_one(node: Node, world: World):
    from datetime import UTC, datetime

    from renda.indicators.periods import Period
    from renda_tiers.publications import publishing

    definition = world.define()
    report = world.report(N1, SPRING, definition, [["SUM", "", "reported", 3, "="]])
    first = publish(world, definition, reports=[[N1, report.hash.hex()]])
    for standing in ("latest", "endorsed"):
        publish(
            world,
            definition,
            number=2,
            predecessor=first.hash.hex(),
            revision=2,
            standing=standing,
            reports=[[N1, report.hash.hex()]],
        )
    node.receive(world.said)
    with node.work() as session:
        (higher, *_others) = reading.numbered(session, CITY, "sim", SPRING, 2)
        now = datetime(2026, 6, 1, tzinfo=UTC)
        done = publishing.publish(session, CITY, "sim", Period.parse(SPRING), actor=None, now=now)
        assert done.number == 3
        assert reading.opened(session, CITY, done.document).predecessor == higher.document


def test_a_stranger_does_not_publish_for_others(node: Node, world: World):
    publish(world, world.define(), subject=f"publication:{NORTH}:sim:{SPRING}")
    assert outcome(node, world) is Outcome.ASIDE
    publish(world, world.define(origin=SOUTH), origin=NORTH)
    assert outcome(node, world) is Outcome.ASIDE


@pytest.mark.parametrize(
    "said",
    [
        {"template": "other"},
        {"period": "2026-06"},
        {"lines": [[0, "RATE"]]},
        {"lines": [[0, "NONE"]]},
        {"lines": [[1, "SUM"]]},
        {"lines": [[0, "SUM"], [0, "SUM"]]},
        {"definitions": []},
        {"definitions": ["x"]},
        {"number": 0},
        {"number": 2},
        {"number": True},
        {"predecessor": "a" * 64},
        {"standing": "best"},
        {"reports": []},
        {"reports": None},
        {"reports": [[N1, "a" * 64], [N1, "b" * 64]]},
        {"corrections": [[N1, "a" * 64, "a" * 64, [], []]]},
        {"corrections": [[N1, None, "a" * 64, "因", []]]},
        {"corrections": [[N1, None, "a" * 64, [], [[0, "", None, None]]]]},
        {"corrections": [[N1, None, "a" * 64, [], [[0, "", None, ["reported", 1, "="], 1]]]]},
        {"figures": [[1, "", "reported", 7, "=", None, [6, 2, 0, 0, 0, 4, 2]]]},
        {"figures": [[0, "", "reported", 7, "=", None, [6, 2, 0, 0, 0, 4]]]},
        {"figures": [[0, "", "reported", 7, "=", None, [6, 2, 0, 0, 0, 4, -2]]]},
        {"figures": [[0, "", "told", 7, "=", None, [6, 2, 0, 0, 0, 4, 2]]]},
        {"figures": [[0, "", "reported", 7, "=", None, [6, 2, 0, 0, 0, 4, 2]]] * 2},
        {"figures": ["SUM"]},
        {"more": 1},
    ],
)
def test_what_is_no_publication_is_parked_and_listed_nowhere(node: Node, world: World, said):
    definition = world.define()
    whole = body(definition, **said)
    world.say("publication", CITY, f"publication:{CITY}:{whole['template']}:{whole['period']}", whole)
    assert outcome(node, world) is Outcome.PARKED
    with node.work() as session:
        assert reading.listed(session, CITY) == []


def test_what_a_part_holds_is_read_with_as_much_care(node: Node, world: World):
    definition = world.define()
    parts = [make_part("reports", b'[["x"]]'), make_part("corrections", b"nonsense")]
    found = publish(world, definition, parts=parts, reports=None, corrections=None)
    assert outcome(node, world) is Outcome.APPLIED
    with node.work() as session:
        one = reading.opened(session, CITY, found.hash)
        assert (one.reports, one.corrections) == (None, None)
