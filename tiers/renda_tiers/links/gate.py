"""The gate: a restored or newly joined node signs nothing until it knows again all that it said before.

It opens when, on every open link, both digests agree, everything that the peer lists is here, and the peer is
not itself still fetching. Where several nodes of a chain were restored, what survived only far below comes up
first: to its parent a node says that it is ready as soon as it is level with those below, to those below only
once its gate is open. The administrator can waive a child that does not call.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import hosting
from renda_tiers.links.models import CHILD, OPEN, PARENT, Link


def close(session: Session) -> None:
    """Let this node sign nothing until it is level with its peers; no peer counts as level any more.

    Nor does a call that a child made before, should it come only now or again, nor a file that was written
    before: they would tell that both agreed as they did then. Where this node knows no peer there is nobody
    to wait for, and the gate stays open.
    """
    links = session.scalars(select(Link).where(Link.state == OPEN)).all()
    for node in session.scalars(select(ThisNode)):
        node.recovering = bool(links)
    for link in links:
        link.level = link.waived = False
        link.mark = ""
        if link.role == CHILD:
            expect_anew(link)
    session.flush()


def expect_anew(link: Link) -> None:
    """Hear nothing of a child but calls that it makes after it was told this token."""
    link.token = link.token_before = new_id().hex


def waits_for(session: Session) -> list[str]:
    """Codes of the peers with which this node is not level yet."""
    links = session.scalars(select(Link).where(Link.state == OPEN).order_by(Link.peer))
    return [link.peer for link in links if not _is_settled(link)]


def _is_settled(link: Link) -> bool:
    return link.waived or (link.level and not link.recovering)


def is_fetching(session: Session, link: Link) -> bool:
    """What this node says of its gate to a peer: to its parent, that it is not yet level with those below."""
    if not session.scalars(select(ThisNode.recovering)).one():
        return False
    if link.role != PARENT:
        return True
    below = select(Link).where(Link.state == OPEN, Link.role != PARENT)
    return not all(map(_is_settled, session.scalars(below)))


def consider(session: Session, now: datetime) -> None:
    """Open the gate if this node is level with all its peers, and take over what was handed to it."""
    node = session.scalars(select(ThisNode)).one_or_none()
    if node is not None and node.recovering and not waits_for(session):
        node.recovering = False
        session.flush()
        hosting.take_over(session, now)
