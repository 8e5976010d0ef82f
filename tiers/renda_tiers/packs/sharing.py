"""Handing a practice pack on: up to the body above, or down to all below together with its report."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Forbidden, NotFound
from renda.i18n import _
from renda.packs import keeping
from renda.packs.declared import SHIPPED, Pack, is_made_by
from renda.security import audit
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.packs import arrival
from renda_tiers.reports import definitions, standings, templates
from renda_tiers.rollup import expectation


def send(session: Session, organisation: str, name: str, *, actor: uuid.UUID | None, now: datetime) -> bytes:
    """Send a pack that the organisation made to the body directly above it; the hash of the document.

    Raises:
        NotFound: the organisation does not have it.
        Forbidden: nobody stands above, or another body made it.
    """
    pack = keeping.exported(session, organisation, name)
    above = standings.ancestors_on(session, organisation, local_day(now))[1:2]
    if not above:
        raise Forbidden(_("No organisation stands above this one."))
    if not is_made_by(pack.name, organisation):
        raise Forbidden(_("Only its author sends a practice pack to those above."))
    return _say(session, organisation, pack, above, "pack.send", actor=actor, now=now)


def publish(
    session: Session, organisation: str, name: str, *, actor: uuid.UUID | None, now: datetime
) -> bytes:
    """Let everybody below have a pack, and set its report for them; the hash of the pack's document.

    A report that a body above has set stands as it is.

    Raises:
        NotFound: the organisation does not have it.
        Forbidden: nobody stands below, or the pack was made neither here nor below.
        Conflict: its report was set before for another kind of period.
    """
    pack = keeping.exported(session, organisation, name)
    day = local_day(now)
    tree = expectation.subtree([organisation], day)
    below = list(session.scalars(select(tree.c.code).where(tree.c.code != organisation).distinct()))
    if not below:
        raise Forbidden(_("No organisation stands below this one."))
    if pack.author != SHIPPED and organisation not in standings.ancestors_on(session, pack.author, day):
        raise Forbidden(_("A body publishes practice packs that were made by itself or below it."))
    document = _say(session, organisation, pack, below, "pack.publish", actor=actor, now=now)
    above = standings.ancestors_on(session, organisation, day)[1:]
    for template in pack.templates:
        if not _set_by(session, above, template.code, organisation):
            templates.publish(session, organisation, template.code, now=now)
    return document


def _set_by(session: Session, origins: Collection[str], code: str, organisation: str) -> bool:
    """Whether the report template that stands for an organisation was set by one of these."""
    try:
        return definitions.current(session, code, organisation).origin in origins
    except NotFound:
        return False


def _say(
    session: Session,
    organisation: str,
    pack: Pack,
    audience: Collection[str],
    action: str,
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    statement = Statement(
        arrival.KIND,
        organisation,
        arrival.subject(organisation, pack.name),
        {"name": pack.name, "version": pack.version, "text": pack.text},
        frozenset(audience),
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action=action,
        target=pack.name,
        now=now,
        detail={"document": document.hex(), "version": pack.version},
    )
    return document


def last_said(session: Session, organisation: str) -> dict[str, datetime]:
    """When an organisation sent or published each pack last, by the pack's id."""
    prefix = arrival.subject(organisation, "")
    rows = session.execute(
        select(LedgerDocument.subject, LedgerDocument.issued)
        .where(LedgerDocument.kind == arrival.KIND, LedgerDocument.origin == organisation)
        .order_by(LedgerDocument.issued)
    )
    return {row.subject.removeprefix(prefix): row.issued for row in rows}
