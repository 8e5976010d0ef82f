"""A city, two counties and three towns on as many nodes as they like, and what people and accidents do there.

Everything runs the real code; only the wire, the clock and the power supply are the test's.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from renda.directory import service
from renda.directory.divisions import Body
from renda.indicators.periods import Period
from renda.testing.plugin import VirtualClock
from renda_tiers import founding
from renda_tiers.documents import issuing, ledger
from renda_tiers.documents.envelope import Signed, decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import Anchor, LedgerDocument, ThisNode
from renda_tiers.links import calling, carrying, exchange, gate, hosting, messages, routing
from renda_tiers.links.messages import Sent
from renda_tiers.links.models import OPEN, Link
from renda_tiers.links.node import signing_key
from renda_tiers.links.transports.http import Rejected, Unreachable
from renda_tiers.reports import standings
from tests.tiers.links import storage
from tests.tiers.links.network import Network, Node
from tests.tiers.simulation.world import CITY, KINDS, SINCE, SMALL, TEMPLATE, Said, World, tier_of

FOUNDED = datetime.fromisoformat("2025-01-01T01:00:00+00:00")
EVERYBODY = frozenset({"*"})


class PowerCut(Exception):
    """The process dies between two statements."""


class Powers:
    """What `renda.failpoints.reach` does in these tests: the process dies there the n-th time."""

    def __init__(self) -> None:
        self.left: dict[str, int] = {}

    def reach(self, name: str) -> None:
        if name in self.left:
            self.left[name] -= 1
            if not self.left[name]:
                del self.left[name]
                raise PowerCut(name)


def definition_body(meaning: str = "") -> dict[str, Any]:
    """The body of a template with a figure of every kind."""
    return dict(World().define(meaning).document.body)


def report(
    code: str, period: str, definition: bytes, cells: Sequence[Any], above: Sequence[str]
) -> Statement:
    """A body's report on a period."""
    body = {
        "template": TEMPLATE,
        "period": period,
        "definition": definition.hex(),
        "reason": "",
        "cells": [list(cell) for cell in cells],
        "explanations": [],
    }
    return Statement("report", code, f"report:{code}:{TEMPLATE}:{period}", body, frozenset(above))


def review(reviewer: str, about: bytes, decision: str, above: Sequence[str]) -> Statement:
    """The direct parent's decision."""
    body = {"report": about.hex(), "decision": decision, "reason": "", "notes": []}
    return Statement("review", reviewer, f"review:{about.hex()}", body, frozenset(above))


def moved(placed: dict[str, Any], parent: str, day: date) -> Statement:
    """The city lets an organisation be another body's child from a day on."""
    kept = [edge for edge in placed["edges"] if edge[1] < day.isoformat()]
    old, start, _end = kept[-1]
    edges = [*kept[:-1], [old, start, day.isoformat()], [parent, day.isoformat(), None]]
    body = {**placed, "edges": edges}
    return Statement("organisation", CITY, f"organisation:{placed['organisation']}", body, EVERYBODY)


def found(node: Node) -> None:
    """All six bodies on the city's node, and a template."""
    bodies = [
        Body(code, f"机构{code}", KINDS.get(code, "town"), tier_of(code), parent, code != "900001001")
        for code, parent in SMALL.items()
    ]
    with node.work() as session:
        codes = service.place(session, bodies, SINCE)
        service.use_defaults(session, node.registry.profiles, codes, SINCE)
        founding.found(session, CITY, now=FOUNDED)
        founding.declare(session, codes, now=FOUNDED)
        statement = Statement("definition", CITY, f"definition:{TEMPLATE}", definition_body(), EVERYBODY)
        issuing.issue(session, [statement], now=FOUNDED)


@dataclass
class Wire:
    """What happens to the next calls, by their number: lost, unanswered, twice, garbled."""

    network: Network
    plan: dict[int, str] = field(default_factory=dict)

    def send(self, address: str, call: bytes) -> bytes:
        what = self.plan.pop(min(self.plan), "") if self.plan else ""
        if what == "lost":
            self.network.recorded.append((address, call))
            raise Unreachable
        if what == "garbled":
            call = call[:-20] + bytes(20)
        answer = self.network.send(address, call)
        if what == "twice":
            answer = self.network.send(address, call)
        if what == "unanswered":
            raise Unreachable
        return answer


class Society:
    """Nodes by the code at their top, what was ever said, and which of it an accident has wiped out."""

    def __init__(self, nodes: dict[str, Node], clock: VirtualClock, powers: Powers) -> None:
        self.nodes, self.clock, self.powers = nodes, clock, powers
        self.running: list[str] = []
        self.network = Network()
        self.wire = Wire(self.network)
        self.said: dict[bytes, Said] = {}
        self.held: dict[str, set[bytes]] = {}
        self.wiped: set[bytes] = set()
        self.doubtful: set[str] = set()
        self.doubted: set[bytes] = set()
        self.anchor = b""

    def begin(self, copies: dict[str, Any]) -> None:
        """Let these nodes run from copies of their databases; the others are empty."""
        for code, copy in copies.items():
            storage.lay(self.nodes[code].registry, copy)
            self.start(code)
        with self.nodes[CITY].work() as session:
            self.anchor = session.scalars(select(Anchor.key)).one()
        self.look()

    def start(self, code: str) -> None:
        self.running.append(code)
        self.network.add(self.nodes[code])

    def look(self, *codes: str) -> None:
        """Keep account of what the nodes hold now; what one has signed behind its gate is no fork."""
        for code in codes or self.running:
            node = self.nodes[code]
            with node.work() as session:
                hashes = set(session.scalars(select(LedgerDocument.hash)))
                new = sorted(hashes - self.said.keys())
                sent = carrying.load(session, new) if new else []
            for one in sent:
                self._said(code, one)
            self.held[code] = hashes

    def _said(self, code: str, one: Sent) -> None:
        said = Said(one.signed, decode(one.signed.payload))
        if code in self.doubtful or one.verdict == "aside":
            self.doubted.add(said.hash)
        else:
            alive = set().union(*self.held.values()) - self.wiped - self.doubted
            rivals = [other for other in self.said.values() if _rivals(other, said) and other.hash in alive]
            assert not rivals, (code, said, rivals)
        self.said[said.hash] = said

    def hosts(self, code: str) -> list[str]:
        """For whom a node can sign."""
        with self.nodes[code].work() as session:
            return sorted(issuing.hosted(session))

    def is_closed(self, code: str) -> bool:
        """Whether the node's gate is closed."""
        with self.nodes[code].work() as session:
            return bool(session.scalar(select(ThisNode.recovering)))

    def issue(self, code: str, make: Callable[[Any], Statement | None]) -> bytes | None:
        """Let somebody on a node say something; None where the node may or can not."""
        node = self.nodes[code]
        try:
            with node.work() as session:
                statement = make(session)
                if statement is None:
                    return None
                (hash_,) = issuing.issue(session, [statement], now=node.clock())
        except (issuing.Recovering, issuing.Forbidden, issuing.Conflict, PowerCut):
            return None
        self.look(code)
        return hash_

    def report(
        self, node: str, code: str, period: str, definition: bytes, cells: Sequence[Any]
    ) -> bytes | None:
        end = Period.parse(period).end
        return self.issue(
            node,
            lambda session: report(
                code, period, definition, cells, standings.ancestors_on(session, code, end)
            ),
        )

    def review(self, node: str, about: bytes, decision: str) -> bytes | None:
        document = self.said[about].document
        end = Period.parse(document.body["period"]).end

        def make(session: Any) -> Statement | None:
            above = standings.ancestors_on(session, document.origin, end)
            if len(above) == 1 or above[1] not in issuing.hosted(session):
                return None
            return review(above[1], about, decision, above)

        return self.issue(node, make)

    def define(self, meaning: str) -> bytes | None:
        statement = Statement(
            "definition", CITY, f"definition:{TEMPLATE}", definition_body(meaning), EVERYBODY
        )
        return self.issue(CITY, lambda _session: statement)

    def move(self, code: str, parent: str, day: date) -> None:
        def make(session: Any) -> Statement:
            placed = [
                decode(payload)
                for payload in session.scalars(
                    select(LedgerDocument.payload).where(
                        LedgerDocument.subject == f"organisation:{code}", LedgerDocument.outcome == "applied"
                    )
                )
            ]
            best = max(placed, key=lambda one: (one.origin == CITY, one.revision, one.issued, one.hash))
            return moved(dict(best.body), parent, day)

        self.issue(CITY, make)

    def call(self, code: str, plan: Sequence[str] = (), cut: tuple[str, int] | None = None) -> None:
        """A node calls the one above, with what happens to its calls on the way."""
        self.wire.plan = dict(enumerate(plan))
        if cut:
            self.powers.left = {cut[0]: cut[1]}
        node = self.nodes[code]
        with node.work() as session:
            peers = list(session.scalars(select(Link.peer).where(Link.role == "parent")))
        try:
            for peer in peers:
                calling.dial(node.registry, peer, self.wire.send)
        except PowerCut:
            pass
        finally:
            self.powers.left, self.wire.plan = {}, {}
        self.look()

    def replay(self, number: int) -> None:
        """Somebody sends an old call again."""
        if self.network.recorded:
            address, call = self.network.recorded[number % len(self.network.recorded)]
            with suppress(Rejected, Unreachable):
                self.network.answer(address, call)
            self.look()

    def smuggle(self, code: str, forged: Signed) -> None:
        """A node that somebody has taken over sends a forged document with its own key."""
        node = self.nodes[code]
        with node.work() as session:
            link = session.scalars(select(Link).where(Link.role == "parent")).first()
            if link is None or not issuing.hosted(session) & {code}:
                return
            message = exchange.compose(session, link, now=node.clock(), token=link.token)
            more = [*message.documents, Sent(forged, "applied")]
            call = messages.encode(replace(message, documents=more), signing_key(session))
            address = link.address
        with suppress(Rejected, Unreachable):
            self.network.answer(address, call)
        self.look()

    def join(self, code: str, again: bool) -> None:
        """A new node for an organisation that another one hosts; the first answer may be lost."""
        above = next((one for one in self.running if code in self.hosts(one)), None)
        if above is None or code in self.running or above in self.doubtful or self.is_closed(above):
            return
        with self.nodes[above].work() as session:
            parent = hosting.parents(session).get(code)
            if parent not in issuing.hosted(session):
                return
        self.start(code)
        self.network.join(code, above, again=again)
        self.look()

    def restore(self, code: str, copy: Any, *, declared: bool) -> None:
        """A node goes back to a backup; its administrator says so, or somebody has rolled a disk back."""
        node = self.nodes[code]
        peers = self._peers(code)
        storage.lay(node.registry, copy)
        if declared:
            with node.work() as session:
                gate.close(session)
        if not declared or peers - self._peers(code):
            # Whoever levels with it may be told that it has all that it had said, and nobody can know.
            self.doubtful |= {code, *filter(self.is_closed, self.running)}
        elif self.doubtful:
            self.doubtful.add(code)
        before = self.held[code]
        self.look(code)
        self.wiped |= before - set().union(*self.held.values())

    def _peers(self, code: str) -> set[str]:
        with self.nodes[code].work() as session:
            return set(session.scalars(select(Link.peer)))

    def call_all(self) -> bool:
        """Everybody calls; whether all is quiet then, so that nobody is in doubt any more."""
        for code in self.running:
            self.call(code)
        if not all(map(self.is_quiet, self.running)):
            return False
        self.doubtful.clear()
        return True

    def settle(self, rounds: int = 14) -> None:
        """No more accidents: everybody calls until all is quiet."""
        for _round in range(rounds):
            if self.call_all():
                return
        state = {code: self.state(code) for code in self.running}
        raise AssertionError(f"not quiet after {rounds} rounds: {state}")

    def is_quiet(self, code: str) -> bool:
        with self.nodes[code].work() as session:
            links = session.scalars(select(Link)).all()
            gate_is_open = not session.scalar(select(ThisNode.recovering))
            nothing_waits = not routing.count_waiting(session)
            level = all(one.state == OPEN and one.level and not one.tries for one in links)
            return gate_is_open and nothing_waits and level

    def state(self, code: str) -> Any:
        with self.nodes[code].work() as session:
            links = [
                (one.peer, one.state, one.level, one.recovering, one.reason)
                for one in session.scalars(select(Link))
            ]
            return session.scalar(select(ThisNode.recovering)), links

    def outcomes(self, code: str) -> dict[bytes, str]:
        with self.nodes[code].work() as session:
            return {
                row[0]: row[1] for row in session.execute(select(LedgerDocument.hash, LedgerDocument.outcome))
            }

    def projections(self, code: str) -> dict[str, str]:
        with self.nodes[code].work() as session:
            return ledger.projections(session)

    def rebuild(self, code: str) -> None:
        with self.nodes[code].work() as session:
            ledger.rebuild(session)


def _rivals(one: Said, other: Said) -> bool:
    def number(said: Said) -> tuple[Any, ...]:
        document = said.document
        return (document.kind, document.origin, document.subject, document.revision)

    return one.hash != other.hash and number(one) == number(other)
