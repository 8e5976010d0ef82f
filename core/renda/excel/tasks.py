"""Background work: many rows are written by a worker, and files are forgotten after a day."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from renda.database import scope_to
from renda.errors import RendaError
from renda.excel import uploads
from renda.excel.models import Upload
from renda.excel.verdicts import fingerprint
from renda.i18n import freeze
from renda.tasks.declare import task
from renda.types import Registry


@task(uploads.WRITE)
def write_upload(registry: Registry, session: Session, now: datetime, identifier: str) -> None:
    """Write the good rows of a confirmed file; where one is refused, none is, and the file says why."""
    row = session.get(Upload, uuid.UUID(identifier))
    if row is None or row.state != uploads.WAITING:
        return
    kind = registry.declared.record_types[row.type]
    scope_to(session, {row.organisation})
    trouble = ""
    try:
        with session.begin_nested():
            found = uploads.judged(session, registry, kind, row, now)
            if row.shown == fingerprint(kind, found.verdicts):
                uploads.settle(session, kind, row, found, now)
            else:
                trouble = uploads.CHANGED_MEANWHILE
    except RendaError as error:
        trouble = error.message
    if trouble:
        row = session.get_one(Upload, uuid.UUID(identifier))
        row.state, row.trouble, row.settled_at = uploads.REFUSED, freeze(trouble), now


@task(uploads.FORGET)
def forget_upload(registry: Registry, session: Session, _now: datetime, identifier: str) -> None:
    """Delete a file whose day is over."""
    del registry
    row = session.get(Upload, uuid.UUID(identifier))
    if row is not None:
        session.delete(row)
