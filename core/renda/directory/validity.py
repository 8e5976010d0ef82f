"""From when until when: edges, mandates, modules in use and grants all count their time alike."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def valid_at(since: Any, until: Any, when: Any) -> ColumnElement[bool]:
    """Whether a row counts on a day or at an instant: from `since` up to and not including `until`."""
    return and_(since <= when, or_(until.is_(None), until > when))


def is_valid_at(since: date, until: date | None, when: date) -> bool:
    """The same of a row that was read."""
    return since <= when and (until is None or until > when)
