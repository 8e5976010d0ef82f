"""What a node's administrator sees: how each link stands, what waits, what was not applied and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.i18n import _
from renda_tiers.documents import forks, issuing, store
from renda_tiers.documents.envelope import WHOLE_CHAIN, Outcome
from renda_tiers.links import beliefs, gate, joining, routing
from renda_tiers.links.joining import Invited
from renda_tiers.links.models import CHILD, CLOSED, PARENT, REFUSED, Link, LinkReach
from renda_tiers.links.node import this

SILENT_AFTER = timedelta(hours=1)
"""A link over which nothing came for so long is silent: six times the slowest pace of an idle child."""

LEVEL, BUSY, SILENT, NEVER = "level", "busy", "silent", "never"

WORDS: Mapping[str, str] = {
    LEVEL: _("level"),
    BUSY: _("under way"),
    SILENT: _("silent"),
    NEVER: _("not heard yet"),
    REFUSED: _("refused"),
    CLOSED: _("closed"),
}
"""Words for `LinkState.state`."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """How a link stands.

    Attributes:
        state: level (both ends agree), busy (something is under way), silent, never (nothing came yet),
            refused or closed.
        waiting: documents to be sent.
        missing: documents that the peer holds and this node does not.
        reason: a frozen message about the last failure, or "".
        alarm: a frozen message that a person has to look at, or "".
        holds_gate: whether this node signs nothing until this link is level.
    """

    peer: str
    name: str
    role: str
    state: str
    address: str
    last_contact: datetime | None
    next_call: datetime | None
    tries: int
    waiting: int
    missing: int
    reason: str
    alarm: str
    software: str
    recovering: bool
    holds_gate: bool


@dataclass(frozen=True, slots=True)
class NodeState:
    """How a node stands among others.

    Attributes:
        parked, aside: documents that were not applied.
        forked: forks that go on.
    """

    organisation: str
    recovering: bool
    links: Sequence[LinkState]
    parked: int
    aside: int
    forked: int
    invited: Sequence[Invited]


def of(session: Session, now: datetime) -> NodeState:
    """The state of this node and of its links, the parent first.

    Raises:
        NotFounded: there is no organisation yet.
    """
    node, waiting = this(session), routing.count_waiting(session)
    held_by = set(gate.waits_for(session)) if node.recovering else set()
    names = {row.code: row.name for row in session.execute(select(Organisation.code, Organisation.name))}
    links = [
        LinkState(
            link.peer,
            names.get(link.peer, link.peer),
            link.role,
            state_of(link, now),
            link.address,
            link.last_contact,
            link.next_call,
            link.tries,
            waiting.get(link.peer, 0),
            beliefs.missing(session, link.peer),
            link.reason,
            link.alarm,
            link.software,
            link.recovering,
            link.peer in held_by,
        )
        for link in session.scalars(select(Link).order_by(Link.role.desc(), Link.peer))
    ]
    return NodeState(
        node.organisation,
        node.recovering,
        links,
        store.count(session, Outcome.PARKED),
        store.count(session, Outcome.ASIDE),
        sum(one.ended_by is None for one in forks.find(session)),
        joining.invited(session, now),
    )


def is_level(session: Session) -> bool:
    """Whether this node speaks, has nothing to send, and both ends of each open link agree.

    Raises:
        NotFounded: there is no organisation yet.
    """
    if this(session).recovering or routing.count_waiting(session):
        return False
    return all(session.scalars(select(Link.level).where(Link.state != CLOSED)))


def state_of(link: Link, now: datetime) -> str:
    """One word for a link; a silent link says nothing of reports, and a missing report nothing of links."""
    if link.state in {CLOSED, REFUSED}:
        return link.state
    if link.last_contact is None:
        return NEVER
    # A contact that lies ahead was noted while the clock was wrong, and tells of none since.
    if abs(now - link.last_contact) > SILENT_AFTER:
        return SILENT
    return LEVEL if link.level else BUSY


def silent(session: Session, now: datetime) -> dict[str, datetime | None]:
    """Organisations whose node has been silent, or was never heard, with the last time."""
    last = {
        link.peer: link.last_contact
        for link in session.scalars(select(Link).where(Link.role == CHILD, Link.state != CLOSED))
        if state_of(link, now) in {SILENT, NEVER}
    }
    if not last:
        return {}
    reach = select(LinkReach.link, LinkReach.organisation).where(
        LinkReach.link.in_(last), LinkReach.organisation.not_in(WHOLE_CHAIN)
    )
    return {row.organisation: last[row.link] for row in session.execute(reach)}


def host_of(session: Session, code: str) -> str:
    """The organisation at the top of the node that hosts another one, as far as this node can tell.

    It is this node's own where the key lies here; else the child that reaches it, or else the parent.
    """
    here = this(session).organisation
    if code == here or code in issuing.hosted(session):
        return here
    reached = (
        select(Link.peer).join(LinkReach).where(Link.role == CHILD, LinkReach.organisation == code).limit(1)
    )
    above = select(Link.peer).where(Link.role == PARENT).limit(1)
    return session.scalar(reached) or session.scalar(above) or here
