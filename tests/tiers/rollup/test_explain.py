"""Totals carry their coverage, divide at the end, keep meanings apart, and open down to contributions."""

from datetime import date

import pytest
from sqlalchemy import event, update

from renda.errors import NotFound
from renda.indicators.folds import EMPTY
from renda.indicators.kinds import Qualifier, Status
from renda_tiers.documents.models import LedgerPart
from renda_tiers.documents.signing import make_part
from renda_tiers.reports import evidence
from renda_tiers.reports.figures import Contribution
from renda_tiers.rollup import explain
from renda_tiers.rollup.coverage import Coverage
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import (
    CITY,
    FIGURES,
    N1,
    N2,
    NORTH,
    PERIODS,
    S1,
    SOUTH,
    TEMPLATE,
    World,
    line,
)

SPRING = PERIODS[1]
SCOPE = (TEMPLATE, SPRING, "latest")


def totals(node: Node, organisation: str, standing: str = "latest") -> dict[tuple[str, str], explain.Total]:
    with node.work() as session:
        found = explain.totals(session, organisation, TEMPLATE, SPRING, standing)
    return {(total.line.indicator, total.dimension): total for total in found}


def parts(node: Node, organisation: str, indicator: str, dimension: str = "") -> dict[str, explain.Part]:
    with node.work() as session:
        meaning = line(indicator)["meaning"]
        found = explain.parts(session, organisation, *SCOPE, indicator, dimension, meaning)
    return {part.organisation: part for part in found}


def test_a_total_of_a_city_a_county_and_a_township(node: Node, world: World):
    definition = world.define()
    world.report(N1, SPRING, definition, [["SUM", "", "reported", 3, "="], ["BASE", "", "reported", 4, "="]])
    world.report(N2, SPRING, definition, [["SUM", "", "reported", 5, "~"], ["BASE", "", "nil", 0, "="]])
    world.report(NORTH, SPRING, definition, [["SUM", "", "not_applicable", None, "="]])
    node.deliver(world.said)
    city, county, town = (totals(node, code)["SUM", ""] for code in (CITY, NORTH, N1))
    assert (city.figure.value, city.figure.qualifier) == (8, Qualifier.ABOUT)
    assert (county.figure.value, county.figure.reported, county.figure.not_applicable) == (8, 2, 1)
    assert county.coverage == Coverage(3, 2, 0, 1, 0, 0, 3)
    assert city.coverage == Coverage(6, 2, 0, 1, 0, 3, 3)
    assert (town.figure.value, town.coverage) == (3, Coverage(1, 1, 0, 0, 0, 0, 1))
    assert totals(node, NORTH)["BASE", ""].figure.nil == 1


def test_ratios_are_divided_at_the_end_and_by_dimension(node: Node, world: World):
    definition = world.define()
    for code, part, whole in ((N1, 60, 100), (S1, 1, 1)):
        cells = [["SUM", "", "reported", part, "="], ["BASE", "", "reported", whole, "="]]
        world.report(code, SPRING, definition, [*cells, ["SUM", "a", "reported", 1, "="]])
    node.deliver(world.said)
    found = totals(node, CITY)
    assert found["RATE", ""].ratio.value == 6040
    assert found["RATE", ""].figure == EMPTY
    assert ("RATE", "a") not in found


def test_lines_that_nobody_reported_are_shown_as_missing_and_not_as_nil(node: Node, world: World):
    """Invariant 6."""
    world.report(N1, SPRING, world.define(), [["SUM", "", "nil", 0, "="]])
    node.deliver(world.said)
    found = totals(node, CITY)
    assert (found["SUM", ""].figure.status, found["SUM", ""].figure.value) == (Status.NIL, 0)
    assert (found["BASE", ""].figure, found["BASE", ""].coverage.missing) == (EMPTY, 6)
    nothing = totals(node, SOUTH)
    assert {total.figure for total in nothing.values()} == {EMPTY}
    assert nothing["SUM", ""].coverage == Coverage(expected=2, missing=2)


def test_totals_come_in_the_order_of_the_template(node: Node, world: World):
    definition = world.define()
    cells = [["WHO", "", "reported", 1, "=", [7]], ["SUM", "a", "nil", 0, "="], ["SUM", "", "nil", 0, "="]]
    world.report(N1, SPRING, definition, cells)
    node.deliver(world.said)
    with node.work() as session:
        found = [(total.line.indicator, total.dimension) for total in explain.totals(session, CITY, *SCOPE)]
    assert found[:3] == [("SUM", ""), ("SUM", "a"), ("BASE", "")]
    assert [name for name, dimension in found if not dimension] == list(FIGURES)


def test_figures_of_two_meanings_stand_side_by_side(node: Node, world: World):
    old = world.define()
    world.report(N1, SPRING, old, [["SUM", "", "reported", 3, "="], ["BASE", "", "reported", 1, "="]])
    new = world.define("counted anew")
    world.report(S1, SPRING, new, [["SUM", "", "reported", 5, "="], ["BASE", "", "reported", 1, "="]])
    node.deliver(world.said)
    with node.work() as session:
        found = [
            one for one in explain.totals(session, CITY, *SCOPE) if one.line.indicator in {"SUM", "BASE"}
        ]
    assert [(one.figure.value, one.side_by_side, one.line.texts["en"]) for one in found] == [
        (5, True, "counted anew"),
        (3, True, "SUM"),
        (2, False, "BASE"),
    ]


def test_persons_are_counted_once_and_remarks_are_listed(node: Node, world: World):
    definition = world.define()
    for code, keys in ((N1, [1, 2]), (N2, [2, 3]), (S1, [3])):
        cells = [
            ["WHO", "", "reported", len(keys), "=", keys],
            ["NOTE", "", "reported", None, "=", f"of {code}"],
        ]
        world.report(code, SPRING, definition, cells)
    node.deliver(world.said)
    found = totals(node, CITY)
    assert (found["WHO", ""].figure.value, found["WHO", ""].figure.reported) == (3, 3)
    assert found["NOTE", ""].figure.texts == ((N2, f"of {N2}"), (N1, f"of {N1}"), (S1, f"of {S1}"))
    opened = parts(node, CITY, "WHO")
    assert {code: sorted(part.figure.keys) for code, part in opened.items()} == {
        CITY: [],
        NORTH: [1, 2, 3],
        SOUTH: [3],
    }
    assert parts(node, NORTH, "NOTE")[N1].figure.texts == ((N1, f"of {N1}"),)


def test_extremes_say_whose_they_are(node: Node, world: World):
    definition = world.define()
    for code, value in ((N1, 4), (N2, 4), (S1, 9)):
        world.report(
            code, SPRING, definition, [[kind, "", "reported", value, "="] for kind in ("LOW", "HIGH")]
        )
    node.deliver(world.said)
    found = totals(node, CITY)
    assert (found["LOW", ""].figure.value, found["LOW", ""].figure.holder) == (4, min(N1, N2))
    assert (found["HIGH", ""].figure.value, found["HIGH", ""].figure.holder) == (9, S1)


def test_parts_name_the_own_report_first_and_those_who_are_missing(node: Node, world: World):
    definition = world.define()
    own = world.report(NORTH, SPRING, definition, [["SUM", "", "reported", 1, "="]])
    below = world.report(N1, SPRING, definition, [["SUM", "", "reported", 2, "="]])
    node.deliver(world.said)
    opened = list(parts(node, NORTH, "SUM").values())
    assert [(part.organisation, part.own, part.report) for part in opened] == [
        (NORTH, True, own.hash),
        (N2, False, None),
        (N1, False, below.hash),
    ]
    assert opened[1].figure == EMPTY
    assert opened[1].coverage == Coverage(expected=1, missing=1)
    above = parts(node, CITY, "SUM")
    assert (above[NORTH].has_children, above[NORTH].report, above[NORTH].coverage.expected) == (True, None, 3)


def test_the_standings_differ_until_everything_is_endorsed(node: Node, world: World):
    definition = world.define()
    first = world.report(N1, SPRING, definition, [["SUM", "", "reported", 3, "="]])
    world.review(NORTH, first)
    second = world.report(N1, SPRING, definition, [["SUM", "", "reported", 7, "="]])
    node.deliver(world.said)
    values = [totals(node, CITY, standing)["SUM", ""] for standing in ("latest", "endorsed")]
    assert [total.figure.value for total in values] == [7, 3]
    assert [total.coverage.not_endorsed for total in values] == [1, 1]
    world.review(NORTH, second)
    node.deliver(world.said)
    values = [totals(node, CITY, standing)["SUM", ""] for standing in ("latest", "endorsed")]
    assert [(total.figure.value, total.coverage.not_endorsed) for total in values] == [(7, 0), (7, 0)]


def test_invariant_4_a_moved_town_counts_where_it_stood_on_the_periods_last_day(node: Node, world: World):
    definition = world.define()
    for period, value in zip(PERIODS, (3, 5), strict=True):
        world.report(N1, period, definition, [["SUM", "", "reported", value, "="]])
    node.deliver(world.said)
    world.move(N1, SOUTH, date(2026, 3, 15))
    node.deliver(world.said)
    with node.work() as session:
        values = {
            (code, period): next(
                total.figure.value
                for total in explain.totals(session, code, TEMPLATE, period, "latest")
                if total.line.indicator == "SUM"
            )
            for code in (CITY, NORTH, SOUTH)
            for period in PERIODS
        }
    assert values == {
        (CITY, PERIODS[0]): 3,
        (CITY, PERIODS[1]): 5,
        (NORTH, PERIODS[0]): 3,
        (NORTH, PERIODS[1]): None,
        (SOUTH, PERIODS[0]): None,
        (SOUTH, PERIODS[1]): 5,
    }


def test_a_city_total_is_one_statement_beside_reading_the_template(node: Node, world: World):
    world.report(N1, SPRING, world.define(lines=("SUM", "BASE", "WHO")), [["SUM", "", "reported", 3, "="]])
    node.deliver(world.said)
    statements: list[str] = []
    event.listen(node.registry.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    totals(node, CITY)
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len([one for one in asked if "tiers_rollup" in one]) == 1
    assert len(asked) == 2


COLUMNS = {"probe_record": ("title", "starts_on")}
FACTS = {("probe_record", "r1"): ["第一期", "2026-03-01"], ("probe_record", "r2"): ["第二期", "2026-04-02"]}
ROWS = [
    Contribution("SUM", "", "probe_record", "r1", 2),
    Contribution("SUM", "", "probe_record", "r2", 1),
    Contribution("WHO", "", "probe_record", "r1", 1, 77),
]


def reported(world: World):
    part = make_part("evidence", evidence.write(COLUMNS, ROWS, FACTS))
    cells = [["SUM", "", "reported", 3, "="], ["WHO", "", "reported", 1, "=", [77]]]
    return world.report(N1, SPRING, world.define(), cells, parts=[part])


def test_a_cell_opens_the_contributions_that_its_report_kept(node: Node, world: World):
    report = reported(world)
    node.deliver(world.said)
    with node.work() as session:
        found = explain.evidence(session, CITY, report.hash, "SUM", "")
        who = explain.evidence(session, N1, report.hash, "WHO", "")
        nothing = explain.evidence(session, N1, report.hash, "BASE", "")
    assert found.columns == ("title", "starts_on")
    assert [(row.record, row.value, row.values) for row in found.rows] == [
        ("r1", 2, ("第一期", "2026-03-01")),
        ("r2", 1, ("第二期", "2026-04-02")),
    ]
    assert [row.key for row in who.rows] == [77]
    assert nothing.rows == ()
    assert (found.erased, found.withheld, found.changed_since) == (False, False, None)


@pytest.mark.parametrize("viewer", [SOUTH, S1, N2, "nobody"])
def test_invariant_17_nobody_else_opens_it(node: Node, world: World, viewer: str):
    report = reported(world)
    node.deliver(world.said)
    with node.work() as session, pytest.raises(NotFound):
        explain.evidence(session, viewer, report.hash, "SUM", "")


def test_invariant_20_erased_or_withheld_evidence_is_told_apart_and_changes_no_figure(
    node: Node, world: World
):
    report = reported(world)
    node.deliver(world.said)
    before = totals(node, CITY)
    with node.work() as session:
        session.connection().execute(update(LedgerPart).values(content=None, salt=b""))
        held_back = explain.evidence(session, CITY, report.hash, "SUM", "")
        session.connection().execute(update(LedgerPart).values(erased=True))
        erased = explain.evidence(session, CITY, report.hash, "SUM", "")
    assert (held_back.withheld, held_back.erased, held_back.rows) == (True, False, ())
    assert (erased.withheld, erased.erased, erased.rows) == (False, True, ())
    assert totals(node.rebuild(), CITY) == before


def test_a_report_without_evidence_opens_nothing(node: Node, world: World):
    report = world.report(N1, SPRING, world.define(), [["SUM", "", "reported", 3, "="]])
    node.deliver(world.said)
    with node.work() as session:
        assert explain.evidence(session, N1, report.hash, "SUM", "") == explain.Evidence()


def test_an_unknown_template_period_or_figure_is_not_found(node: Node, world: World):
    world.define()
    node.deliver(world.said)
    with node.work() as session:
        with pytest.raises(NotFound):
            explain.totals(session, CITY, "other", SPRING, "latest")
        with pytest.raises(NotFound):
            explain.parts(session, CITY, *SCOPE, "NOPE", "", "ab")
