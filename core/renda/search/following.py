"""Entries follow their records: written by the same flush, and so in the same transaction.

The session is the one place that every change of a record passes, whoever makes it, of one or of many. What
is written past it (statements on the table itself) `renda doctor` finds, and `renda search rebuild` mends.
"""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from renda.records.models import Record
from renda.search.entries import described, of_type, put, remove, searchable
from renda.types import Registry


def follow() -> None:
    """Let every session write entries from now on; safe to repeat."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)
        event.listen(Session, "do_orm_execute", _before_insert)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    registry = session.info.get("registry")
    if registry is None:
        return
    changed = [row for row in session.dirty if session.is_modified(row)]
    rows = [row for row in (*session.new, *changed) if isinstance(row, Record)]
    for model in {type(row) for row in rows}:
        _put(session, registry, model, (row for row in rows if type(row) is model))
    remove(session, (row for row in session.deleted if isinstance(row, Record)))


def _before_insert(state: ORMExecuteState) -> None:
    """Records that are inserted many at once are in no session; rows like them are described."""
    registry, mapper = state.session.info.get("registry"), state.bind_mapper
    if registry is None or not state.is_insert or mapper is None or not issubclass(mapper.class_, Record):
        return
    rows = [state.parameters] if isinstance(state.parameters, Mapping) else state.parameters or []
    _put(state.session, registry, mapper.class_, (SimpleNamespace(**row) for row in rows))


def _put(session: Session, registry: Registry, model: type[Record], rows: Iterable[Any]) -> None:
    several = list(rows)
    for kind in searchable(registry.declared):
        if kind.model is model:
            put(session, described(kind, of_type(kind, several)))
