"""What is told: whatever leaves an audit row at an organisation, in the transaction that writes the row."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

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
        event.listen(Session, "do_orm_execute", _before_insert)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    _tell(session, [row for row in session.new if isinstance(row, AuditEntry)])


def _before_insert(state: ORMExecuteState) -> None:
    """Audit rows of many acts at once are in no session."""
    mapper, told = state.bind_mapper, state.parameters
    if state.is_insert and mapper is not None and mapper.class_ is AuditEntry and told:
        rows = [told] if isinstance(told, Mapping) else told
        if any(topic(row["action"]) in TOPICS for row in rows):
            _tell(state.session, [SimpleNamespace(**row) for row in rows])


def _tell(session: Session, rows: Iterable[Any]) -> None:
    done = [row for row in rows if row.organisation is not None and topic(row.action) in TOPICS]
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
