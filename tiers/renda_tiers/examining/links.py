"""What must hold of this node's keys, and between it and its peers."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.app import Node
from renda.i18n import _, thaw
from renda.security import vault
from renda_tiers.documents import issuing
from renda_tiers.documents.models import SigningKey
from renda_tiers.links import digests, gate, keys, routing, state
from renda_tiers.links.models import CLOSED, REFUSED, Link, LinkDigest, LinkDocument
from renda_tiers.links.node import this

UNHEARD = {
    state.SILENT: _("${code}: nothing has come for more than an hour."),
    state.NEVER: _("${code}: nothing has ever come."),
    REFUSED: _("${code}: it refuses this node."),
}


def keys_are_here(node: Node) -> Iterator[str]:
    """Whether this node is founded, its sealed keys open, and one of each organisation's is granted."""
    session = node.session
    this(session)
    secret = vault.sealing_secret(session)
    for row in session.scalars(select(SigningKey).order_by(SigningKey.organisation, SigningKey.public)):
        try:
            private = vault.unseal(row.sealed, secret, row.organisation)
        except vault.CannotUnseal as error:
            yield error.message
            return
        public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        if public != row.public:
            yield _(
                "${code}: a stored key is not the one it is stored for.", mapping={"code": row.organisation}
            )
    held = session.execute(select(SigningKey.organisation, SigningKey.public)).all()
    able = {row.organisation for row in held if keys.speaks(session, row.organisation, row.public)}
    for code in sorted(issuing.hosted(session) - able):
        yield _("${code}: none of its keys here is granted.", mapping={"code": code})


def may_sign(node: Node) -> Iterator[str]:
    """Whether the gate is open."""
    if this(node.session).recovering:
        codes = ", ".join(gate.waits_for(node.session)) or "-"
        yield _("It signs nothing until it is level with ${codes}.", mapping={"codes": codes})


def are_heard(node: Node) -> Iterator[str]:
    """Whether something comes over every link, and nothing that a person has to look at."""
    for link in node.session.scalars(select(Link).where(Link.state != CLOSED).order_by(Link.peer)):
        message = UNHEARD.get(state.state_of(link, node.now))
        if message:
            yield _(message, mapping={"code": link.peer})
        if link.alarm:
            yield thaw(link.alarm)


def digests_are_true(node: Node) -> Iterator[str]:
    """Whether every digest that is kept is the sum of its rows."""
    session = node.session
    for row in session.scalars(
        select(LinkDigest).order_by(LinkDigest.link, LinkDigest.side, LinkDigest.month)
    ):
        count, digest = digests.summed(digests.rows(session, row.link, row.side, row.month))
        if (count, digest) != (row.count, row.digest):
            values = {"code": row.link, "side": row.side, "month": row.month}
            yield _("${code}: the digest of ${month} (${side}) is out of date.", mapping=values)


def routes_are_true(node: Node) -> Iterator[str]:
    """Whether routing everything anew offers the same documents on the same links; it is thrown away."""
    before = _offered(node.session)
    routing.route_all(node.session)
    after = _offered(node.session)
    for link in sorted({code for code, _hash in before ^ after}):
        values = {
            "code": link,
            "more": len([one for code, one in after - before if code == link]),
            "fewer": len([one for code, one in before - after if code == link]),
        }
        yield _("${code}: ${more} documents are not offered, and ${fewer} are in vain.", mapping=values)


def _offered(session: Session) -> set[tuple[str, bytes]]:
    rows = session.execute(
        select(LinkDocument.link, LinkDocument.document)
        .join(Link, Link.peer == LinkDocument.link)
        .where(LinkDocument.offered.is_(True), LinkDocument.theirs.is_(None), Link.state != CLOSED)
    )
    return {(row.link, row.document) for row in rows}
