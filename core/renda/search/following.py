"""Entries follow their records: written by the same flush, and so in the same transaction.

The session is the one place that every change of a record passes, whoever makes it; what is written past it
(statements on the table itself) `renda doctor` finds, and `renda search rebuild` mends.
"""

from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from renda.records.models import Record
from renda.search.entries import described, put, remove, type_of


def follow() -> None:
    """Let every session write entries from now on; safe to repeat."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    registry = session.info.get("registry")
    if registry is None:
        return
    changed = [row for row in session.dirty if session.is_modified(row)]
    rows = [row for row in (*session.new, *changed) if isinstance(row, Record)]
    kinds = ((type_of(registry.declared, row), row) for row in rows)
    put(session, [described(kind, row) for kind, row in kinds if kind is not None])
    remove(session, (row for row in session.deleted if isinstance(row, Record)))
