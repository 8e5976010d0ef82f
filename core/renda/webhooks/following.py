"""What is told: whatever leaves an audit row at an organisation, in the transaction that writes the row."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter, itemgetter

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from renda.security.models import AuditEntry
from renda.tasks import enqueue
from renda.webhooks.models import Webhook
from renda.webhooks.registering import TOPICS

TELL = "core.tell_webhook"
"""Task: (webhook, audit row, failed tries so far)."""

Act = tuple[str | None, str, uuid.UUID, datetime]
_ACT = ("organisation", "action", "id", "at")
"""What of an audit row decides who is told of it."""


def follow() -> None:
    """Let every session ask for calls from now on; safe to repeat."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)
        event.listen(Session, "do_orm_execute", _before_insert)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    rows = (row for row in session.new if isinstance(row, AuditEntry))
    _tell(session, map(attrgetter(*_ACT), rows))


def _before_insert(state: ORMExecuteState) -> None:
    """Audit rows of many acts at once are in no session."""
    mapper, told = state.bind_mapper, state.parameters
    if state.is_insert and mapper is not None and mapper.class_ is AuditEntry and told:
        rows = [told] if isinstance(told, Mapping) else told
        _tell(state.session, map(itemgetter(*_ACT), rows))


def _tell(session: Session, acts: Iterable[Act]) -> None:
    done = [act for act in acts if act[0] is not None and topic(act[1]) in TOPICS]
    if not done:
        return
    places = {act[0] for act in done}
    hooks = session.execute(
        select(Webhook.id, Webhook.organisation, Webhook.topics).where(
            Webhook.organisation.in_(places), Webhook.closed_at.is_(None)
        )
    ).all()
    for hook in hooks:
        wanted = hook.topics.split()
        for organisation, action, entry, at in done:
            if hook.organisation == organisation and topic(action) in wanted:
                enqueue(session, TELL, hook.id, entry, 0, now=at)


def topic(action: str) -> str:
    """What an audit row's action is about: `record` of `record.update`."""
    return action.partition(".")[0]
