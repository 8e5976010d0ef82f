"""Rotation, revocation, and what has to be said again after a key was closed.

Rotation grants a new key beside the old one. Revocation closes every key of an organisation and lists what it
had said that still counts; what it does not list is set aside everywhere, whatever the order of arrival.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict, Forbidden, NotFound
from renda.i18n import _, freeze
from renda.security import audit
from renda.slices import slices
from renda_tiers.documents import issuing, store
from renda_tiers.documents.authority import CONTROL
from renda_tiers.documents.envelope import Document, Outcome, decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import Anchor, KeyGrant, LedgerDocument, LedgerSignature, SigningKey
from renda_tiers.links import hosting, keys, waking
from renda_tiers.links.models import CHILD, CLOSED, PARENT, REFUSED, Link
from renda_tiers.links.node import this


def rotate(session: Session, organisation: str, *, actor: Any = None, now: datetime) -> bytes:
    """A new key for an organisation hosted here, beside the old one; the public half.

    Its superior here grants it at once; a root grants it itself; the node's top asks its parent with the next
    call. A new key that was not granted yet is not made again.

    Raises:
        Forbidden: the organisation is not hosted here.
        Conflict: nobody here may grant the key, nor be asked for it.
        Recovering: this node is behind its gate.
    """
    if organisation not in issuing.hosted(session):
        raise Forbidden(_("${code} is not hosted here.", mapping={"code": organisation}))
    is_root = session.scalar(select(Anchor.key).where(Anchor.organisation == organisation).limit(1))
    speaker = organisation if is_root else hosting.speaker(session, organisation)
    if speaker is None and organisation != this(session).organisation:
        raise Conflict(_("Nobody here may grant a key to ${code}.", mapping={"code": organisation}))
    waiting = sorted(keys.ungranted(session, organisation))
    key = waiting[0] if waiting else keys.make(session, organisation, now)
    if speaker is not None:
        issuing.issue(session, [keys.enrolment(speaker, organisation, key)], now=now)
    else:
        for peer in session.scalars(select(Link.peer).where(Link.role == PARENT, Link.state != CLOSED)):
            waking.soon(session, waking.DIAL, peer, now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="key.rotate",
        target=key.hex(),
        now=now,
        detail={"granted": speaker is not None},
    )
    return key


def revoke(
    session: Session,
    organisation: str,
    *,
    keeps: Collection[bytes] | None = None,
    actor: Any = None,
    now: datetime,
) -> bytes:
    """Close every key of an organisation below; the hash of the enrolment that says so.

    One that is hosted here gets a new key with it. The node of another is refused from here on, until it is
    invited again.

    Args:
        session: of a node that hosts a body above the organisation.
        organisation: whose keys are closed.
        keeps: hashes of the documents that still count; by default everything that is held and counts.
        actor: account that decides.
        now: when.

    Raises:
        Conflict: nobody here may speak of its keys, or it has none.
        NotFound: a document to keep is not held here, or does not count, or is not the organisation's.
    """
    # What is signed meanwhile with the old key would be missing in the list of what still counts.
    store.lock(session)
    speaker = hosting.speaker(session, organisation)
    if speaker is None:
        raise Conflict(_("Nobody here may speak of the keys of ${code}.", mapping={"code": organisation}))
    old = keys.granted(session, organisation)
    if not old:
        raise Conflict(_("${code} has no key that speaks for it.", mapping={"code": organisation}))
    signed = keys.signed_with(session, organisation, old)
    kept = signed if keeps is None else sorted(set(keeps))
    if unknown := set(kept) - set(signed):
        raise NotFound(
            _("${count} of the documents to keep are not held here.", mapping={"count": len(unknown)})
        )
    new = keys.make(session, organisation, now) if organisation in issuing.hosted(session) else None
    (document,) = issuing.issue(session, [keys.enrolment(speaker, organisation, new, old, kept)], now=now)
    link = session.get(Link, organisation)
    if link is not None and link.role == CHILD and link.state != CLOSED:
        link.state, link.level = REFUSED, False
        link.reason = freeze(_("The key of ${code} was closed here.", mapping={"code": organisation}))
    audit.record(
        session,
        actor=actor,
        organisation=speaker,
        action="key.revoke",
        target=organisation,
        now=now,
        detail={
            "keys": sorted(one.hex() for one in old),
            "kept": len(kept),
            "not_kept": len(signed) - len(kept),
        },
    )
    return document


def unsaid(session: Session) -> list[Document]:
    """Control documents of organisations hosted here that a closing left out, and nobody has said again.

    Until a person has them signed again, those whom they had placed or given a key stand outside the tree.
    """
    here = issuing.hosted(session)
    found = []
    for some in slices(sorted(here)):
        rows = session.execute(
            select(LedgerDocument.payload)
            .join(LedgerSignature, LedgerSignature.document == LedgerDocument.hash)
            .join(
                KeyGrant,
                (KeyGrant.organisation == LedgerDocument.origin) & (KeyGrant.key == LedgerSignature.key),
            )
            .where(
                LedgerDocument.kind.in_(CONTROL),
                LedgerDocument.outcome == Outcome.ASIDE,
                LedgerDocument.origin.in_(some),
                KeyGrant.closed,
            )
            .distinct()
        )
        found += [decode(row.payload) for row in rows]
    said = _bodies(session, {one.subject for one in found})
    left = [one for one in found if (one.origin, one.subject, dict(one.body)) not in said]
    return sorted(left, key=lambda one: (one.kind, one.subject, one.revision, one.issued, one.hash))


def _bodies(session: Session, subjects: Collection[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """(Origin, subject, body) of the applied documents of these subjects."""
    found = []
    for some in slices(sorted(subjects)):
        rows = session.scalars(
            select(LedgerDocument.payload).where(
                LedgerDocument.subject.in_(some), LedgerDocument.outcome == Outcome.APPLIED
            )
        )
        found += [(one.origin, one.subject, dict(one.body)) for one in map(decode, rows)]
    return found


def say_again(session: Session, document: bytes, *, actor: Any, now: datetime) -> bytes:
    """Sign a control document that a closing left out again, as it was; the new one's hash.

    A person has looked at it: whoever stole the key may have written it.

    Raises:
        NotFound: it is none of `unsaid`.
    """
    wanted = next((one for one in unsaid(session) if one.hash == document), None)
    if wanted is None:
        raise NotFound(_("There is no such document to be signed again."))
    statement = Statement(
        wanted.kind,
        wanted.origin,
        wanted.subject,
        wanted.body,
        frozenset(wanted.audience),
        schema=wanted.schema,
    )
    (hash_,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=wanted.origin,
        action="key.say_again",
        target=hash_.hex(),
        now=now,
        detail={"document": document.hex()},
    )
    return hash_


def is_revoked(session: Session, organisation: str) -> bool:
    """Whether the newest key that this node had for an organisation was closed without another in its place.

    Where another was granted at once, the organisation has moved, and its records with it.
    """
    own = set(session.scalars(select(SigningKey.public).where(SigningKey.organisation == organisation)))
    closed = {key.hex() for key in own if not keys.speaks(session, organisation, key)}
    rows = session.scalars(
        select(LedgerDocument.payload)
        .where(
            LedgerDocument.subject == f"enrolment:{organisation}",
            LedgerDocument.outcome == Outcome.APPLIED,
        )
        .order_by(LedgerDocument.revision.desc(), LedgerDocument.issued.desc())
    )
    for body in (decode(payload).body for payload in rows):
        if closed & set(body.get("closes", ())):
            return body["key"] is None
    return False
