"""One exchange: what a node says to a peer, and what it makes of what the peer says.

Both directions are the same two functions; the child calls, the parent answers. Everything that a message
changes is committed before the next message, which acknowledges it, leaves.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy.orm import Session

from renda import __version__
from renda.failpoints import reach
from renda.i18n import _
from renda_tiers.documents.envelope import MAX_PARTS
from renda_tiers.documents.payload import MAX_PAYLOAD
from renda_tiers.links import alarms, beliefs, carrying, digests, gate, keys, routing, trails, waking
from renda_tiers.links.messages import Message, Sent
from renda_tiers.links.models import MINE, REFUSED, THEIRS, Link
from renda_tiers.links.node import this

BATCH = 500
"""Most documents of one message."""
BUDGET = 2 * 1024 * 1024
"""Bytes of documents and parts after which a message is full; one document always fits."""
LARGEST = MAX_PAYLOAD + MAX_PARTS
"""Bytes of the largest document that a message holds."""
MOST_MONTHS = 3
"""Months whose lists are asked for, or given, at once."""

_REFUSED = _("The other node refused a document of this one as changed or too large. Run renda chain verify.")
_TOO_LARGE = _(
    "A stored document is larger than what a message holds and is not sent. Run renda chain verify."
)
_DAMAGED = _("A stored document was changed and is not sent on. Run renda chain verify.")


def compose(
    session: Session,
    link: Link,
    *,
    now: datetime,
    want: Sequence[str] = (),
    asked: Sequence[str] = (),
    refused: Iterable[bytes] = (),
    budget: int = BUDGET,
    **more: Any,
) -> Message:
    """What there is to say to a peer.

    Args:
        session: of the transaction that the message reports; it is committed before the message leaves.
        link: with whom.
        now: when.
        want: months about which the peer's last digests differ from what is believed of it.
        asked: months of which the peer asked for the list; it gets them once no more documents leave.
        refused: hashes of what the peer sent and was not even kept.
        budget: bytes of documents that fit.
        more: further fields of the message.
    """
    node = this(session)
    documents = _full(session, link, budget)
    verdicts = beliefs.news(session, link.peer)
    held = digests.of(session, link.peer, MINE)
    # While documents are under way digests differ for that reason; a peer that still wonders asks again.
    listed = () if documents else asked[:MOST_MONTHS]
    lists = {month: digests.rows(session, link.peer, MINE, month) for month in listed}
    sent = [(carrying.hash_of(one), one.verdict) for one in documents]
    beliefs.told(session, link.peer, [*verdicts, *sent])
    return Message(
        node=node.organisation,
        to=link.peer,
        sent=now,
        software=__version__,
        kinds={name: kind.schema for name, kind in session.info["registry"].declared.document_kinds.items()},
        address=session.info["registry"].values["tiers.address"],
        documents=documents,
        verdicts=[*verdicts, *((hash_, carrying.REFUSED) for hash_ in refused)],
        have=held,
        want=list(want)[:MOST_MONTHS],
        lists=lists,
        asks=keys.pending(session, node.organisation),
        tickets=keys.tickets(session, node.organisation, whole=link.state == REFUSED),
        trails=trails.say(session, link),
        recovering=gate.is_fetching(session, link),
        **more,
    )


def _full(session: Session, link: Link, budget: int) -> list[Sent]:
    """The next documents to send: as many as fit; never one that was changed since it was stored."""
    rows = routing.to_send(session, link.peer, BATCH)
    if large := {row.hash for row in rows if row.size > LARGEST}:
        alarms.add(link, _TOO_LARGE)
        routing.keep_back(session, link.peer, large)
    sendable = [row for row in rows if row.hash not in large]
    filled = list(accumulate(row.size for row in sendable))
    fitting = [row.hash for row in sendable[: max(1, bisect_right(filled, budget))]]
    sound = carrying.load(session, fitting)
    if len(sound) < len(fitting):
        alarms.add(link, _DAMAGED)
        routing.keep_back(session, link.peer, set(fitting) - {carrying.hash_of(one) for one in sound})
    if not any(one.signed.parts for one in sound):
        return sound
    beyond = routing.beyond(session, link)
    return [carrying.withhold(one, link.peer, beyond) for one in sound]


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What the next message has to answer: months whose list is wanted, and documents that were refused."""

    want: Sequence[str]
    refused: frozenset[bytes]


NOTHING = Absorbed((), frozenset())
"""What the first message of a series answers."""


def absorb(session: Session, link: Link, message: Message, *, now: datetime, fresh: bool = True) -> Absorbed:
    """Take in what a peer says.

    The peer's key was checked by the caller. Each document is judged on its own signature. Only what is
    fresh, said to this node as it is now, can tell that both ends agree.
    """
    with waking.held_back(session):
        refused = _take_in(session, link.peer, message, now)
    reach("links.marked")
    want = digests.differing(message.have, digests.of(session, link.peer, THEIRS))
    link.last_contact, link.tries, link.reason = now, 0, ""
    link.recovering, link.address = message.recovering, message.address
    if any(word == carrying.REFUSED for _hash, word in message.verdicts):
        alarms.add(link, _REFUSED)
    trails.hear(session, link, message, now)
    link.software, link.kinds = message.software, json.dumps(dict(message.kinds))
    link.level = fresh and not (
        want
        or message.want
        or message.documents
        or routing.to_send(session, link.peer, 1)
        or beliefs.missing(session, link.peer)
    )
    session.flush()
    gate.consider(session, now)
    return Absorbed(want, refused)


def _take_in(session: Session, peer: str, message: Message, now: datetime) -> frozenset[bytes]:
    words = {carrying.hash_of(one): one.verdict for one in message.documents}
    mine = carrying.take_in(session, message.documents, now)
    reach("links.received")
    refused = frozenset(hash_ for hash_, verdict in mine.items() if verdict == carrying.REFUSED)
    _mark(session, peer, {hash_: word for hash_, word in words.items() if hash_ not in refused}, answer=True)
    _mark(session, peer, dict(message.verdicts))
    for month, rows in message.lists.items():
        beliefs.replace(session, peer, month, rows)
    return refused


def _mark(session: Session, link: str, words: Mapping[bytes, str], *, answer: bool = False) -> None:
    beliefs.mark(session, link, words, beliefs.months(session, link, words), answer=answer)


def has_more(session: Session, link: Link, message: Message, got: Absorbed) -> bool:
    """Whether the next message should leave at once."""
    return bool(
        got.want
        or got.refused
        or message.want
        or message.documents
        or beliefs.news(session, link.peer)
        or routing.to_send(session, link.peer, 1)
    )
