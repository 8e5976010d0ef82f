"""A node among bodies that speak, correct, review, move and cheat, while deliveries fail and repeat."""

from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from renda_tiers.documents.models import LedgerPart
from renda_tiers.documents.signing import make_part
from tests.tiers.simulation import oracle
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import FIRST_DAYS, cells, forge, moves
from tests.tiers.simulation.test_convergence import assert_right
from tests.tiers.simulation.world import CITY, NORTH, PERIODS, SMALL, SOUTH, Said, World

pytestmark = pytest.mark.simulation


class PowerCut(Exception):
    """The process dies before the commit."""


class Chain(RuleBasedStateMachine):
    """Everything that a receiving node may live through; after each delivery its folds are right."""

    node: Node
    reports = Bundle("reports")
    definitions = Bundle("definitions")

    @initialize(target=definitions, origin=st.sampled_from([CITY, NORTH]))
    def begin(self, origin: str) -> Said:
        self.node.reset()
        self.world = World().found()
        self.held: list[Said] = []
        return self.world.define(origin=origin)

    @rule(
        target=definitions,
        number=st.integers(1, 2),
        origin=st.sampled_from([CITY, NORTH, SOUTH]),
        since=st.sampled_from(FIRST_DAYS),
    )
    def define_anew(self, number: int, origin: str, since: date | None) -> Said:
        return self.world.define(f"meaning {number}", origin=origin, since=since)

    @rule(
        target=reports,
        definition=definitions,
        code=st.sampled_from(sorted(SMALL)),
        period=st.sampled_from(PERIODS),
        said=cells(),
    )
    def report(self, definition: Said, code: str, period: str, said: list) -> Said:
        return self.world.report(code, period, definition, said, parts=[make_part("evidence", b"{}")])

    @rule(report=reports, decision=st.sampled_from(["endorse", "endorse", "return"]))
    def review(self, report: Said, decision: str) -> None:
        reviewer = self.world.parent_on(report.document.origin, report.document.body["period"])
        if reviewer:
            self.world.review(reviewer, report, decision)

    @rule(target=reports, report=reports, definition=definitions, said=cells(), fork=st.booleans())
    def correct(self, report: Said, definition: Said, said: list, fork: bool) -> Said:
        before = report.document
        revision = before.revision if fork else None
        return self.world.report(before.origin, before.body["period"], definition, said, revision=revision)

    @rule(move=moves)
    def move(self, move) -> None:
        self.world.move(*move)

    @rule(target=reports, report=reports, data=st.data())
    def cheat(self, report: Said, data) -> Said:
        forge(data.draw, self.world, report)
        return multiple()

    @rule(data=st.data(), whole=st.booleans())
    def deliver(self, data, whole: bool) -> None:
        batch = self._batch(data, whole)
        self.node.receive(batch)
        self.held += batch
        assert_right(self.node, self.held)

    @rule(data=st.data(), whole=st.booleans())
    def lose_power_while_receiving(self, data, whole: bool) -> None:
        """Invariant 3: what was not committed left no trace."""
        before = self.node.dump()
        with pytest.raises(PowerCut):
            self._lose(self._batch(data, whole))
        assert self.node.dump() == before

    def _lose(self, batch: list[Said]) -> None:
        with self.node.work() as session:
            self.node.take(session, batch)
            raise PowerCut

    @rule()
    def rebuild(self) -> None:
        """Invariant 15."""
        before = self.node.dump()
        assert self.node.rebuild().dump() == before

    @rule(report=reports)
    def erase_evidence(self, report: Said) -> None:
        """Invariant 20."""
        before = self.node.dump()
        with self.node.work() as session:
            session.connection().execute(
                update(LedgerPart)
                .where(LedgerPart.document == report.hash)
                .values(salt=b"", content=None, erased=True)
            )
        assert self.node.rebuild().dump() == before

    def _batch(self, data, whole: bool) -> list[Said]:
        if whole:
            return data.draw(st.permutations(self.world.said))
        return data.draw(st.lists(st.sampled_from(self.world.said), min_size=1, max_size=12))

    def teardown(self) -> None:
        """Faults stop: everything is delivered, and the state is that of a node that got it at once."""
        if hasattr(self, "held"):
            self.node.deliver(self.world.said)
            assert_right(self.node, self.world.said)
            state = self.node.dump()
            assert self.node.reset().deliver(self.world.said).dump() == state
            assert oracle.judge(self.world.said).edges


def test_invariants_1_3_4_15_and_20_whatever_a_node_lives_through(receiver: Node) -> None:
    class OnThisNode(Chain):
        node = receiver

    run_state_machine_as_test(OnThisNode, settings=settings(stateful_step_count=12))
