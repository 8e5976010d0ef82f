"""Invariant 8: a publication never changes; v(n+1) − v(n) = the listed corrections."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda_tiers.publications import proving, publishing, vintage
from renda_tiers.publications.drafting import NothingReported
from renda_tiers.publications.vintage import Vintage
from tests.examples import some
from tests.tiers.publications.conftest import PUBLISHERS, speaking, stored
from tests.tiers.simulation import oracle
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import ACTIONS, act
from tests.tiers.simulation.world import NOW, PERIODS, TEMPLATE, Said, World

ADDED = frozenset({Kind.SUM, Kind.STOCK})


def bare(figure: Any) -> tuple[Any, ...]:
    return (figure.status, figure.value, figure.qualifier, figure.holder, figure.reported, figure.nil)


@dataclass
class History:
    """What was said in a world, and the vintages that were published in between."""

    node: Node
    world: World = field(default_factory=lambda: World().found())
    definitions: list[Said] = field(default_factory=list)
    reports: list[Said] = field(default_factory=list)
    vintages: list[Vintage] = field(default_factory=list)
    delivered: int = 0

    def act(self, draw: Any, action: str) -> None:
        act(draw, self.world, action, self.definitions, self.reports)

    def deliver(self) -> None:
        self.node.receive(self.world.said[self.delivered :])
        self.delivered = len(self.world.said)

    def publish(self, organisation: str, period: str, standing: str) -> None:
        """Publish, if anything can be; the vintage says what the oracle finds in all that was said."""
        self.deliver()
        later = NOW + timedelta(hours=len(self.vintages))
        with self.node.work() as session:
            try:
                done = publishing.publish(
                    session,
                    organisation,
                    TEMPLATE,
                    Period.parse(period),
                    standing=standing,
                    actor=None,
                    now=later,
                )
            except NothingReported:
                return
            found = vintage.read(session, done.document)
        if done.new:
            self.vintages.append(found)
        right = oracle.judge(self.world.said).figures(organisation, period, standing)
        said = {(one.line.indicator, one.dimension, one.meaning): one for one in found.cells}
        assert {key: bare(one.figure) for key, one in said.items() if one.figure.status} == {
            key: bare(fold) for key, (fold, _late, _unendorsed) in right.items()
        }
        assert all(said[key].coverage.late == late for key, (_fold, late, _other) in right.items())


def history(node: Node, data: Any) -> History:
    found = History(speaking(node.reset()))
    found.definitions.append(found.world.define())
    for action in data.draw(st.lists(st.sampled_from([*ACTIONS, *["publish"] * 8]), min_size=4, max_size=14)):
        if action == "publish":
            found.publish(
                data.draw(st.sampled_from(PUBLISHERS)),
                data.draw(st.sampled_from(PERIODS)),
                data.draw(st.sampled_from(["latest", "latest", "endorsed"])),
            )
        else:
            found.act(data.draw, action)
    found.deliver()
    return found


def numbers(cells: Iterable[Any]) -> dict[tuple[str, str], int]:
    """Figures that add up, by meaning and dimension."""
    return {(one.meaning, one.dimension): one.figure.value or 0 for one in cells if one.line.kind in ADDED}


@given(data=st.data())
def test_a_vintage_never_changes_and_is_the_fold_of_the_reports_that_it_names(receiver: Node, data):
    found = history(receiver, data)
    with receiver.work() as session:
        for one in found.vintages:
            assert vintage.read(session, one.document) == one
            assert proving.faults(session, one) == []


@given(data=st.data())
def test_two_vintages_differ_by_the_listed_corrections(receiver: Node, data):
    found = history(receiver, data)
    known = {one.document: one for one in found.vintages}
    cells = oracle.judge(found.world.said)
    for new in found.vintages:
        if new.predecessor is None:
            assert (new.number, new.corrections) == (1, ())
            continue
        old = known[new.predecessor]
        assert new.number == old.number + 1
        assert dict(proving.replayed(new)) == old.reports
        then, now = numbers(old.cells), numbers(new.cells)
        added: dict[tuple[str, str], int] = {}
        for one in new.corrections:
            for change in one.changes:
                place = (change.line.meaning, change.dimension)
                if change.line.kind in ADDED:
                    added[place] = added.get(place, 0) + change.difference
            assert_exact(cells, one)
        for place in {*then, *now, *added}:
            assert now.get(place, 0) - then.get(place, 0) == added.get(place, 0)
        with receiver.work() as session:
            folded = proving.fold(session, [report for _code, report in proving.replayed(new)])
        said = {(one.meaning, one.dimension): one for one in old.cells if one.figure.status}
        assert {place: bare(one) for place, one in folded.items()} == {
            place: bare(one.figure) for place, one in said.items()
        }


def assert_exact(judged: oracle.Oracle, correction: Any) -> None:
    """The changes are just the cells that differ, as sets where something is counted once."""

    def said(document: bytes | None) -> dict[tuple[str, str], Any]:
        found = judged.cells(judged.reports[document]) if document else ()
        return {(one.meaning, one.dimension): one for one in found}

    old, new = said(correction.old), said(correction.new)
    assert {(one.line.meaning, one.dimension) for one in correction.changes} == {
        place for place in {*old, *new} if plain(old.get(place)) != plain(new.get(place))
    }
    for one in correction.changes:
        place = (one.line.meaning, one.dimension)
        keys, now = (side[place].keys if place in side else frozenset() for side in (old, new))
        assert (one.left, one.came) == (len(keys - now), len(now - keys))


def plain(cell: Any) -> Any:
    return cell and (cell.status, cell.value, cell.qualifier, cell.keys, cell.texts)


@some()
@given(data=st.data())
def test_vintages_come_to_the_same_in_any_order_and_after_a_rebuild(receiver: Node, data):
    found = history(receiver, data)
    with receiver.work() as session:
        published = stored(session, "publication")
    straight = receiver.dump()
    assert receiver.rebuild().dump() == straight
    stream = data.draw(st.permutations([*found.world.said, *published]))
    cut = data.draw(st.integers(0, len(stream)))
    receiver.reset().receive(stream[:cut])
    receiver.receive(stream[cut:])
    assert receiver.dump() == straight
    with receiver.work() as session:
        for one in found.vintages:
            assert vintage.read(session, one.document) == one
