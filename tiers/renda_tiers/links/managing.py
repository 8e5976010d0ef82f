"""What the administrator of a node does about its links; every act leaves its trace in the audit trail."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.errors import Conflict, NotFound
from renda.i18n import Translator, _, thaw
from renda.security import audit
from renda_tiers.documents import issuing
from renda_tiers.links import digests, gate, hosting, routing, waking
from renda_tiers.links.models import CHILD, CLOSED, OPEN, PARENT, REFUSED, Link
from renda_tiers.links.node import this

CALL, COMPARE, CLOSE, REOPEN = "call", "compare", "close", "reopen"
ACKNOWLEDGE, WAIVE = "acknowledge", "waive"

_ENGLISH = Translator((), "en")


class NotNow(Conflict):
    """An act that the link's state does not allow."""

    message = _("This cannot be done with the link as it is now. Look at its state again.")


def find(session: Session, peer: str) -> Link:
    """The link with a peer.

    Raises:
        NotFound: there is none.
    """
    link = session.get(Link, peer)
    if link is None:
        raise NotFound(_("There is no link with ${code}.", mapping={"code": peer}))
    return link


def possible(session: Session, link: Link) -> list[str]:
    """What can be done about a link now.

    A link that this node waits for before it signs is not closed: a child can be waived, and the parent is
    who knows what this node said before.
    """
    awaited = this(session).recovering and link.peer in gate.waits_for(session)
    closed = link.state == CLOSED
    allowed = {
        CALL: link.role == PARENT and not closed,
        COMPARE: not closed,
        WAIVE: awaited and link.role == CHILD,
        ACKNOWLEDGE: bool(link.alarm),
        CLOSE: not closed and not awaited,
        REOPEN: closed,
    }
    return [name for name, can in allowed.items() if can]


def act(
    session: Session, peer: str, name: str, *, organisation: str, actor: uuid.UUID | None, now: datetime
) -> None:
    """Do one of the acts above about the link with a peer.

    Args:
        session: of the node.
        peer: code of the organisation at the top of the other node.
        name: of the act.
        organisation: at the top of this node.
        actor: account that acts.
        now: when.

    Raises:
        NotFound: there is no such link or act.
        NotNow: the link's state does not allow it.
    """
    link = find(session, peer)
    if name not in _ACTS:
        raise NotFound
    if name not in possible(session, link):
        raise NotNow
    # The alarm is part of the trace: it is gone afterwards.
    said = {"alarm": _ENGLISH(thaw(link.alarm))} if name == ACKNOWLEDGE else {}
    _ACTS[name](session, link, now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action=f"link.{name}",
        target=peer,
        now=now,
        detail=said,
    )
    session.flush()


def readdress(session: Session, peer: str, address: str, *, actor: uuid.UUID | None, now: datetime) -> None:
    """Call the node above at another address from now on; which node it is, its key tells.

    Raises:
        NotFound: there is no such link.
        NotNow: the peer stands below: its own calls say where it is.
    """
    link = find(session, peer)
    if link.role != PARENT:
        raise NotNow
    link.address = address
    _serve(session, link, now)
    audit.record(
        session,
        actor=actor,
        organisation=this(session).organisation,
        action="link.readdress",
        target=peer,
        now=now,
        detail={"address": address},
    )
    session.flush()


def _call(session: Session, link: Link, now: datetime) -> None:
    waking.soon(session, waking.DIAL, link.peer, now)


def _compare(session: Session, link: Link, now: datetime) -> None:
    """Believe nothing of what the peer is thought to hold until its lists have replaced it."""
    digests.doubt(session, link.peer)
    link.level = False
    _serve(session, link, now)


def _close(_session: Session, link: Link, _now: datetime) -> None:
    link.state, link.level = CLOSED, False


def _reopen(session: Session, link: Link, now: datetime) -> None:
    """Open it again, and offer what was not offered while it was closed."""
    link.state, link.reason = OPEN, ""
    session.flush()
    routing.route_all(session)
    _serve(session, link, now)


def _serve(session: Session, link: Link, now: datetime) -> None:
    if link.role == PARENT:
        waking.soon(session, waking.DIAL, link.peer, now)
    elif link.address:
        waking.soon(session, waking.POKE, link.peer, now)


def _acknowledge(_session: Session, link: Link, _now: datetime) -> None:
    link.alarm = ""


def _waive(session: Session, link: Link, now: datetime) -> None:
    link.waived = True
    session.flush()
    gate.consider(session, now)


_ACTS: Mapping[str, Callable[[Session, Link, datetime], None]] = {
    CALL: _call,
    COMPARE: _compare,
    CLOSE: _close,
    REOPEN: _reopen,
    ACKNOWLEDGE: _acknowledge,
    WAIVE: _waive,
}


def invitable(session: Session) -> dict[str, str]:
    """Names, by code, of the organisations that can be invited to a node of their own.

    Their superior is hosted here, and they have no link with this node, or one that is refused.
    """
    here = issuing.hosted(session)
    linked = set(session.scalars(select(Link.peer).where(Link.state != REFUSED)))
    codes = {code for code, parent in hosting.parents(session).items() if parent in here} - linked
    rows = session.execute(select(Organisation.code, Organisation.name).order_by(Organisation.code))
    return {row.code: row.name for row in rows if row.code in codes}
