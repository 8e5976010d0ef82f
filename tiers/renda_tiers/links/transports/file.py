"""Exchange in a file, where there is no connection: the same message, carried by hand.

A file answers nothing at once, and whoever carries it need not be trusted: it is signed as a whole, and each
document by itself. Read twice it does nothing; read late it does what it would have done, but it opens no
gate that was closed after it was written.
"""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from renda.database import new_id
from renda.errors import NotFound
from renda.i18n import _
from renda_tiers.links import exchange, keys, messages
from renda_tiers.links.answering import Stranger
from renda_tiers.links.exchange import Absorbed
from renda_tiers.links.models import CLOSED, Link
from renda_tiers.links.node import signing_key, this
from renda_tiers.links.sealing import MAX_MESSAGE

BUDGET = MAX_MESSAGE // 2
"""Bytes of documents in one file; what is left goes into the next."""


def write(session: Session, peer: str, *, now: datetime) -> bytes:
    """What there is to say to a peer, as the bytes of a file.

    Raises:
        NotFound: there is no link with this peer.
    """
    link = session.get(Link, peer)
    if link is None:
        raise NotFound(_("There is no link with ${code}.", mapping={"code": peer}))
    link.mark = link.mark or new_id().hex
    message = exchange.compose(
        session,
        link,
        now=now,
        want=json.loads(link.wants),
        asked=json.loads(link.asked),
        budget=BUDGET,
        mark=link.mark,
        seen=link.seen,
    )
    return messages.encode(message, signing_key(session))


def read(session: Session, data: bytes, *, now: datetime) -> tuple[str, int, Absorbed]:
    """Take in a peer's file: who wrote it, how many documents it held, and what a next file has to answer.

    Raises:
        NotAMessage: the bytes are no message, or were changed on their way.
        Stranger: it is from nobody that this node has a link with, or for another node.
    """
    opened = messages.decode(data)
    message = opened.message
    link, node = session.get(Link, message.node), this(session)
    if link is None or link.state == CLOSED or message.to != node.organisation:
        raise Stranger
    if not keys.introduce(session, message.node, opened.key, message.tickets, now):
        raise Stranger
    address = link.address
    fresh = not node.recovering or (bool(link.mark) and message.seen == link.mark)
    got = exchange.absorb(session, link, message, now=now, fresh=fresh)
    link.address, link.seen = address, message.mark
    link.wants, link.asked = json.dumps(list(got.want)), json.dumps(list(message.want))
    return message.node, len(message.documents), got
