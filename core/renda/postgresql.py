"""What a PostgreSQL engine is made to do: many rows go in by one statement, which takes them as one document.

psycopg sends a statement for each row and takes an answer to each. For the small rows of this program that
costs more than the rows; the server reads a thousand of them out of one JSON array in half the time.

What is inserted or, where it is there, changed (ON CONFLICT DO UPDATE) goes so only where the caller says by
the execution option `EACH_ONCE` that no row comes twice: one statement may not change a row twice.
"""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, event

from renda.slices import slices

LEAST = 10
"""Rows from which on it is worth while."""
LONGEST = 64
"""Bytes of a value that is still written as text; longer ones travel better as they are."""

EACH_ONCE = "renda_each_once"

_VALUE = r"%\(\w+\)s(?!::JSON)(?:::[A-Z ]+)?"
_INSERT = re.compile(rf"INSERT INTO (\S+) \(([^()]+)\) VALUES \(({_VALUE}(?:, {_VALUE})*)\)([^%]*)")  # noqa: S608
"""Table, columns, values of which each is given and none is an expression, and what follows."""
_NAME = re.compile(r"%\((\w+)\)s")
_AS_JSON = frozenset({str, int, bool, type(None)})
_WRITTEN = (uuid.UUID, date)
"""What PostgreSQL reads as Python writes it; an instant is a date to Python, too."""


def watch(engine: Engine) -> None:
    """Have an engine insert many rows at once."""
    event.listen(engine, "do_executemany", _insert)


def _insert(cursor: Any, statement: str, parameters: Sequence[Mapping[str, Any]], context: Any) -> bool:
    """Insert the rows, if they are such that one statement can; else the driver does it row by row."""
    written = _of_set(statement) if context.isinsert and len(parameters) >= LEAST else ""
    if not written or (" DO UPDATE " in written and not context.execution_options.get(EACH_ONCE)):
        return False
    try:
        documents = [_ENCODE([_plain(row) for row in some]) for some in slices(parameters)]
    except TypeError:
        return False
    for rows in documents:
        cursor.execute(written, {"rows": rows})
    return True


@lru_cache(1024)
def _of_set(statement: str) -> str:
    """An INSERT of one row as one of a whole set; "" where it cannot be."""
    found = _INSERT.fullmatch(statement)
    if found is None:
        return ""
    table, columns, values, rest = found.groups()
    if _NAME.findall(values) != [name.strip('"') for name in columns.split(", ")]:
        return ""
    # All of it stood in the statement that SQLAlchemy wrote.
    read = f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %(rows)s::json)"  # noqa: S608
    return f"INSERT INTO {table} ({columns}) {read}{rest}"


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON.

    Raises:
        TypeError: one of its values is of another kind than JSON and PostgreSQL understand alike.
    """
    return {name: value if type(value) in _AS_JSON else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    if isinstance(value, _WRITTEN):
        return str(value)
    content = getattr(value, "obj", None)
    if isinstance(content, bytes) and len(content) <= LONGEST:
        return f"\\x{content.hex()}"
    raise TypeError


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
