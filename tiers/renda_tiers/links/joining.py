"""Joining: a one-time code makes a new node the child of the one above.

The code names the organisation's place by its secret and the parent by a fingerprint of its key, so that
neither side has to trust the network. It binds to the first key that is shown with it and repeats its answer.
The parent grants the key, closes the one with which it spoke for the organisation itself, and hands over what
the new node needs to begin: the documents about itself, those above and those whom it will host; and, sealed
with the code, the chain's key for hashing persons and the records that were kept here, in portions.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.errors import Conflict, Forbidden, NotFound
from renda.i18n import _
from renda.security import audit, vault
from renda.slices import slices
from renda_tiers.documents import issuing, store
from renda_tiers.documents.authority import CONTROL
from renda_tiers.documents.models import Anchor, LedgerDocument
from renda_tiers.links import bundle, carrying, hosting, keys, routing
from renda_tiers.links.messages import plain_document
from renda_tiers.links.models import CHILD, OPEN, Invitation, Link
from renda_tiers.links.node import signing_key, this
from renda_tiers.links.sealing import MALFORMED, NotAMessage, seal, unseal
from renda_tiers.reports import standings

JOIN_TYPE = "application/vnd.renda.join+json"
VALID = timedelta(days=7)
PORTION = 8 * 1024 * 1024
"""Bytes of packed records in one answer; the rest is asked for with the same code."""
_TOO_MUCH = _(
    "The records and attached files of this body are more than can move at once. "
    "Remove attached files that are not needed, let them be erased, and join again."
)
_SECRET, _FINGERPRINT = 15, 10


class WrongCode(Forbidden):
    """A code that is unknown, used by another node, or out of date."""

    message = _("This one-time code is wrong, used or out of date. Ask the level above for a new one.")


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code: 15 random bytes, and the first 10 of the SHA-256 of the parent's key."""

    secret: bytes
    fingerprint: bytes

    def __str__(self) -> str:
        text = base64.b32encode(self.secret + self.fingerprint).decode()
        return "-".join(text[start : start + 5] for start in range(0, len(text), 5))

    @staticmethod
    def read(text: str) -> "Code":
        """The code that somebody typed; spaces, hyphens and case do not matter.

        Raises:
            WrongCode: it is not of that form.
        """
        plain = "".join(text.split()).replace("-", "").upper()
        try:
            data = base64.b32decode(plain)
        except ValueError as error:
            raise WrongCode from error
        if len(data) != _SECRET + _FINGERPRINT:
            raise WrongCode
        return Code(data[:_SECRET], data[_SECRET:])


def owner_of(organisation: str) -> str:
    """For whom what the code seals is sealed."""
    return f"join:{organisation}"


def fingerprint(key: bytes) -> bytes:
    """The first bytes of a public key's SHA-256: enough to tell keys apart, short enough to read aloud."""
    return hashlib.sha256(key).digest()[:_FINGERPRINT]


def invite(session: Session, organisation: str, *, actor: Any = None, now: datetime) -> Code:
    """A one-time code with which the node of an organisation below joins; good for a week.

    Raises:
        NotFound: there is no such organisation.
        Conflict: its parent is not hosted here, so another node has to invite it.
    """
    if session.get(Organisation, organisation) is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    parent = hosting.speaker(session, organisation)
    if parent is None:
        raise Conflict(_("The level above ${code} is not hosted here.", mapping={"code": organisation}))
    public = keys.public_of(signing_key(session))
    code = Code(secrets.token_bytes(_SECRET), fingerprint(public))
    session.add(
        Invitation(
            code=hashlib.sha256(code.secret).digest(),
            organisation=organisation,
            expires_at=now + VALID,
            key=None,
            used_at=None,
        )
    )
    audit.record(
        session, actor=actor, organisation=str(parent), action="node.invite", target=organisation, now=now
    )
    session.flush()
    return code


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation whose one-time code has not been used.

    Attributes:
        expires_at: until when the latest of its codes is good.
    """

    organisation: str
    name: str
    expires_at: datetime


def invited(session: Session, now: datetime) -> list[Invited]:
    """Organisations with a code that is still good, by code of the organisation."""
    rows = session.execute(
        select(Invitation.organisation, Organisation.name, func.max(Invitation.expires_at).label("last"))
        .join(Organisation, Organisation.code == Invitation.organisation)
        .where(Invitation.key.is_(None), Invitation.expires_at >= now)
        .group_by(Invitation.organisation, Organisation.name)
        .order_by(Invitation.organisation)
    )
    return [Invited(row.organisation, row.name, row.last) for row in rows]


def withdraw(session: Session, organisation: str, *, actor: Any = None, now: datetime) -> None:
    """Make the codes of an organisation worthless that nobody has used yet.

    Raises:
        NotFound: it has none.
    """
    unused = delete(Invitation).where(
        Invitation.organisation == organisation, Invitation.key.is_(None), Invitation.expires_at >= now
    )
    if not session.execute(unused.returning(Invitation.code)).all():
        raise NotFound(_("${code} has no open invitation.", mapping={"code": organisation}))
    audit.record(
        session,
        actor=actor,
        organisation=this(session).organisation,
        action="node.withdraw",
        target=organisation,
        now=now,
    )


def accept(session: Session, data: bytes, *, now: datetime) -> bytes:
    """The parent's answer to a node that asks to join; the caller commits before it sends it.

    Raises:
        NotAMessage: it is no such request.
        WrongCode: see there.
    """
    content, key, _hash = unseal(JOIN_TYPE, data)
    try:
        organisation, secret = str(content["organisation"]), bytes.fromhex(content["code"])
        address, start = str(content["address"])[:200], int(content["from"])
    except MALFORMED as error:
        raise NotAMessage from error
    invitation = session.get(Invitation, hashlib.sha256(secret).digest(), with_for_update=True)
    if invitation is None or invitation.organisation != organisation or invitation.expires_at < now:
        raise WrongCode
    if invitation.key not in {None, key}:
        raise WrongCode
    if invitation.key is None:
        invitation.key, invitation.used_at = key, now
        _admit(session, organisation, key, now)
    _open_link(session, organisation, address)
    return seal(JOIN_TYPE, _welcome(session, invitation, secret, max(0, start)), signing_key(session))


def _admit(session: Session, organisation: str, key: bytes, now: datetime) -> None:
    """Grant the new node's key and hand the organisation's subtree on, as far as it was hosted here."""
    # What is signed meanwhile with the old key would be missing in the list of what still counts.
    store.lock(session)
    speaker = hosting.speaker(session, organisation)
    if speaker is None:
        raise Conflict(_("The level above ${code} is not hosted here.", mapping={"code": organisation}))
    old = keys.granted(session, organisation)
    below = hosting.handed_with(session, organisation)
    closes = old if organisation in hosting.hand_on(session, below, now) else []
    kept = keys.signed_with(session, organisation, closes)
    issuing.issue(session, [keys.enrolment(speaker, organisation, key, closes, kept)], now=now)
    audit.record(session, actor=None, organisation=speaker, action="node.admit", target=organisation, now=now)


def _to_host(session: Session, organisation: str) -> list[str]:
    """Those below that have no node of their own: the new node is to host them."""
    own = set(session.scalars(select(Link.peer).where(Link.peer != organisation)))
    return sorted(hosting.handed_with(session, organisation, without=own) - {organisation})


def _open_link(session: Session, organisation: str, address: str) -> None:
    link = session.get(Link, organisation)
    if link is None:
        link = Link(peer=organisation, role=CHILD)
        session.add(link)
    link.state, link.address, link.token, link.token_before = OPEN, address, "", ""
    session.flush()
    routing.route_all(session)


def _welcome(session: Session, invitation: Invitation, secret: bytes, start: int) -> dict[str, Any]:
    organisation = invitation.organisation
    hosts, owner = _to_host(session, organisation), owner_of(organisation)
    codes = _with_those_above(session, organisation, *hosts)
    subjects = [f"{kind}:{code}" for kind in CONTROL for code in codes]
    hashes: list[bytes] = []
    for some in slices(subjects):
        hashes += session.scalars(
            select(LedgerDocument.hash).where(
                LedgerDocument.kind.in_(CONTROL), LedgerDocument.subject.in_(some)
            )
        )
    records = bundle.pack(session, [organisation, *hosts], handed_on=invitation.used_at)
    if len(records) > bundle.MAX_BUNDLE:
        raise Conflict(_TOO_MUCH, limit=bundle.MAX_BUNDLE)
    return {
        "node": this(session).organisation,
        "anchors": [
            [one.organisation, one.key.hex()] for one in session.scalars(select(Anchor).order_by(Anchor.key))
        ],
        "documents": [] if start else [plain_document(one) for one in carrying.load(session, sorted(hashes))],
        "hosts": hosts,
        "chain_key": vault.seal(vault.chain_key(session), secret, owner).hex(),
        "records": base64.b64encode(vault.seal(records[start : start + PORTION], secret, owner)).decode(),
        "whole": [len(records), hashlib.sha256(records).hexdigest()],
    }


def _with_those_above(session: Session, *organisations: str) -> list[str]:
    """Organisations and everybody under whom they have ever hung, whose word their own place rests on."""
    edges = session.connection().execute(standings.edges_above(), {"codes": list(organisations)})
    return sorted({*organisations, *(row.parent for row in edges)})
