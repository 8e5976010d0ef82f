"""Pages of a list that follow each other by where the last one ended, so that new rows shift nothing.

A cursor holds the sort value and the id of the last row. It is sealed, since that value may be personal, and
bound to its query, so that it opens no other list.
"""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.errors import Invalid
from renda.i18n import _
from renda.records import listing
from renda.records.fields import Day
from renda.records.listing import ListQuery
from renda.records.models import Record
from renda.security.vault import CannotUnseal, seal, unseal

WRONG_CURSOR = _("This is no cursor of this list. Begin at the first page.")


@dataclass(frozen=True)
class Slice:
    """Some rows of a list, and the cursor of the next ones, or "" after the last row."""

    rows: Sequence[Record]
    cursor: str


def listed(
    session: Session, kind: RecordType, organisation: str, query: ListQuery, *, cursor: str, secret: bytes
) -> Slice:
    """The rows of an organisation's list that come after a cursor; `secret` seals cursors.

    Raises:
        Invalid: a filter, the search, the sort or the cursor is none of this list's.
    """
    wanted = listing.conditions(kind, query)
    owner = json.dumps([organisation, kind.name, query.sort, query.search, sorted(query.filters.items())])
    if cursor:
        wanted.append(_after(kind, query.sort, *_opened(cursor, secret, owner)))
    statement = (
        select(kind.model)
        .where(*listing.within(kind, wanted))
        .order_by(*listing.order(kind, query.sort))
        .limit(query.size + 1)
    )
    rows = session.scalars(statement, {"organisation": organisation}).all()
    shown = rows[: query.size]
    more = len(rows) > len(shown)
    return Slice(shown, _sealed(kind, query.sort, shown[-1], secret, owner) if more else "")


def _after(kind: RecordType, sort: str, value: Any, last: uuid.UUID) -> ColumnElement[bool]:
    """What holds for the rows that come after one with this value and id."""
    older = kind.column("id") < last
    name = sort.removeprefix("-")
    if not name:
        return older
    column: Any = kind.column(name)
    if value is None:
        return and_(column.is_(None), older)
    if isinstance(kind.fields.get(name), Day):
        value = date.fromisoformat(value)
    there: Any = literal(value, column.type)
    beyond = column < there if sort.startswith("-") else column > there
    found = or_(beyond, and_(column == there, older))
    return or_(found, column.is_(None)) if listing.optional(kind, name) else found


def _sealed(kind: RecordType, sort: str, row: Record, secret: bytes, owner: str) -> str:
    value = kind.value(row, sort.removeprefix("-")) if sort else None
    said = [value.isoformat() if isinstance(value, date) else value, str(row.id)]
    return base64.urlsafe_b64encode(seal(json.dumps(said).encode(), secret, owner)).decode().rstrip("=")


def _opened(cursor: str, secret: bytes, owner: str) -> tuple[Any, uuid.UUID]:
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, last = json.loads(unseal(sealed, secret, owner))
    except (binascii.Error, ValueError, CannotUnseal):
        raise Invalid({"cursor": WRONG_CURSOR}) from None
    return value, uuid.UUID(last)
