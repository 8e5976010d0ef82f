"""Building the demonstration: nodes that join one another, and what their bodies are and have."""

from collections.abc import Callable

from sqlalchemy import select

from renda.app import unit_of_work, upgrade
from renda.clock import Clock, system_clock
from renda.directory import service
from renda.types import Registry
from renda_tiers.demo import decade, nodes, plan, world
from renda_tiers.demo.chain import Chain, Hand, within
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar, Place
from renda_tiers.links import entering, joining, managing
from renda_tiers.links.models import PARENT, Link

Say = Callable[[str], None]
"""Told the name of each step."""


def begin(servers: Servers, calendar: Calendar, say: Say) -> Chain:
    """The nodes with their bodies, persons and records, joined and level; nothing was reported yet."""
    say("bodies")
    hand = Hand(calendar.after(calendar.before, -20))
    chain = Chain({}, within)
    nodes.create(servers)
    for place in plan.PLACES:
        registry = _prepared(servers, place, hand)
        if place.above:
            _join_within(chain, place, registry)
        else:
            chain.nodes[place.code] = registry
            with chain.work(place.code) as session:
                world.found(session, registry, hand.now)
                decade.publish(session, registry, hand.now)
        chain.settle()
    with chain.work(plan.RETURNED) as session:
        service.enable(session, plan.RETURNED, "training", plan.FOUNDED)
    say("records")
    sitting = world.roster(chain.bodies)
    for code, bodies in chain.hosted():
        with chain.work(code) as session:
            world.populate(session, bodies, sitting, hand.now)
        for period in (calendar.before, calendar.period):
            with chain.work(code) as session:
                for body in bodies:
                    world.keep_records(session, chain, body, period, calendar.after(period, 0))
    chain.settle()
    return chain


def _prepared(servers: Servers, place: Place, clock: Clock) -> Registry:
    nodes.prepare(servers, place)
    registry = nodes.open_(servers, place, clock)
    upgrade(registry)
    return registry


def _join_within(chain: Chain, place: Place, registry: Registry) -> None:
    above = chain.nodes[place.above]

    def send(_address: str, request: bytes) -> bytes:
        with chain.work(place.above) as session:
            return joining.accept(session, request, now=above.clock())

    with chain.work(place.above) as session:
        code = joining.invite(session, place.code, now=above.clock())
    entering.join(registry, place.code, above.values["tiers.address"], code, send=send)
    chain.nodes[place.code] = registry


def move(servers: Servers, chain: Chain, place: Place) -> None:
    """Give a hosted body a node of its own, over HTTP, with all that is kept for it."""
    registry = _prepared(servers, place, system_clock)
    above = chain.nodes[place.above].values["tiers.address"]
    with chain.work(place.above) as session:
        code = joining.invite(session, place.code, now=system_clock())
    entering.join(registry, place.code, above, code)
    chain.nodes[place.code] = registry


def readdress(servers: Servers) -> None:
    """Let the nodes of a finished demonstration call one another where they listen now."""
    for place in plan.PLACES:
        nodes.prepare(servers, place)
    addresses = {place.code: servers.address(place) for place in plan.PLACES}
    for place in plan.PLACES:
        registry = nodes.open_(servers, place, system_clock)
        with unit_of_work(registry) as session:
            for link in session.scalars(select(Link).where(Link.role == PARENT)).all():
                address = addresses[link.peer]
                if link.address != address:
                    managing.readdress(session, link.peer, address, actor=None, now=system_clock())
        registry.engine.dispose()
