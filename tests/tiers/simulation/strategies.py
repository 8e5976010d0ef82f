"""Histories: what bodies may say in two periods, in any statuses and kinds, with corrections, reviews and moves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.tiers.simulation.world import (
    CITY,
    N1,
    N2,
    NORTH,
    PERIODS,
    S1,
    SOUTH,
    Said,
    World,
)

values = st.integers(-20, 50)
qualifiers = st.sampled_from(["=", "=", "=", ">=", "~"])
dimensions = st.sampled_from(["", "", "a"])
moves = st.sampled_from(
    [
        (N1, SOUTH, date(2026, 1, 15)),
        (N1, SOUTH, date(2026, 3, 10)),
        (S1, NORTH, date(2026, 4, 30)),
        (N2, SOUTH, date(2026, 6, 1)),
    ]
)


@st.composite
def cells(draw: st.DrawFn) -> list[list[Any]]:
    """The cells of one report: some figures, some of them nil or not applicable."""
    found: dict[tuple[str, str], list[Any]] = {}
    chosen = draw(
        st.lists(st.sampled_from(["SUM", "BASE", "STOCK", "LOW", "HIGH", "WHO", "NOTE"]), max_size=5)
    )
    for indicator in chosen:
        dimension = draw(dimensions)
        status = draw(st.sampled_from(["reported", "reported", "reported", "nil", "not_applicable"]))
        cell: list[Any] = [indicator, dimension, status]
        if status == "nil":
            cell += [0, "="]
        elif status == "not_applicable":
            cell += [None, "="]
        elif indicator == "WHO":
            keys = draw(st.lists(st.integers(0, 6) | st.just(-(2**63)), max_size=4, unique=True))
            cell += [len(keys), draw(qualifiers), keys]
        elif indicator == "NOTE":
            cell += [None, "=", draw(st.sampled_from(["好", "a note"]))]
        else:
            low = 1 if indicator == "BASE" else 0 if indicator == "SUM" else -20
            cell += [draw(st.integers(low, 50)), draw(qualifiers)]
        found[indicator, dimension] = cell
    return list(found.values())


@st.composite
def worlds(draw: st.DrawFn, tree: dict[str, str | None] | None = None, actions: int = 8) -> World:
    """A founded world and some actions in it, each as its origin would take it knowing all before."""
    world = World(dict(tree)) if tree else World()
    world.found()
    definitions = [world.define(origin=draw(st.sampled_from([CITY, CITY, NORTH])))]
    reports: list[Said] = []
    for action in draw(st.lists(st.sampled_from(ACTIONS), min_size=2, max_size=actions)):
        act(draw, world, action, definitions, reports)
    return world


def act(draw: st.DrawFn, world: World, action: str, definitions: list[Said], reports: list[Said]) -> None:
    """One action in a world in which these definitions and reports were said."""
    if action == "report" or not reports:
        code = draw(st.sampled_from(sorted(world.tree)))
        period = draw(st.sampled_from(PERIODS))
        later = draw(st.sampled_from([-60, 0, 0]))
        definition = draw(st.sampled_from(definitions))
        reports.append(world.report(code, period, definition, draw(cells()), later=later))
    elif action == "review":
        report = draw(st.sampled_from(reports))
        reviewer = world.parent_on(report.document.origin, report.document.body["period"])
        if reviewer:
            world.review(reviewer, report, draw(st.sampled_from(["endorse", "endorse", "return"])))
    elif action == "correct":
        before = draw(st.sampled_from(reports)).document
        reports.append(world.report(before.origin, before.body["period"], definitions[-1], draw(cells())))
    elif action == "fork":
        before = draw(st.sampled_from(reports)).document
        reports.append(
            world.report(
                before.origin,
                before.body["period"],
                definitions[0],
                draw(cells()),
                revision=before.revision,
            )
        )
    elif action == "move":
        world.move(*draw(moves))
    elif action == "define":
        origin, since = draw(st.sampled_from([CITY, CITY, NORTH, SOUTH])), draw(st.sampled_from(FIRST_DAYS))
        definitions.append(world.define(f"defined anew {len(definitions)}", origin=origin, since=since))
    elif action == "forge":
        forge(draw, world, reports[-1])


FIRST_DAYS = [None, None, date(2026, 1, 1), date(2026, 1, 2), date(2026, 3, 1), date(2026, 5, 1)]
"""From when on a revision may apply: always, from one of the two periods on, or from neither."""

ACTIONS = ["report"] * 4 + ["review"] * 3 + ["correct"] * 2 + ["fork", "move", "define", "define", "forge"]


def forge(draw: st.DrawFn, world: World, report: Said) -> None:
    """Somebody says what is not theirs to say."""
    what = draw(st.sampled_from(["report", "review", "place", "enrol", "definition"]))
    victim = report.document.origin
    thief = draw(st.sampled_from([code for code in (SOUTH, NORTH, S1) if code != victim]))
    if what == "report":
        body = dict(report.document.body)
        world.say("report", victim, report.document.subject, body, signer=thief, revision=99)
    elif what == "review":
        world.review(S1 if victim != S1 else N1, report)
    elif what == "place":
        world.place(N1, origin=CITY, signer=thief, revision=99)
    elif what == "enrol":
        world.enrol(N1, key=7, origin=NORTH, signer=thief, revision=99)
    else:
        world.define("forged", signer=thief, revision=99)


@st.composite
def deliveries(draw: st.DrawFn, said: Sequence[Said]) -> list[list[Said]]:
    """The documents in any order, some of them twice, cut into any batches; one body may come last of all."""
    bodies = sorted({one.document.origin for one in said})
    last = draw(st.none() | st.sampled_from(bodies))
    subjects = {f"organisation:{last}", f"enrolment:{last}"}
    order = [said[index] for index in draw(st.permutations(range(len(said))))]
    late = [one for one in order if one.document.subject in subjects]
    early = [one for one in order if one.document.subject not in subjects]
    again = draw(st.lists(st.sampled_from(said), max_size=4))
    stream = [*early, *late, *again]
    cuts = sorted(draw(st.sets(st.integers(1, len(stream) - 1), max_size=4)) | {len(early)})
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
