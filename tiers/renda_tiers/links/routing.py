"""Which documents are offered on which link, decided by whom they concern and never by how they came.

Up goes what concerns anyone outside this node's subtree; down to a child what concerns anyone inside its
subtree, or who has left it with a node that still calls there. So what a node has lost comes home through any
number of tiers.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, literal, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from renda.directory.models import Edge, Organisation
from renda.slices import slices
from renda_tiers.documents import issuing
from renda_tiers.documents.authority import ORGANISATION
from renda_tiers.documents.envelope import WHOLE_CHAIN, Outcome
from renda_tiers.documents.judging import Judged
from renda_tiers.documents.models import LedgerConcern, LedgerDocument, LedgerPart, ThisNode
from renda_tiers.links import digests, hosting, waking
from renda_tiers.links.models import CHILD, CLOSED, PARENT, Link, LinkDocument, LinkReach, waiting

FORWARDED = (Outcome.APPLIED, Outcome.PARKED)
"""Verdicts with which a document goes on; what was set aside stays."""

_MANY = 2000
"""Documents from which on everything is routed again instead of each."""


def follow(event: Judged) -> None:
    """Offer what was just judged on the links that it concerns; all again where the tree has changed."""
    session = event.session
    if session.scalar(select(Link.peer).limit(1)) is None:
        return
    if len(event.documents) > _MANY or _of_the_tree(session, event.documents):
        route_all(session)
        return
    for some in slices(sorted(event.documents)):
        before = digests.places(session, some)
        _offer(session, LedgerDocument.hash.in_(some))
        _withdraw(session, LinkDocument.document.in_(some))
        digests.judged(session, some, before)
    waking.wake(session)


def _of_the_tree(session: Session, documents: Iterable[bytes]) -> bool:
    return any(
        session.scalar(
            select(LedgerDocument.hash)
            .where(LedgerDocument.hash.in_(some), LedgerDocument.kind == ORGANISATION)
            .limit(1)
        )
        for some in slices(sorted(documents))
    )


def route_all(session: Session) -> None:
    """Decide for every link and document anew whether it is offered."""
    reach(session)
    _offer(session)
    _withdraw(session)
    digests.outdate_all(session)
    waking.wake(session)


def reach(session: Session) -> None:
    """Write whose matters concern each link, along the tree as it is."""
    session.execute(delete(LinkReach))
    here = session.scalar(select(ThisNode.organisation))
    below = hosting.children(session)
    down: dict[str, set[str]] = {}
    rows = []
    for link in session.scalars(select(Link)):
        if link.role == CHILD:
            down[link.peer] = hosting.subtree(below, link.peer)
        else:
            rows += [{"link": link.peer, "organisation": code} for code in hosting.subtree(below, str(here))]
    for code, peer in _astray(session, down).items():
        down[peer].add(code)
    rows += [
        {"link": peer, "organisation": code}
        for peer, codes in down.items()
        for code in (*WHOLE_CHAIN, *codes)
    ]
    if rows:
        session.execute(insert(LinkReach), rows)


def _astray(session: Session, down: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Bodies that hang beyond no link any more and are not hosted here: the link beyond which each hung last.

    Their own node still calls there, until its people let it join the node above where the body hangs now.
    """
    beyond = {code: peer for peer, codes in down.items() for code in codes}
    here = issuing.hosted(session)
    found: dict[str, str] = {}
    rows = session.execute(select(Edge.child, Edge.parent).order_by(Edge.valid_from.desc()))
    for child, parent in rows:
        if child not in beyond and child not in here and parent in beyond:
            found.setdefault(child, beyond[parent])
    return found


def beyond(session: Session, link: Link) -> set[str]:
    """Codes of the organisations on the far side of a link."""
    reached = set(session.scalars(select(LinkReach.organisation).where(LinkReach.link == link.peer))) - set(
        WHOLE_CHAIN
    )
    if link.role == CHILD:
        return reached
    return set(session.scalars(select(Organisation.code))) - reached


def _goes(link: Any) -> ColumnElement[bool]:
    """Whether a document (of the enclosing statement) concerns the far end of a link."""
    inside = (
        select(LinkReach.link)
        .where(LinkReach.link == link.peer, LinkReach.organisation == LedgerConcern.organisation)
        .correlate(link, LedgerConcern)
        .exists()
    )
    concern = (
        select(LedgerConcern.document)
        .where(LedgerConcern.document == LedgerDocument.hash)
        .correlate(LedgerDocument, link)
    )
    return case((link.role == PARENT, concern.where(~inside).exists()), else_=concern.where(inside).exists())


def _offer(session: Session, *of: ColumnElement[bool]) -> None:
    """Offer those of the documents that go, on every link."""
    dialect = session.connection().dialect.name
    month = (
        func.substr(LedgerDocument.issued, 1, 7)
        if dialect == "sqlite"
        else func.to_char(func.timezone("UTC", LedgerDocument.issued), "YYYY-MM")
    )
    routed = (
        select(Link.peer, LedgerDocument.hash, month, literal(True), null(), literal(""))
        .select_from(LedgerDocument)
        .join(Link, literal(True))
        .where(LedgerDocument.outcome.in_(FORWARDED), Link.state != CLOSED, _goes(Link), *of)
    )
    names = ["link", "document", "month", "offered", "theirs", "said"]
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.connection().execute(
        make(LinkDocument)
        .from_select(names, routed)
        .on_conflict_do_update(index_elements=["link", "document"], set_={"offered": True})
    )


def _withdraw(session: Session, *of: ColumnElement[bool]) -> None:
    """Forget of a link what was set aside or concerns the peer no more, and is not known to be there.

    Were it only not offered, this node would still count it among what it holds of the link, and the peer
    would wait for it.
    """
    goes = (
        select(LedgerDocument.hash)
        .join(Link, Link.peer == LinkDocument.link)
        .where(
            LedgerDocument.hash == LinkDocument.document,
            LedgerDocument.outcome.in_(FORWARDED),
            _goes(Link),
        )
        .correlate(LinkDocument)
    )
    session.connection().execute(delete(LinkDocument).where(*waiting(), ~goes.exists(), *of))


def to_send(session: Session, link: str, limit: int) -> list[Any]:
    """(Hash, verdict, size) of documents to send, control documents first and then by age.

    The size is in bytes, with all parts that are held.
    """
    first = case((LedgerDocument.kind.in_(("organisation", "enrolment")), 0), else_=1)
    size = func.length(LedgerDocument.payload)
    following = (
        select(
            LedgerDocument.hash,
            LedgerDocument.outcome,
            LedgerDocument.id,
            first.label("first"),
            size.label("own"),
        )
        .join(LinkDocument, LinkDocument.document == LedgerDocument.hash)
        .where(LinkDocument.link == link, *waiting())
        .order_by(first, LedgerDocument.id, LedgerDocument.hash)
        .limit(limit)
        .subquery()
    )
    beside = (
        select(func.coalesce(func.sum(func.length(LedgerPart.content)), 0))
        .where(LedgerPart.document == following.c.hash)
        .scalar_subquery()
    )
    statement = select(following.c.hash, following.c.outcome, (following.c.own + beside).label("size"))
    return list(session.execute(statement.order_by(following.c.first, following.c.id, following.c.hash)))


def keep_back(session: Session, link: str, documents: Iterable[bytes]) -> None:
    """Do not send these; they are offered again when they are judged again."""
    for some in slices(sorted(documents)):
        session.execute(
            update(LinkDocument)
            .where(LinkDocument.link == link, LinkDocument.document.in_(some))
            .values(offered=False),
            execution_options={"synchronize_session": False},
        )


def count_waiting(session: Session) -> dict[str, int]:
    """How many documents wait on each link that has any."""
    statement = select(LinkDocument.link, func.count()).where(*waiting()).group_by(LinkDocument.link)
    return {row[0]: row[1] for row in session.execute(statement)}
