"""What a PostgreSQL engine is made to do: many rows go in by one statement, which takes them as one document.

psycopg sends a statement for each row and takes an answer to each. For the small rows of this program that
costs more than the rows; the server reads a thousand of them out of one JSON array in half the time.
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

_VALUE = r"%\(\w+\)s(?!::JSON)(?:::[A-Z ]+)?"
_INSERT = re.compile(rf"INSERT INTO (\S+) \(([^()]+)\) VALUES \(({_VALUE}(?:, {_VALUE})*)\)([^%]*)")  # noqa: S608
"""Table, columns, values of which each is given and none is an expression, and what follows."""
_NAME = re.compile(r"%\((\w+)\)s")
_WRITTEN = (uuid.UUID, date)
"""What PostgreSQL reads as Python writes it; an instant is a date to Python, too."""


def watch(engine: Engine) -> None:
    """Have an engine insert many rows at once."""
    event.listen(engine, "do_executemany", _insert)


def _insert(cursor: Any, statement: str, parameters: Sequence[Mapping[str, Any]], context: Any) -> bool:
    """Insert the rows, if they are such that one statement can; else the driver does it row by row."""
    written = _of_set(statement) if context.isinsert and len(parameters) >= LEAST else ""
    if not written:
        return False
    try:
        documents = [_ENCODE(some) for some in slices(parameters)]
    except (TypeError, ValueError):
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


def _plain(value: Any) -> str:
    if isinstance(value, _WRITTEN):
        return str(value)
    content = getattr(value, "obj", None)
    if isinstance(content, bytes) and len(content) <= LONGEST:
        return f"\\x{content.hex()}"
    raise TypeError


_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain).encode
