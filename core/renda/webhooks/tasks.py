"""Calls are made by workers, and repeated with growing pauses for about three days."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.i18n import _, freeze
from renda.security.models import AuditEntry
from renda.tasks import enqueue
from renda.tasks.declare import task
from renda.types import Registry
from renda.webhooks import calling
from renda.webhooks.following import TELL
from renda.webhooks.models import Webhook
from renda.webhooks.registering import host_of, secret_of

PAUSES = tuple(
    timedelta(minutes=one) for one in (0.1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60)
)
"""Before each repetition; after the last the call is given up."""

_NOT_REGISTERED = _("The host is not registered any more.")


@task(TELL, locked=False, longest=PAUSES[-1])
def tell_webhook(  # noqa: PLR0917 - what a task is called with
    registry: Registry, session: Session, now: datetime, hook_id: str, entry_id: str, failed: int
) -> None:
    """Make one call; where it is not taken, ask for the next try."""
    # The receiver is not waited for inside the transaction.
    with unit_of_work(registry, reading=True) as before:
        hook = before.get(Webhook, uuid.UUID(hook_id))
        entry = before.get(AuditEntry, uuid.UUID(entry_id))
        if hook is None or entry is None or hook.closed_at is not None:
            return
        one = calling.call(hook.address, entry, secret_of(before, hook), now)
    allowed = host_of(one.address) in registry.values["webhook_hosts"]
    trouble = _try(one) if allowed else _NOT_REGISTERED
    told = session.get_one(Webhook, uuid.UUID(hook_id))
    if not trouble:
        told.told_at, told.failing_since, told.trouble = now, None, ""
        return
    told.failing_since, told.trouble = told.failing_since or now, freeze(trouble)
    if failed < len(PAUSES):
        enqueue(session, TELL, hook_id, entry_id, failed + 1, now=now, due=now + PAUSES[failed])


def _try(one: calling.Call) -> str:
    try:
        calling.send(one)
    except calling.NotTaken as error:
        return error.message
    return ""
