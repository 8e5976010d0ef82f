"""Texts that are too long for a key of the database: parked on every database, whatever the kind."""

import pytest

from renda.declarations import meaning_of
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.limits import MOST_DAYS, MOST_DIMENSION, MOST_NAME
from tests.tiers.documents.receipts import CELLS, SPRING, outcomes, reason
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.test_convergence import assert_right
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, Said, World

LONGEST = "".join(chr(0x20000 + 7919 * number % 42_000) for number in range(1, MOST_DIMENSION + 1))
"""As long as a dimension may be, four bytes each, of which no two are alike."""
LONG = LONGEST * 30
NAME = LONGEST[:MOST_NAME]


def body_of(definition: Said, **more: object) -> dict[str, object]:
    named = {"template": "sim", "period": SPRING, "definition": definition.hash.hex()}
    return {**named, "reason": "", "cells": CELLS, "explanations": [], **more}


def renamed(line: dict[str, object], name: str) -> dict[str, object]:
    """A line of a template about a figure of another name."""
    meant = {one: line[one] for one in ("unit", "kind", "basis", "numerator", "denominator", "scale")}
    meaning = meaning_of(code=name, definition="x", **meant)
    return {**line, "indicator": name, "texts": {"en": "x"}, "meaning": meaning}


def test_a_report_with_the_longest_names_counts_in_every_fold(node: Node, world: World):
    template = world.define().document.body
    lines = [renamed(line, NAME) for line in template["lines"] if line["indicator"] == "WHO"]
    longest = {**template, "code": NAME, "tiers": [NAME], "module": NAME, "lines": lines}
    definition = world.say("definition", CITY, f"definition:{NAME}", longest)
    cells = [[NAME, LONGEST, "reported", 2, "=", [1, 2]]]
    body = body_of(definition, template=NAME, cells=cells)
    world.say("report", N1, f"report:{N1}:{NAME}:{SPRING}", body, audience=(CITY, NORTH, N1))
    assert outcomes(node.receive(world.said)[-2:]) == [Outcome.APPLIED, Outcome.APPLIED]
    rows = node.dump()["tiers_rollup_key"]
    assert {(row[0], row[1], row[5]) for row in rows} == {(CITY, NAME, LONGEST), (NORTH, NAME, LONGEST)}


def test_a_report_with_a_dimension_that_is_too_long_parks_alone_with_the_reason(node: Node, world: World):
    definition = world.define()
    for body, dimension in ((N1, LONG), (NORTH, LONGEST + "x")):
        cells = [["SUM", dimension, "reported", 3, "="]]
        subject = f"report:{body}:sim:{SPRING}"
        world.say("report", body, subject, body_of(definition, cells=cells), audience=(CITY, body))
    good = world.report(S1, SPRING, definition, CELLS)
    receipts = node.receive(world.said)[-3:]
    assert outcomes(receipts) == [Outcome.PARKED, Outcome.PARKED, Outcome.APPLIED]
    told = "A dimension in this report has more than 200 characters."
    assert reason(receipts[0]) == reason(receipts[1]) == told
    assert_right(node, [*world.said[:-3], good])


def too_long(world: World) -> list[tuple[str, str, str, dict[str, object]]]:
    """Of each kind a document with a text that is too long for a key: kind, origin, subject, body."""
    definition = world.define()
    template = definition.document.body
    place = world.place(N2).document.body
    grant = world.enrol(N2).document.body
    matter = {
        **dict.fromkeys(("case", "after", "forwards", "due")),
        "number": 1,
        "from": N1,
        "to": NORTH,
        "category": "other",
        "title": "x",
        "about": "",
        "parties": [],
        "withheld": {},
    }
    publication = {
        "template": LONG,
        "period": SPRING,
        "standing": "latest",
        "number": 1,
        "predecessor": None,
        "definitions": [definition.hash.hex()],
        "lines": [],
        "figures": [],
        "corrections": [],
        "reports": [[N1, definition.hash.hex()]],
    }
    report = body_of(definition)
    return [
        ("report", N1, "report:1", {**report, "template": LONG}),
        ("report", N1, "report:2", {**report, "cells": [[LONG, "", "reported", 3, "="]]}),
        ("definition", CITY, "definition:1", {**template, "code": LONG}),
        ("definition", CITY, "definition:2", {**template, "tiers": [LONG]}),
        ("definition", CITY, "definition:3", {**template, "lines": [renamed(template["lines"][0], LONG)]}),
        ("modules", N1, f"modules:{N1}", {"uses": [[LONG, "2020-01-01", None]]}),
        ("matter", N1, "matter:1", {**matter, "to": LONG}),
        ("matter", N1, "matter:2", {**matter, "from": LONG}),
        ("publication", N1, "publication:1", publication),
        ("organisation", CITY, "organisation:1", {**place, "organisation": CITY + "x" * 20_000}),
        ("organisation", CITY, "organisation:2", {**place, "edges": [[LONG, "2020-01-01", None]]}),
        ("enrolment", CITY, "enrolment:1", {**grant, "organisation": LONG}),
        (
            "policy",
            CITY,
            "policy:1",
            {"module": "x" * 20_000, "rule": "require", "tiers": [], "since": "2026-01-01", "reason": "x"},
        ),
    ]


def test_of_every_kind_what_is_too_long_for_a_key_is_parked_and_stops_nothing(node: Node, world: World):
    wrong = [world.say(*one) for one in too_long(world)]
    good = world.report(S1, SPRING, world.define("later"), CELLS)
    receipts = {one.hash: one for one in node.receive(world.said)}
    for one in wrong:
        assert receipts[one.hash].outcome == Outcome.PARKED, one.document.subject
        assert "Error" not in reason(receipts[one.hash]), one.document.subject
    assert receipts[good.hash].outcome == Outcome.APPLIED


def test_edges_that_are_no_lists_park_the_document_and_stop_nothing(node: Node, world: World):
    body = world.place(N2).document.body
    edge = {NORTH: 1, "2020-01-01": 2, "2021-01-01": 3}
    world.say("organisation", CITY, f"organisation:{N2}", {**body, "edges": [edge]}, revision=9)
    good = world.report(S1, SPRING, world.define(), CELLS)
    receipts = {one.hash: one for one in node.receive(world.said)}
    parked = [one for one in receipts.values() if one.outcome != Outcome.APPLIED]
    assert [one.outcome for one in parked] == [Outcome.PARKED]
    assert receipts[good.hash].outcome == Outcome.APPLIED


@pytest.mark.parametrize("name", ["due_days", "lock_days"])
def test_a_template_that_is_due_beyond_the_calendar_is_parked(node: Node, world: World, name: str):
    body = world.define().document.body
    for number, days in enumerate((MOST_DAYS, -MOST_DAYS, MOST_DAYS + 1, 10**12)):
        world.say("definition", CITY, f"definition:{number}", {**body, "code": str(number), name: days})
    expected = [Outcome.APPLIED, Outcome.APPLIED, Outcome.PARKED, Outcome.PARKED]
    assert outcomes(node.receive(world.said)[-4:]) == expected
