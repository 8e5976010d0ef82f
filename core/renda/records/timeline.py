"""Everything that became of a record in one line of time: entry, changes, steps, files and comments."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_minute
from renda.declarations import RecordType
from renda.i18n import Translate, _
from renda.records import attachments, changes, comments, persons, tables, workflow
from renda.records.fields import Person, Rejected
from renda.records.forms import masked
from renda.records.models import Record
from renda.security.models import Account

Happened = tuple[datetime, uuid.UUID, dict[str, Any]]
Names = Mapping[uuid.UUID, str]


def timeline(session: Session, kind: RecordType, row: Record, translate: Translate) -> list[dict[str, Any]]:
    """What happened to a record as the macro `timeline` shows it, the latest first, its entry last."""
    found = [
        *_steps(session, kind, row),
        *_changes(session, kind, row, translate),
        *_comments(session, kind, row),
        *_attachments(session, kind, row),
    ]
    # What happened at one instant keeps the order in which it was written.
    found.sort(key=lambda one: one[:2], reverse=True)
    author = session.scalar(select(Account.name).where(Account.id == row.author)) if row.author else None
    return [*(entry for _at, _id, entry in found), _entry(row.created_at, _("Entered"), author)]


def _entry(at: datetime, title: str, who: str | None, **more: Any) -> dict[str, Any]:
    return {"when": local_minute(at), "title": title, "who": who, "text": "", "light": "off", **more}


def _steps(session: Session, kind: RecordType, row: Record) -> Iterator[Happened]:
    titles = {step.name: step.title for step in kind.workflow.transitions}
    for step, who in workflow.history(session, kind, row):
        light = tables.state_sign(kind, step.target)["light"]
        title = titles.get(step.name, step.name)
        yield step.at, step.id, _entry(step.at, title, who, text=step.reason, light=light)


def _changes(session: Session, kind: RecordType, row: Record, translate: Translate) -> Iterator[Happened]:
    found = changes.of(session, kind, row)
    names = persons.names(session, changes.persons_in(kind, (change for change, _who in found)))
    for change, who in found:
        told = [_told(kind, name, pair, names, translate) for name, pair in change.pairs.items()]
        yield change.at, change.id, _entry(change.at, _("Change"), who, changes=told)


def _told(kind: RecordType, name: str, pair: Any, names: Names, translate: Translate) -> dict[str, Any]:
    before, after = (shown(kind, name, value, names, translate) for value in pair)
    known = kind.fields.get(name)
    return {"label": known.label if known else name, "before": before, "after": after}


def _comments(session: Session, kind: RecordType, row: Record) -> Iterator[Happened]:
    for comment, who in comments.of(session, kind, row):
        yield comment.at, comment.id, _entry(comment.at, _("Comment"), who, text=comment.text)


def _attachments(session: Session, kind: RecordType, row: Record) -> Iterator[Happened]:
    for one in attachments.of(session, kind, row) if kind.attachments is not None else ():
        file = one.row
        yield file.added_at, file.id, _entry(file.added_at, _("File added"), one.added_by, text=file.name)
        if file.removed_at is not None:
            said = _entry(file.removed_at, _("File removed"), one.removed_by, text=file.name)
            yield file.removed_at, file.id, said


def shown(kind: RecordType, name: str, value: Any, names: Names, translate: Translate) -> str:
    """A value as a change keeps it, in the reader's words; of a field that is gone as it was written."""
    what = kind.fields.get(name)
    if value is None:
        return "—"
    if what is None or masked(what):
        return str(value)
    if isinstance(what, Person):
        return names.get(uuid.UUID(value), "—")
    try:
        return what.show(what.clean(value), translate) or "—"
    except Rejected:
        return str(value)
