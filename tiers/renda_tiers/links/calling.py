"""The child's side: calling the parent at once when there is something to say, and at an easy pace otherwise.

A call that fails is tried again for ever, after a random wait below a limit that doubles up to ten minutes,
and at once on any sign of life; each time with half as much, and on from there with as much as got through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.errors import RendaError
from renda.failpoints import reach
from renda.i18n import _, freeze
from renda.tasks.owner import alone
from renda.tasks.queue import wait
from renda.types import Registry
from renda_tiers.documents import store
from renda_tiers.documents.payload import digest
from renda_tiers.links import carrying, exchange, gate, keys, messages, waking
from renda_tiers.links.exchange import NOTHING, Absorbed
from renda_tiers.links.messages import Opened
from renda_tiers.links.models import CLOSED, OPEN, PARENT, REFUSED, Link
from renda_tiers.links.node import signing_key, this
from renda_tiers.links.sealing import NotAMessage
from renda_tiers.links.transports import http

Send = Callable[[str, bytes], bytes]
"""(Address, call) → answer; raises `http.Unreachable` or `http.Rejected`."""

MOST_ROUNDS = 100
"""Calls of one turn; what is left then goes with the next."""
LARGEST, SMALLEST = exchange.BUDGET, exchange.BUDGET // 32
"""Bytes of documents in a call: more takes memory at the other end, and over a bad line less gets through."""
BUSY = timedelta(seconds=1)
"""How soon to look again where somebody else is calling."""
SLOWEST = timedelta(minutes=10)
FASTEST = timedelta(seconds=30)
"""An idle child does not call more often than this, whatever the parent asks for."""


class NotFromParent(NotAMessage):
    """An answer that the parent did not give to this call."""

    message = _("The answer is not from the node above, or not to this call.")


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where a series of calls stands: what the next has to answer, and whether it leaves at once."""

    got: Absorbed
    asked: tuple[str, ...] = ()
    again: bool = True


def exchange_over_http(address: str, call: bytes) -> bytes:
    """One call to the parent's node."""
    return http.post(address, http.EXCHANGE, call)


def dial(registry: Registry, peer: str, send: Send = exchange_over_http) -> bool:
    """Call a parent until there is nothing more to say, and arrange for the next time.

    Several processes of a node may be asked to; the parent hands a token from call to call, and would take
    two that call at once for a node and its copy. False where somebody else was calling already: then it is
    called once more soon after.
    """
    with alone(registry.engine, f"{waking.DIAL}:{peer}") as free:
        if free:
            _talk(registry, peer, send)
    # Only now, since others may have found the line taken until here, with something new to say.
    with unit_of_work(registry) as session:
        link = session.get(Link, peer)
        if link is not None and link.state != CLOSED:
            if not free:
                waking.soon(session, waking.DIAL, peer, registry.clock() + BUSY)
            elif link.next_call is not None:
                waking.later(session, waking.DIAL, peer, link.next_call)
    return free


def _talk(registry: Registry, peer: str, send: Send) -> None:
    turn, budget = _Turn(NOTHING), _fitting(registry, peer)
    for _round in range(MOST_ROUNDS):
        try:
            turn = _call(registry, peer, turn, send, budget)
        except RendaError as error:
            with unit_of_work(registry) as session:
                _failed(session, peer, error, registry.clock())
            return
        if not turn.again:
            return


def _fitting(registry: Registry, peer: str) -> int:
    """Bytes with which to begin, after as many calls as failed in a row."""
    with unit_of_work(registry) as session:
        failed = session.scalar(select(Link.tries).where(Link.peer == peer)) or 0
    # Beyond some shift it is the smallest anyway.
    return max(SMALLEST, LARGEST >> min(failed, LARGEST.bit_length()))


def _call(registry: Registry, peer: str, turn: _Turn, send: Send, budget: int) -> _Turn:
    now = registry.clock()
    with unit_of_work(registry) as session:
        link = session.get(Link, peer)
        if link is None or link.state == CLOSED:
            return _Turn(NOTHING, again=False)
        address, token = link.address, link.token
        message = exchange.compose(
            session,
            link,
            now=now,
            want=turn.got.want,
            asked=turn.asked,
            refused=turn.got.refused,
            budget=budget,
            token=token,
        )
        call = messages.encode(message, signing_key(session))
    reach("links.called")
    answer = send(address, call)
    reach("links.answered")
    with unit_of_work(registry) as session:
        store.lock(session, f"tiers.link:{peer}")
        found = session.get(Link, peer)
        if found is None:
            return _Turn(NOTHING, again=False)
        if found.token != token:
            # Another call was made and answered meanwhile: what this one was told is out of date.
            return _Turn(NOTHING)
        return hear(session, found, call, answer, now=registry.clock())


def hear(session: Session, link: Link, call: bytes, data: bytes, *, now: datetime) -> _Turn:
    """Take in the parent's answer to a call.

    Raises:
        NotAMessage, NotFromParent: it is no answer, or not the parent's to this call.
    """
    opened = messages.decode(data)
    answer = opened.message
    _ensure_from_parent(session, link, call, opened, now)
    if answer.refused:
        carrying.take_in(session, answer.documents, now)
        link.state, link.reason = REFUSED, answer.refused
        link.next_call = now + SLOWEST
        # A key that was granted meanwhile speaks at once.
        return _Turn(NOTHING, again=False)
    if answer.stale:
        link.token = answer.token
        if not answer.recovering:
            gate.close(session)
        return _Turn(NOTHING)
    link.state, link.token = OPEN, answer.token
    address = link.address
    got = exchange.absorb(session, link, answer, now=now)
    # Where the parent can be called is for this node's administrator to say.
    link.address = address
    link.next_call = now + max(FASTEST, min(SLOWEST, timedelta(seconds=answer.pace)))
    again = exchange.has_more(session, link, answer, got)
    return _Turn(got, tuple(answer.want), again)


def _ensure_from_parent(session: Session, link: Link, call: bytes, opened: Opened, now: datetime) -> None:
    answer = opened.message
    _head, _line, payload = call.partition(b"\n")
    if (
        answer.answers != digest(payload)
        or answer.node != link.peer
        or answer.to != this(session).organisation
    ):
        raise NotFromParent
    if not keys.introduce(session, link.peer, opened.key, answer.tickets, now):
        raise NotFromParent


def _failed(session: Session, peer: str, error: RendaError, now: datetime) -> None:
    link = session.get(Link, peer)
    if link is None:
        return
    link.tries += 1
    link.reason = freeze(error.message)
    link.next_call = now + wait(link.tries)


def sign_of_life(session: Session, now: datetime) -> None:
    """The parent's node lives: call it now, whatever wait was left."""
    for link in session.scalars(select(Link).where(Link.role == PARENT, Link.state != CLOSED)):
        waking.soon(session, waking.DIAL, link.peer, now)


def poke(registry: Registry, peer: str) -> None:
    """Knock at a child's node, where its address is known; one that does not answer calls by itself.

    Since other background work may be waiting, it is left alone then: for `SLOWEST`, or until it calls.
    """
    now = registry.clock()
    with unit_of_work(registry) as session:
        link = session.get(Link, peer)
        if link is None or link.state != OPEN or not link.address:
            return
        if link.next_call is not None and now < link.next_call <= now + SLOWEST:
            return
        address = link.address
    try:
        http.post(address, http.POKE, b"", http.KNOCK)
    except http.Rejected:
        return
    except http.Unreachable:
        with unit_of_work(registry) as session:
            session.execute(update(Link).where(Link.peer == peer).values(next_call=now + SLOWEST))
