"""Rows of any table as JSON and back: what leaves a database in a file, whatever database reads it again."""

import base64
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as JSON; what JSON has no word for is an object with one key that names it."""
    return {name: _written(value) for name, value in row.items()}


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, dict):
        return {"json": value}
    return {"uuid": str(value)} if isinstance(value, uuid.UUID) else value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "uuid": uuid.UUID,
    "json": dict,
}


def read(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The row that `written` wrote.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    return {name: _read(value) for name, value in plain.items()}


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return _READ[kind](text)
    return value
