"""Becoming a child of the node above, in steps that can each be repeated: ask, be answered, settle in."""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.directory.models import Person
from renda.errors import Conflict
from renda.i18n import _
from renda.security import vault
from renda.types import Registry
from renda_tiers.documents import issuing, ledger, store, tree
from renda_tiers.documents.models import Anchor, KeyGrant, SigningKey, ThisNode
from renda_tiers.links import bundle, calling, carrying, joining, portions, renewal, routing
from renda_tiers.links.joining import Code
from renda_tiers.links.messages import Sent, read_document
from renda_tiers.links.models import OPEN, PARENT, REFUSED, Link
from renda_tiers.links.node import this
from renda_tiers.links.sealing import MALFORMED, NotAMessage, seal
from renda_tiers.links.transports import http

Send = Callable[[str, bytes], bytes]
"""(Address, request) → answer."""

PATIENCE = 120.0
"""Seconds to wait for another process of this node that is calling."""


def ask_over_http(address: str, request: bytes) -> bytes:
    """One request to the parent's node."""
    return http.post(address, http.JOIN, request)


def join(
    registry: Registry, organisation: str, above: str, code: Code, *, send: Send = ask_over_http
) -> None:
    """Make this node the child of the one at an address, with a one-time code.

    After a crash, or where the answer was lost, the same call does what is left: the code repeats its answer.

    Raises:
        Unreachable, Rejected: the node above does not answer, or refuses the code.
        NotAMessage, Conflict: see `ask` and `enter`.
    """
    address = registry.values["tiers.address"]

    def fetch(start: int) -> bytes:
        with unit_of_work(registry) as session:
            request = ask(session, code, organisation, address=address, now=registry.clock(), start=start)
        return send(above, request)

    answers = portions.gather(fetch, code, organisation)
    with unit_of_work(registry) as session:
        enter(session, code, organisation, above, *answers, now=registry.clock())


def catch_up(registry: Registry) -> None:
    """Call the node above until there is nothing more to say, once no other process is calling it."""
    with unit_of_work(registry) as session:
        peers = session.scalars(select(Link.peer).where(Link.role == PARENT)).all()
    for peer in peers:
        until = time.monotonic() + PATIENCE
        while not calling.dial(registry, peer) and time.monotonic() < until:
            time.sleep(calling.BUSY.total_seconds())


def ask(
    session: Session, code: Code, organisation: str, *, address: str, now: datetime, start: int = 0
) -> bytes:
    """The bytes with which a new node asks to join; its key is made here, and the same at every repetition.

    Args:
        session: of the new node.
        code: the one-time code.
        organisation: at the top of the new node.
        address: where it listens.
        now: when.
        start: how many bytes of the records it has got.

    Raises:
        Conflict: persons are here already, whose keys would differ from those of the chain.
    """
    known = session.scalar(select(Link.peer).where(Link.role == PARENT).limit(1)) is not None
    if not known and session.scalar(select(Person.id).limit(1)) is not None:
        raise Conflict(_("Join before persons are entered: a chain has its own key for hashing them."))
    if not (sealed := _usable(session, organisation)):
        issuing.create_keys(session, [organisation], now)
        sealed = _usable(session, organisation)
    private = vault.unseal(sealed[-1], vault.sealing_secret(session), organisation)
    content = {"organisation": organisation, "code": code.secret.hex(), "address": address, "from": start}
    return seal(joining.JOIN_TYPE, content, private)


def _usable(session: Session, organisation: str) -> list[bytes]:
    """The sealed keys of an organisation that were not closed, oldest first."""
    closed = (
        select(KeyGrant.key)
        .where(KeyGrant.organisation == SigningKey.organisation, KeyGrant.key == SigningKey.public)
        .where(KeyGrant.closed)
    )
    statement = select(SigningKey.sealed).where(SigningKey.organisation == organisation, ~closed.exists())
    return list(session.scalars(statement.order_by(SigningKey.created_at, SigningKey.public)))


def enter(
    session: Session, code: Code, organisation: str, parent: str, *answers: bytes, now: datetime
) -> None:
    """Become the child of the node that has answered: its root is trusted, its documents are judged by that.

    Args:
        session: of the new node.
        code: the one-time code, whose fingerprint the answer's key must have.
        organisation: at the top of the new node.
        parent: address of the parent's node.
        answers: what it said, one for each portion of the records.
        now: when.

    Raises:
        NotAMessage: these are no answers, or from another node than the one that gave the code.
    """
    content, records = portions.joined(answers, code, organisation)
    try:
        documents = [read_document(one) for one in content["documents"]]
        anchors = [(str(root), bytes.fromhex(public)) for root, public in content["anchors"]]
        owner = joining.owner_of(organisation)
        chain_key = vault.unseal(bytes.fromhex(content["chain_key"]), code.secret, owner)
        peer, hosts = str(content["node"]), [str(one) for one in content["hosts"]]
    except MALFORMED as error:
        raise NotAMessage from error
    link = session.get(Link, peer)
    if link is not None and not this(session).recovering:
        # The answer was heard before, and this node has gone on since; or its key was revoked meanwhile.
        if link.state == REFUSED and renewal.is_revoked(session, organisation):
            _come_back(session, link, parent, documents, now)
        if link.state == OPEN:
            return
    _settle_in(session, organisation, anchors, chain_key)
    carrying.take_in(session, documents, now)
    ledger.rebuild(session)
    bundle.unpack(session, records)
    issuing.create_keys(session, [one for one in hosts if one != organisation], now)
    link = session.get(Link, peer) or Link(peer=peer, role=PARENT)
    link.state, link.address, link.token, link.reason, link.next_call = OPEN, parent, "", "", now
    session.add(link)
    session.flush()
    routing.route_all(session)


def _come_back(session: Session, link: Link, parent: str, documents: list[Sent], now: datetime) -> None:
    """Be heard again after a revocation; nothing is lost here, so there is nothing to wait for."""
    carrying.take_in(session, documents, now)
    link.state, link.address, link.token, link.reason, link.next_call = OPEN, parent, "", "", now


def _settle_in(
    session: Session, organisation: str, anchors: list[tuple[str, bytes]], chain_key: bytes
) -> None:
    store.lock(session)
    session.execute(delete(Anchor))
    session.execute(insert(Anchor), [{"organisation": root, "key": key} for root, key in anchors])
    session.execute(delete(ThisNode))
    session.execute(insert(ThisNode), [{"organisation": organisation, "recovering": True}])
    vault.keep_chain_key(session, chain_key)
    tree.project(session, store.control(session))
