"""The `erasure` document: an order to erase a part everywhere. No hash, signature or figure changes.

The origin of a document orders it, or the body that a passed-on document names as where it came `from`.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.i18n import _
from renda.security import audit
from renda.slices import slices
from renda_tiers.documents import issuing, store
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.models import Erasure, LedgerPart
from renda_tiers.documents.payload import is_hex32
from renda_tiers.documents.store import Verdict

KIND = "erasure"
MOST_WORDS = 500
"""Characters of the reason of an order."""


def subject(document: bytes) -> str:
    """What all orders about one document are revisions of."""
    return f"{KIND}:{document.hex()}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {document, part, reason}."""
    if (
        body.keys() != {"document", "part", "reason"}
        or not is_hex32(body["document"])
        or not all(isinstance(body[name], str) and body[name].strip() for name in ("part", "reason"))
    ):
        raise Invalid({"body": _("This is no order to erase a part.")})


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """An order waits for the document, and is set aside where another than its owner gives it."""
    named = {bytes.fromhex(one.body["document"]) for one in documents}
    held = {one.hash: one for one in store.read(session, named)}
    verdicts = {}
    for one in documents:
        about = bytes.fromhex(one.body["document"])
        if one.subject != subject(about):
            verdicts[one.hash] = aside(_("The subject of this document is another than what it says."))
        elif about not in held:
            verdicts[one.hash] = parked(_("The document with the part to erase is not here yet."), about)
        elif one.origin not in owners(held[about]):
            verdicts[one.hash] = aside(_("Only the origin of a part orders its erasure."))
    return verdicts


def owners(document: Document) -> frozenset[str]:
    """Who may order that parts of a document are erased."""
    source = document.body.get("from")
    return frozenset({document.origin, source} if isinstance(source, str) else {document.origin})


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Erase the bytes for good, and keep who ordered it and why."""
    session.execute(
        insert(Erasure),
        [
            {
                "document": one.hash,
                "target": bytes.fromhex(one.body["document"]),
                "part": one.body["part"],
                "by": one.origin,
                "reason": one.body["reason"],
                "issued": one.issued,
            }
            for one in documents
        ],
    )
    pairs = [(bytes.fromhex(one.body["document"]), one.body["part"]) for one in documents]
    for some in slices(pairs):
        session.connection().execute(
            update(LedgerPart)
            .where(tuple_(LedgerPart.document, LedgerPart.name).in_(some))
            .values(salt=b"", content=None, erased=True)
        )


def forget(session: Session) -> None:
    """Empty the list of orders; what was erased stays erased."""
    session.execute(delete(Erasure))


def order(
    session: Session,
    organisation: str,
    targets: Sequence[tuple[bytes, str]],
    *,
    reason: str,
    actor: uuid.UUID | None,
    now: datetime,
) -> list[bytes]:
    """Order that parts are erased, as (document, name); the hashes of the orders.

    Everybody who is meant to have one of the documents gets the order.

    Raises:
        Invalid: no reason, or one that is too long.
        NotFound: a document or part is not here.
        Forbidden: the organisation does not own it.
        Conflict: all of it was erased before.
    """
    why = " ".join(reason.split())
    if not why or len(why) > MOST_WORDS:
        message = _("Say why, in at most ${n} characters.", mapping={"n": MOST_WORDS})
        raise Invalid({"reason": message}, message)
    held = {one.hash: one for one in store.read(session, {document for document, _name in targets})}
    left = _not_erased(session, targets)
    if not left:
        raise Conflict(_("This has been erased already."))
    statements = []
    for document, name in left:
        one = held.get(document)
        if one is None or name not in {part.name for part in one.parts}:
            raise NotFound
        if organisation not in owners(one):
            raise Forbidden(_("Only the origin of a part orders its erasure."))
        body = {"document": document.hex(), "part": name, "reason": why}
        audience = frozenset({one.origin, *one.audience})
        statements.append(Statement(KIND, organisation, subject(document), body, audience))
    issued = []
    for statement in statements:
        issued += issuing.issue(session, [statement], now=now)
        audit.record(
            session,
            actor=actor,
            organisation=organisation,
            action="part.erase",
            target=statement.body["document"],
            now=now,
            detail={"part": statement.body["part"], "reason": why},
        )
    return issued


def _not_erased(session: Session, targets: Sequence[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    done = {
        (row.document, row.name)
        for row in session.execute(
            select(LedgerPart.document, LedgerPart.name).where(
                LedgerPart.document.in_([document for document, _name in targets]), LedgerPart.erased
            )
        )
    }
    return [target for target in targets if target not in done]
