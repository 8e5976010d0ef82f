"""Whose nodes something passes on its way, as far as this node can tell: it knows its own links alone."""

from renda_tiers.documents import issuing
from renda_tiers.links import state
from renda_tiers.links.models import CHILD, Link
from renda_tiers.matters import reach
from renda_tiers.matters.ways import Passing
from renda_tiers.reports.standings import ancestry


def add(event: Passing) -> None:
    """Name the bodies at whose own node it arrives before it is there.

    The node that this one is linked with is one. Whoever lies between the two is hosted by one of them; of
    those who lie beyond it nothing is known here, so that each may have a node of its own.
    """
    session = event.session
    link = session.get(Link, state.host_of(session, event.receiver))
    if link is None:
        return
    above = ancestry(session, {event.speaker, event.receiver})
    up, down = above(event.speaker, event.day), above(event.receiver, event.day)
    if link.role == CHILD:
        hosted = down[down.index(link.peer) + 1 :] if link.peer in down else []
    else:
        hosted = up[: up.index(link.peer)] if link.peer in up else []
    way = {link.peer, *reach.route(above, event.speaker, event.receiver, event.day)}
    event.bodies.update(way - {event.speaker, event.receiver, *hosted, *issuing.hosted(session)})
