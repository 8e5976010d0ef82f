"""Background work: many rows are written by a worker, and files are forgotten after a day."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.database import scope_to
from renda.declarations import Message, RecordType
from renda.errors import RendaError
from renda.excel import uploads
from renda.excel.models import Upload
from renda.excel.verdicts import fingerprint
from renda.i18n import freeze
from renda.tasks.declare import task
from renda.types import Registry


@task(uploads.WRITE, locked=False)
def write_upload(registry: Registry, session: Session, now: datetime, identifier: str) -> None:
    """Write the good rows of a confirmed file; where one is refused, none is, and the file says why.

    The file is read before the transaction that writes, in which nobody else could write meanwhile.
    """
    trouble, file = "", None
    with unit_of_work(registry, reading=True) as before:
        row = before.get(Upload, uuid.UUID(identifier))
        if row is None or row.state != uploads.WAITING:
            return
        kind = registry.declared.record_types[row.type]
        try:
            file = uploads.reopened(registry, kind, row)
        except RendaError as error:
            trouble = error.message
    row = session.get(Upload, uuid.UUID(identifier), with_for_update=True)
    if row is None or row.state != uploads.WAITING:
        return
    scope_to(session, {row.organisation})
    if file is not None:
        trouble = _written(registry, session, kind, row, file, now=now)
    if trouble:
        row = session.get_one(Upload, uuid.UUID(identifier))
        row.state, row.trouble, row.settled_at = uploads.REFUSED, freeze(trouble), now


def _written(
    registry: Registry,
    session: Session,
    kind: RecordType,
    row: Upload,
    file: uploads.Opened,
    *,
    now: datetime,
) -> Message:
    """Why the rows were not written, or ""."""
    try:
        with session.begin_nested():
            found = uploads.judged(session, registry, kind, row, file, now=now)
            if row.shown == fingerprint(kind, found.verdicts):
                uploads.settle(session, kind, row, found, now)
                return ""
            return uploads.CHANGED_MEANWHILE
    except RendaError as error:
        return error.message


@task(uploads.FORGET, longest=uploads.KEPT)
def forget_upload(registry: Registry, session: Session, _now: datetime, identifier: str) -> None:
    """Delete a file whose day is over."""
    del registry
    row = session.get(Upload, uuid.UUID(identifier))
    if row is not None:
        session.delete(row)
