"""The parent's side: who may be heard, and the answer to a child's call.

A key decides, never the address. A child that this node has forgotten (it was restored) shows the enrolment
that this node's organisation signed; a child whose key was closed is told why, and gets nothing else.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Forbidden
from renda.i18n import _, freeze
from renda_tiers.documents import issuing, store
from renda_tiers.documents.models import KeyGrant
from renda_tiers.links import alarms, exchange, gate, hosting, keys, messages, routing, tokens
from renda_tiers.links.messages import Message, Opened
from renda_tiers.links.models import CHILD, CLOSED, OPEN, REFUSED, Link
from renda_tiers.links.node import signing_key, this

PACE = 60
"""Seconds after which an idle child calls again."""
SKEW = timedelta(hours=1)
"""How far two clocks may differ before a person is told."""

_STALE = _(
    "The node shows an old token: it was restored from a backup, or a copy of it is running. "
    "It signs nothing until both ends agree again."
)
_CLOCK = _("The clock of the other node differs from this one by more than an hour.")


class Stranger(Forbidden):
    """A call of a node that is not enrolled below this one."""

    message = _("This node is not enrolled here. Join with a one-time code of the organisation above.")


def answer(session: Session, data: bytes, *, now: datetime) -> bytes:
    """The answer to the bytes of a call; the caller commits before it sends it.

    Raises:
        NotAMessage: the bytes are no message, or not signed by the key that they name.
        Stranger: nobody that is enrolled below this node has signed it, or it is for another node.
    """
    opened = messages.decode(data)
    call, node = opened.message, this(session)
    if call.to != node.organisation or call.answers is not None:
        raise Stranger
    reply = _reply(session, opened, now)
    return messages.encode(reply, signing_key(session))


def _reply(session: Session, opened: Opened, now: datetime) -> Message:
    call, node = opened.message, this(session)
    link = _link(session, opened, now)
    if link is None or link.state == CLOSED or not keys.speaks(session, call.node, opened.key):
        return _refusal(session, opened, link, now)
    token = tokens.given(link, call.token, opened.hash)
    if token is None:
        if not node.recovering:
            alarms.add(link, _STALE)
        return _bare(session, opened, now, token=tokens.newest(link), stale=True)
    # Whoever calls is there, even if no knock was answered.
    link.state, link.next_call = OPEN, None
    if abs(call.sent - now) > SKEW:
        alarms.add(link, _CLOCK)
    got = exchange.absorb(session, link, call, now=now)
    # Behind its gate this node signs nothing: it is asked again at the next call.
    if call.asks and not node.recovering and (speaker := hosting.speaker(session, call.node)):
        keys.grant(session, speaker, call.node, call.asks, now)
    return exchange.compose(
        session,
        link,
        now=now,
        want=got.want,
        asked=call.want,
        refused=got.refused,
        token=token,
        answers=opened.hash,
        pace=PACE,
    )


def _link(session: Session, opened: Opened, now: datetime) -> Link | None:
    """The link of the caller; made anew from its ticket where this node has forgotten it."""
    call = opened.message
    # A call may come twice at once: from a proxy, or a child that waited too long for its first answer.
    store.lock(session, f"tiers.link:{call.node}")
    link = session.get(Link, call.node)
    if link is not None and link.role != CHILD:
        raise Stranger
    known = keys.introduce(session, call.node, opened.key, call.tickets, now)
    if link is not None or not known:
        return link
    # A backup from before it moved away tells nothing of that: it seems to be hosted here still.
    keys.learn(session, call.node, call.tickets, now)
    if _hangs_here(session, call.node):
        link = Link(peer=call.node, role=CHILD)
        if this(session).recovering:
            gate.expect_anew(link)
        session.add(link)
        session.flush()
        routing.route_all(session)
    return link


def _hangs_here(session: Session, code: str) -> bool:
    """Whether an organisation's keys are for somebody here to grant, and its own are not here."""
    return code not in issuing.hosted(session) and hosting.speaker(session, code) is not None


def _refusal(session: Session, opened: Opened, link: Link | None, now: datetime) -> Message:
    code = opened.message.node
    was_known = session.scalar(
        select(KeyGrant.key).where(KeyGrant.organisation == code, KeyGrant.key == opened.key)
    )
    if was_known is None:
        raise Stranger
    if link is not None and link.state == OPEN:
        link.state = REFUSED
    sent = keys.enrolments(session, [code, this(session).organisation])
    return _bare(session, opened, now, refused=freeze(_why(session, opened, link)), documents=sent)


def _why(session: Session, opened: Opened, link: Link | None) -> str:
    """Why a caller that was known here once is refused."""
    code = opened.message.node
    said = {"code": code}
    if link is not None and link.state == CLOSED:
        return _("The administrator of the node above has closed the link with ${code}.", mapping=said)
    if keys.speaks(session, code, opened.key) and code in issuing.hosted(session):
        return _(
            "The node above was restored to a time when ${code} had not moved to this node. "
            "The next call tells it.",
            mapping=said,
        )
    return _("The key of ${code} was closed by the level above.", mapping=said)


def _bare(session: Session, opened: Opened, now: datetime, **more: object) -> Message:
    node = this(session)
    return Message(
        node=node.organisation,
        to=opened.message.node,
        sent=now,
        answers=opened.hash,
        tickets=keys.tickets(session, node.organisation),
        recovering=node.recovering,
        pace=PACE,
        **more,  # type: ignore[arg-type]
    )
