"""Background work of registers: long batches go on, and what nobody finished is forgotten."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from renda.database import scope_to
from renda.errors import RendaError
from renda.i18n import freeze
from renda.records import attaching, batches, bulk, drafts
from renda.records.batches import Batch
from renda.records.drafts import Draft
from renda.records.organs import at
from renda.security.grants import roles_at
from renda.security.identity import Identity, permissions
from renda.tasks import enqueue
from renda.tasks.declare import periodic, task
from renda.types import Registry

SIX_HOURS = 21_600


@task(batches.GO_ON)
def go_on(registry: Registry, session: Session, now: datetime, identifier: str) -> None:
    """Let the next slice of a batch take its step, if whoever confirmed it may still do so."""
    batch = session.get(Batch, uuid.UUID(identifier))
    if batch is None or batch.settled_at is not None:
        return
    scope_to(session, {batch.organisation})
    kind = at(session, registry.declared.record_types[batch.type], batch.organisation)
    roles = roles_at(session, batch.account, batch.organisation, now)
    who = Identity(batch.account, "", "", {batch.organisation: roles})
    held = permissions(who, batch.organisation, registry.declared, {kind.module})
    try:
        with session.begin_nested():
            bulk.advance(session, kind, batch, permissions=held, now=now)
    except RendaError as error:
        session.refresh(batch)
        batch.trouble = freeze(error.sentence)
        bulk.settle(session, batch, now)


@task(drafts.FORGET, longest=None)
def forget_draft(registry: Registry, session: Session, now: datetime, identifier: str) -> None:
    """Remove unfinished input whose span is over; what was kept again since is looked at later."""
    draft = session.get(Draft, uuid.UUID(identifier))
    if draft is None:
        return
    over = draft.saved_at + drafts.span_of(registry.values)
    if over <= now:
        session.delete(draft)
    else:
        enqueue(session, drafts.FORGET, draft.id, now=now, due=over)


@task(batches.FORGET, longest=batches.KEPT)
def forget_batch(_registry: Registry, session: Session, _now: datetime, identifier: str) -> None:
    """Remove a batch that ended long ago; what became of each record its history tells."""
    batch = session.get(Batch, uuid.UUID(identifier))
    if batch is not None:
        session.delete(batch)


@periodic("core.erase_attachments", SIX_HOURS)
def erase_attachments(registry: Registry, session: Session, now: datetime) -> None:
    """Erase files that somebody removed and whose span is over; some nodes run by day alone."""
    attaching.erase_due(session, registry.values, now)
