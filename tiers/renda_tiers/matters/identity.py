"""Who asks: opened only by those who may, for a purpose that is written down, and erased by an order."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from renda.errors import Forbidden, NotFound
from renda.i18n import _
from renda.records.fields import Text
from renda.security import audit
from renda_tiers.documents import erasing, parts, store
from renda_tiers.matters import handing, turns
from renda_tiers.matters.arrival import IDENTITY
from renda_tiers.matters.turns import Turn

PURPOSE = Text(_("Purpose"), max_length=200)

ABSENT, WITHHELD, ERASED, OPEN = "absent", "withheld", "erased", "open"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who asks, and how to reach them. Personal data: shown, and never kept or logged."""

    name: str
    contact: str


def status(session: Session, found: Turn, organisation: str) -> str:
    """Whether an organisation can open who asks: OPEN, ERASED, WITHHELD, or ABSENT where nobody was named."""
    documents = store.read(session, list(found.matters))
    seen = [
        part
        for (_document, name), part in parts.read(session, documents, organisation).items()
        if name == IDENTITY
    ]
    if any(part.content is not None for part in seen):
        return OPEN
    if any(part.erased for part in seen):
        return ERASED
    return WITHHELD if seen else ABSENT


def open_identity(
    session: Session,
    organisation: str,
    case: bytes,
    *,
    purpose: str,
    actor: uuid.UUID | None,
    now: datetime,
) -> Identity:
    """Who asks, for a purpose; that it was opened, by whom and what for, is audited.

    Raises:
        Invalid: no purpose.
        NotFound: there is no such case, it is anonymous, or the identity was erased.
        Forbidden: it is withheld from this organisation.
    """
    why = turns.cleaned(purpose=(PURPOSE, purpose))["purpose"]
    found = turns.turn(session, organisation, case)
    held = handing.held_parts(session, found, organisation)
    if IDENTITY not in held:
        if status(session, found, organisation) == WITHHELD:
            raise Forbidden(_("Who asks is withheld from this organisation."))
        raise NotFound(_("Who asks is not known here, or was erased."))
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="matter.identify",
        target=case.hex(),
        now=now,
        detail={"purpose": why},
    )
    return Identity(**json.loads(held[IDENTITY]))


def erase(
    session: Session,
    organisation: str,
    case: bytes,
    *,
    reason: str,
    actor: uuid.UUID | None,
    now: datetime,
) -> list[bytes]:
    """Order that who asks is erased everywhere, also where it was passed on; the hashes of the orders.

    Raises:
        Invalid, Forbidden, Conflict: see `erasing.order`.
        NotFound: there is no such case, or it is anonymous.
    """
    found = turns.turn(session, organisation, case)
    targets = [
        (one.hash, IDENTITY)
        for one in store.read(session, list(found.matters))
        if IDENTITY in {part.name for part in one.parts}
    ]
    if not targets:
        raise NotFound(_("Who asks is not known here, or was erased."))
    return erasing.order(session, organisation, targets, reason=reason, actor=actor, now=now)
