"""What is told: whatever leaves an audit row at an organisation, in the transaction that writes the row."""

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from renda.security.models import AuditEntry
from renda.tasks import enqueue
from renda.webhooks.models import Webhook
from renda.webhooks.registering import TOPICS

TELL = "core.tell_webhook"
"""Task: (webhook, audit row, failed tries so far)."""


def follow() -> None:
    """Let every session ask for calls from now on; safe to repeat."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    done = [
        row
        for row in session.new
        if isinstance(row, AuditEntry) and row.organisation is not None and topic(row.action) in TOPICS
    ]
    if not done:
        return
    places = {row.organisation for row in done}
    hooks = session.execute(
        select(Webhook.id, Webhook.organisation, Webhook.topics).where(
            Webhook.organisation.in_(places), Webhook.closed_at.is_(None)
        )
    ).all()
    for row in done:
        for hook in hooks:
            if hook.organisation == row.organisation and topic(row.action) in hook.topics.split():
                enqueue(session, TELL, hook.id, row.id, 0, now=row.at)


def topic(action: str) -> str:
    """What an audit row's action is about: `record` of `record.update`."""
    return action.partition(".")[0]
