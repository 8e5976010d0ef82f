"""Four nodes as they are run, `renda serve` each, behind lossy wires, killed and rolled back while they work.

The test keeps the books: of every body the last figure that was said. In the end every node's totals are
those of the books: nothing is lost, and nothing counts twice.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from sqlalchemy import select

from renda import backup
from renda.clock import system_clock
from renda.indicators.periods import Period
from renda.testing.plugin import Databases
from renda_tiers.documents import forks, issuing, ledger
from renda_tiers.documents.models import LedgerDocument, ThisNode
from renda_tiers.links import routing
from renda_tiers.links.models import Link
from renda_tiers.reports import standings
from renda_tiers.rollup.models import RollupCell
from tests.network import lossy
from tests.network.running import Running, free_port
from tests.tiers.links import society
from tests.tiers.links.network import Network
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, PERIODS, S1, SOUTH

NODES = (CITY, NORTH, SOUTH, N1)
HOSTED = {NORTH: (NORTH, N2), SOUTH: (SOUTH, S1), N1: (N1,)}
"""Who speaks on which node; what the city says concerns nobody else, so that a rolled-back city could lose it."""
SPEAKERS = [(node, code) for node, codes in HOSTED.items() for code in codes]
ABOVE = {NORTH: CITY, SOUTH: CITY, N1: NORTH}
ROUNDS = 14
PATIENCE = 90
"""Seconds until all must agree, once the accidents have stopped."""

pytestmark = pytest.mark.network


@dataclass
class Wired(Running):
    """A node that others reach over a lossy wire."""

    wire: lossy.Wire = field(kw_only=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.wire.port}/"


@pytest.fixture
def nodes(databases: Databases, tmp_path: Path) -> Iterator[dict[str, Wired]]:
    """Four nodes that have joined one another and are level; not yet running."""
    chance = random.Random(20260506)
    wires = {code: lossy.Wire(free_port(), chance) for code in NODES}
    stop = lossy.run(list(wires.values()))
    made = {
        code: Wired(code, databases.fresh(), tmp_path / code, wires[code].target, wire=wires[code])
        for code in NODES
    }
    try:
        connect(made)
        yield made
    finally:
        for node in made.values():
            node.kill()
            node.registry.engine.dispose()
        stop()
        for node in made.values():
            databases.drop(node.url)


def connect(nodes: dict[str, Wired]) -> None:
    """Found the city and let the others join it, without a wire; then let them call over their wires."""
    society.found(nodes[CITY])
    inside = Network()
    for code in NODES:
        inside.add(nodes[code])
        if code in ABOVE:
            inside.join(code, ABOVE[code])
            inside.settle(3)
    for code, above in ABOVE.items():
        with nodes[code].work() as session:
            link = session.get(Link, above)
            assert link is not None
            assert link.level
            link.address = nodes[above].address


def say(node: Wired, code: str, period: str, value: int) -> bool:
    """Whether a body on a node has reported a figure: False where the node is behind its gate or busy."""
    try:
        with node.work() as session:
            above = standings.ancestors_on(session, code, Period.parse(period).end)
            definition = session.scalars(
                select(LedgerDocument.hash).where(LedgerDocument.kind == "definition")
            ).one()
            cells = [["SUM", "", "reported", value, "="]]
            statement = society.report(code, period, definition, cells, above)
            issuing.issue(session, [statement], now=system_clock())
    except issuing.Recovering:
        return False
    return True


def totals(node: Wired, code: str) -> dict[str, int]:
    """What a node shows for a body, by period."""
    with node.look() as session:
        rows = session.execute(
            select(RollupCell.period, RollupCell.value).where(
                RollupCell.organisation == code, RollupCell.standing == "latest"
            )
        )
        return {row.period: row.value for row in rows}


def state(node: Wired) -> Any:
    """What helps to understand why a node is not level."""
    shown = totals(node, node.code)
    with node.look() as session:
        links = [
            (one.peer, one.state, one.level, one.recovering, one.tries, one.reason, one.alarm)
            for one in session.scalars(select(Link))
        ]
        waiting = routing.count_waiting(session)
        return session.scalar(select(ThisNode.recovering)), links, waiting, shown


def is_level(node: Wired) -> bool:
    with node.look() as session:
        links = session.scalars(select(Link)).all()
        closed = session.scalar(select(ThisNode.recovering))
        return not closed and not routing.count_waiting(session) and all(link.level for link in links)


def wait(until: Callable[[], bool], nodes: dict[str, Wired], seconds: float = PATIENCE) -> None:
    """Knock at every node until something is true."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            pytest.fail(pformat({code: state(node) for code, node in nodes.items()}, width=200))
        for node in nodes.values():
            node.poke()
        time.sleep(0.3)


def are_level(nodes: dict[str, Wired]) -> bool:
    return all(map(is_level, nodes.values()))


class Books:
    """What every body has said last, kept outside of any node."""

    def __init__(self, nodes: dict[str, Wired], chance: random.Random) -> None:
        self.nodes, self.chance = nodes, chance
        self.figures: dict[tuple[str, str], int] = {}

    def let_say(self, host: str, code: str) -> bool:
        period, value = self.chance.choice(PERIODS), self.chance.randrange(100)
        if not say(self.nodes[host], code, period, value):
            return False
        self.figures[code, period] = value
        self.nodes[host].poke()
        return True

    def totals(self, prefix: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for (code, period), value in self.figures.items():
            if code.startswith(prefix):
                found[period] = found.get(period, 0) + value
        return found

    def are_right(self) -> bool:
        shown = [(self.nodes[code], code) for code in (CITY, NORTH, SOUTH)] + [(self.nodes[CITY], NORTH)]
        return all(totals(node, code) == self.totals(code.rstrip("0")) for node, code in shown)


def test_nothing_is_lost_and_nothing_counts_twice(nodes: dict[str, Wired], tmp_path: Path) -> None:
    chance = random.Random(7)
    books = Books(nodes, chance)
    copies = {code: tmp_path / f"{code}.backup" for code in NODES}
    for code, node in nodes.items():
        backup.backup(node.registry, copies[code], datetime.now(UTC))
        node.start()
    wait(lambda: all(node.is_up() for node in nodes.values()), nodes)
    for number in range(ROUNDS):
        for host, code in chance.sample(SPEAKERS, 3):
            books.let_say(host, code)
        victim = nodes[chance.choice(NODES)]
        if number % 3 == 1:
            victim.kill()
            victim.start()
        time.sleep(0.5)
    for node in nodes.values():
        node.wire.loss = 0.25
    for code in (N1, CITY, NORTH, SOUTH):
        roll_back(nodes, code, copies[code])
    wait(lambda: are_level(nodes) and books.are_right(), nodes)
    for host, code in SPEAKERS:
        assert books.let_say(host, code), "whoever is level may speak"
    wait(lambda: are_level(nodes) and books.are_right(), nodes)
    for node in nodes.values():
        with node.look() as session:
            assert ledger.verify(session) == []
            assert forks.find(session) == []
    happened = sum((node.wire.fates for node in nodes.values()), start=lossy.Counter())
    assert set(happened) >= {"pass", "no answer", "twice"}, happened


def roll_back(nodes: dict[str, Wired], code: str, copy: Path) -> None:
    """Once all is known in two places, a machine dies by the axe, and its oldest backup takes its place."""
    wait(lambda: are_level(nodes), nodes)
    node = nodes[code]
    node.kill()
    backup.restore(node.registry, copy, replace=True)
    node.start()
