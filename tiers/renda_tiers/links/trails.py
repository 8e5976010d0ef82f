"""Linked nodes keep the last link of each other's audit trail: then neither can rewrite its own unseen.

Each message says where the sender's trail ends, and repeats the link whose number the receiver was last known
to keep. Where that is another one now, or the trail has become shorter, the sender's database was changed or
put back: the receiver raises an alarm, writes what it kept into its own trail, and keeps the new end from
then on. A node that knows nothing of this says nothing, and nothing is concluded from that.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.i18n import _, freeze
from renda.security import audit, trail
from renda.security.trail import START, Anchor, Anchoring
from renda_tiers.links.messages import Message, Trails
from renda_tiers.links.models import Link, LinkTrail

BROKEN = "link.trail"
"""Action of the entry that says that a peer's trail is not the one that was known of."""

_BROKEN = _(
    "The audit trail of the other node does not contain what was known of it here: "
    "the node was restored from a backup, or its trail was changed. See the audit trail here."
)
_NOTHING = (0, START)


def say(session: Session, link: Link) -> Trails:
    """What a message to a peer says of the trails at both ends."""
    connection, known = session.connection(), session.get(LinkTrail, link.peer)
    head = trail.head(connection)
    if known is None:
        return Trails(head, _NOTHING, _NOTHING)
    again = (known.held_number, trail.digest_at(connection, known.held_number))
    return Trails(head, again, (known.number, known.digest))


def hear(session: Session, link: Link, message: Message, now: datetime) -> None:
    """Compare what a peer says of its trail with what is kept of it, and keep the new end.

    The end is kept only once the message has shown that what was kept lies before it. A message that is not
    newer than the last, as a file read late, says nothing.
    """
    said, known = message.trails, session.get(LinkTrail, link.peer)
    if said is None or (known is not None and message.sent <= known.said_at):
        return
    if known is None:
        known = LinkTrail(link=link.peer, number=0, digest=START)
        session.add(known)
    number, digest = said.head
    repeated = {said.again[0]: said.again[1], number: digest, **dict([_NOTHING])}
    there = repeated.get(known.number)
    if number < known.number or there not in {None, known.digest}:
        _alarm(session, link, known, said, now)
        there = known.digest
    if there is not None:
        known.number, known.digest = number, digest
    # A clock that was ahead for a while does not silence the messages after it.
    known.said_at = min(message.sent, now)
    known.held_number, known.held_digest = said.kept
    session.flush()


def _alarm(session: Session, link: Link, known: LinkTrail, said: Trails, now: datetime) -> None:
    # Where a person has something to look at already, that is what has led to this.
    link.alarm = link.alarm or freeze(_BROKEN)
    points = {"kept": (known.number, known.digest), "again": said.again, "head": said.head}
    audit.record(
        session,
        actor=None,
        organisation=None,
        action=BROKEN,
        target=link.peer,
        now=now,
        detail={name: [number, digest.hex()] for name, (number, digest) in points.items()},
    )


def anchors(event: Anchoring) -> None:
    """What the peers keep of this node's trail, as they last said."""
    rows = event.session.scalars(select(LinkTrail).where(LinkTrail.held_number > 0))
    event.anchors.extend(Anchor(row.link, row.held_number, row.held_digest) for row in rows)
