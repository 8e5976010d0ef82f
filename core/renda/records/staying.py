"""How long records may still stay in their states, as pages show it."""

import uuid
from collections.abc import Mapping
from typing import Any

from renda.declarations import RecordType
from renda.notices import limits, remaining, workdays
from renda.records.listing import Page
from renda.records.models import Record
from renda.types import Request


def listed(request: Request, kind: RecordType, page: Page) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Light and words by record, of those on a page whose state has a time limit."""
    if not limits.limited(kind):
        return {}
    found = limits.due_of(request.db, kind, [row.id for row in page.rows], workdays.of(request.db))
    return {
        record: (remaining.urgency(request, due), remaining.left(request, due) or "")
        for record, due in found.items()
    }


def shown(request: Request, kind: RecordType, row: Record) -> dict[str, Any] | None:
    """Last day, light and words of one record's stay; None where its state has no time limit."""
    if not limits.limited(kind):
        return None
    due = limits.due_of(request.db, kind, [row.id], workdays.of(request.db)).get(row.id)
    if due is None:
        return None
    return {
        "due": due.isoformat(),
        "light": remaining.urgency(request, due) or "busy",
        "text": remaining.left(request, due),
    }
