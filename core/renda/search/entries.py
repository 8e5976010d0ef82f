"""Entries: made from records, and written beside them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.plugins import Declared
from renda.records.fields import Text
from renda.search.models import SearchEntry, number
from renda.search.tokens import tokens

KEPT = ("id", "organisation", "state", "changed_at")
"""What an entry takes from a record beside its searched fields."""
_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_table: Any = SearchEntry.__table__


def searched(kind: RecordType) -> list[str]:
    """Fields of a type whose words can be found: those that it declares, but never a personal one."""
    fields = ((name, kind.fields[name]) for name in kind.search)
    return [name for name, what in fields if isinstance(what, Text) and not what.personal]


def searchable(declared: Declared) -> list[RecordType]:
    """Record types that have entries."""
    return [kind for kind in declared.record_types.values() if searched(kind)]


def type_of(declared: Declared, model: type[Any], row: Any) -> RecordType | None:
    """The searchable type of a record of this class, or of a row with its columns, if it has one."""
    for kind in declared.record_types.values():
        if kind.model is model and all(getattr(row, name) == value for name, value in kind.constants.items()):
            return kind if searched(kind) else None
    return None


def described(kind: RecordType, row: Any) -> dict[str, Any]:
    """The entry of a record, or of a row with `KEPT` and the searched fields."""
    values = [kind.value(row, name) for name in searched(kind)]
    lines = [str(value) for value in values if value]
    text = "\n".join(lines)
    return {
        "id": number(row.id),
        "component": kind.module,
        "type": kind.name,
        "record": row.id,
        "organisation": row.organisation,
        "title": " ".join(lines[0].split()) if lines else "",
        "state": row.state,
        "text": text,
        "tokens": " ".join(tokens(text)),
        "changed_at": row.changed_at,
    }


def put(session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write entries, each in the place of the one that the same record had."""
    if not entries:
        return
    connection = session.connection()
    statement = _INSERTS[connection.dialect.name](_table)
    new = {column.key: statement.excluded[column.key] for column in _table.columns if column.key != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new), list(entries))


def remove(session: Session, records: Iterable[Any]) -> None:
    """Take away the entries of records that are gone."""
    ids = [number(row.id) for row in records]
    if ids:
        session.connection().execute(delete(_table).where(_table.c.id.in_(ids)))
