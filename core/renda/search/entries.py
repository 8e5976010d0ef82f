"""Entries: made from records, and written beside them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, bindparam, delete, func, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.plugins import Declared
from renda.postgresql import EACH_ONCE
from renda.records.fields import Text
from renda.search.models import SearchEntry, number
from renda.search.tokens import tokens

KEPT = ("id", "organisation", "state", "changed_at")
"""What an entry takes from a record beside its searched fields."""
LONGEST_TITLE = 120
"""Characters of what a record is called in a list of results."""
_table: Any = SearchEntry.__table__


def searched(kind: RecordType) -> list[str]:
    """Fields of a type whose words can be found: those that it declares, but never a personal one."""
    fields = ((name, kind.fields[name]) for name in kind.search)
    return [name for name, what in fields if isinstance(what, Text) and not what.personal]


def searchable(declared: Declared) -> list[RecordType]:
    """Record types that have entries."""
    return [kind for kind in declared.record_types.values() if searched(kind)]


def of_type(kind: RecordType, rows: Iterable[Any]) -> list[Any]:
    """Those of some records of the type's class, or of rows with its columns, that are of the type."""
    told = kind.constants.items()
    if not told:
        return list(rows)
    return [row for row in rows if all(getattr(row, name) == value for name, value in told)]


def described(kind: RecordType, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The entries of records of one type, or of rows with `KEPT` and the searched fields."""
    names = searched(kind)
    return [_described(kind, names, row) for row in rows]


def _described(kind: RecordType, names: Iterable[str], row: Any) -> dict[str, Any]:
    values = [kind.value(row, name) for name in names]
    lines = [str(value) for value in values if value]
    text = "\n".join(lines)
    return {
        "id": number(row.id),
        "component": kind.module,
        "type": kind.name,
        "record": row.id,
        "organisation": row.organisation,
        "title": _title(lines[0]) if lines else "",
        "state": row.state,
        "text": text,
        "tokens": " ".join(tokens(text)),
        "changed_at": row.changed_at,
    }


def _title(value: str) -> str:
    """What a record is called in a list of results; of a long text, its beginning."""
    said = " ".join(value.split())
    return said if len(said) <= LONGEST_TITLE else said[: LONGEST_TITLE - 1] + "…"


def put(session: Session, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write entries, each in the place of the one that the same record had."""
    # One statement writes a row once; SQLite's index starts a new piece where an id is lower than the last.
    latest = {one["id"]: one for one in entries}
    ordered = sorted(latest.values(), key=itemgetter("id"))
    if not ordered:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(_all_at_once(), {"entries": _document(connection.dialect, ordered)})
    else:
        connection.execute(_one_by_one(), ordered, execution_options={EACH_ONCE: True})


def _in_place(statement: Any) -> Any:
    new = {column.key: statement.excluded[column.key] for column in _table.columns if column.key != "id"}
    return statement.on_conflict_do_update(index_elements=["id"], set_=new)


@cache
def _one_by_one() -> Any:
    """A statement for each entry, of which PostgreSQL's engine makes one for all."""
    return _in_place(postgresql.insert(_table))


@cache
def _all_at_once() -> Any:
    """One statement for all entries: at the end of each, SQLite writes down what its index has gathered."""
    given: Any = func.json_each(bindparam("entries")).table_valued("value")
    names = [column.key for column in _table.columns]
    values = [func.json_extract(given.c.value, f"$.{name}") for name in names]
    # Without a condition SQLite would take the words on a conflict for that of a join.
    return _in_place(sqlite.insert(_table).from_select(names, select(*values).where(true())))


def _document(dialect: Dialect, entries: Iterable[Mapping[str, Any]]) -> str:
    """Entries as JSON, in which every value is written as the database keeps it."""
    kinds = ((column.key, column.type.dialect_impl(dialect)) for column in _table.columns)
    writers = {name: write for name, kind in kinds if (write := kind.bind_processor(dialect))}
    plain = [{**one, **{name: write(one[name]) for name, write in writers.items()}} for one in entries]
    return json.dumps(plain, ensure_ascii=False)


def remove(session: Session, records: Iterable[Any]) -> None:
    """Take away the entries of records that are gone."""
    ids = [number(row.id) for row in records]
    if ids:
        session.connection().execute(delete(_table).where(_table.c.id.in_(ids)))
