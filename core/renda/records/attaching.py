"""What is done with attachments of a record: added, removed, put back, and erased in the end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from renda.declarations import Attachments, RecordType
from renda.errors import Conflict, Invalid
from renda.files import kinds, names, store
from renda.i18n import _
from renda.records.attachments import Attachment, declared
from renda.records.engine import log, save
from renda.records.models import Record
from renda.settings import Settings

MEGABYTE = 1_048_576
ERASED = "***"
"""The name of a file whose bytes were erased."""

_NO_NAME = _("A file has no name that can be kept.")
_LARGE: str = _("${name} is larger than ${limit} MB, the most that is accepted here.")
_MANY: str = _("A record may have ${most} files. Remove some before you add others.")
_FULL: str = _(
    "The files of this organisation would be more than ${limit} MB. "
    "Remove some, or have the administrator of the node give more room."
)
_HERE_ALREADY: str = _("${name} is attached already, with the same content.")


@dataclass(frozen=True)
class Given:
    """A file as somebody sends it: under any name, with any bytes."""

    name: str
    content: bytes


def add(
    session: Session,
    kind: RecordType,
    row: Record,
    files: Sequence[Given],
    *,
    settings: Settings,
    now: datetime,
    actor: uuid.UUID | None,
) -> list[Attachment]:
    """Attach files to a record: all of them, or none where one is refused.

    Raises:
        Invalid: a file is too large, of no kind that is taken, not what it calls itself, or there already;
            or there would be too many.
        TooLarge: one unpacks to too much.
    """
    rules = declared(kind)
    judged = [_judged(rules, one) for one in files]
    _check_room(session, row, files, settings)
    _check_count(session, kind, row, len(files))
    return [
        _put(
            session,
            kind,
            row,
            name=name,
            what=what.name,
            size=len(one.content),
            digest=store.keep(session, one.content),
            now=now,
            actor=actor,
        )
        for one, (name, what) in zip(files, judged, strict=True)
    ]


def _judged(rules: Attachments, one: Given) -> tuple[str, kinds.FileKind]:
    name = names.cleaned(one.name)
    if not name:
        raise _refused(_NO_NAME)
    if len(one.content) > rules.limit * MEGABYTE:
        raise _refused(_(_LARGE, mapping={"name": name, "limit": rules.limit}))
    return name, kinds.judge(name, one.content, rules.kinds)


def _check_room(session: Session, row: Record, files: Sequence[Given], settings: Settings) -> None:
    taken = session.scalar(
        select(func.sum(Attachment.size)).where(
            Attachment.organisation == row.organisation, Attachment.digest.is_not(None)
        )
    )
    room = settings["attachments_mb"]
    if int(taken or 0) + sum(len(one.content) for one in files) > room * MEGABYTE:
        raise _refused(_(_FULL, mapping={"limit": room}))


def _check_count(session: Session, kind: RecordType, row: Record, more: int) -> None:
    there, most = session.scalar(select(func.count()).where(*_of(kind, row))), declared(kind).most
    if int(there or 0) + more > most:
        raise _refused(_(_MANY, mapping={"most": most}))


def _of(kind: RecordType, row: Record) -> list[ColumnElement[bool]]:
    """What tells a record's attachments that were not removed."""
    return [
        Attachment.record == row.id,
        Attachment.type == kind.name,
        Attachment.removed_at.is_(None),
    ]


def _refused(message: str) -> Invalid:
    return Invalid({"file": message}, message)


def _put(
    session: Session,
    kind: RecordType,
    row: Record,
    *,
    name: str,
    what: str,
    size: int,
    digest: str,
    now: datetime,
    actor: uuid.UUID | None,
) -> Attachment:
    same = (*_of(kind, row), Attachment.name == name, Attachment.digest == digest)
    if session.scalar(select(exists().where(*same))):
        raise _refused(_(_HERE_ALREADY, mapping={"name": name}))
    made = Attachment(
        organisation=row.organisation,
        type=kind.name,
        record=row.id,
        name=name,
        kind=what,
        size=size,
        digest=digest,
        added_at=now,
        added_by=actor,
    )
    session.add(made)
    save(session)
    detail = {"attachment": str(made.id), "kind": what, "size": size, "digest": digest}
    log(session, kind, [row], "attach", detail, now=now, actor=actor)
    return made


def remove(
    session: Session,
    kind: RecordType,
    row: Record,
    one: Attachment,
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Take an attachment out of sight; `erase_due` takes its bytes when their span is over."""
    one.removed_at, one.removed_by = now, actor
    save(session)
    log(session, kind, [row], "detach", {"attachment": str(one.id)}, now=now, actor=actor)


def put_back(
    session: Session,
    kind: RecordType,
    row: Record,
    one: Attachment,
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> Attachment:
    """Attach what was removed once more; that it was removed stays in the record's history.

    Raises:
        Conflict: its bytes are gone.
        Invalid: it is there already, or the record has as many as it may have.
    """
    if one.digest is None:
        raise Conflict
    _check_count(session, kind, row, 1)
    same: dict[str, Any] = {"name": one.name, "what": one.kind, "size": one.size, "digest": one.digest}
    return _put(session, kind, row, **same, now=now, actor=actor)


def erase_due(session: Session, settings: Settings, now: datetime) -> None:
    """Let go of the names and bytes of attachments that were removed so long ago as the settings say.

    The session sees all organisations: bytes go only where no row of any of them names them.
    """
    over = now - timedelta(days=settings["attachment_days"])
    session.execute(
        update(Attachment)
        .where(Attachment.removed_at <= over, Attachment.digest.is_not(None))
        .values(digest=None, name=ERASED),
        execution_options={"synchronize_session": False},
    )
    drop_unnamed(session)


def drop_unnamed(session: Session) -> None:
    """Delete the bytes of files that no row names; the session sees all organisations."""
    named = exists().where(Attachment.digest == store.StoredFile.digest)
    for digest in session.scalars(select(store.StoredFile.digest).where(~named)).all():
        store.drop(session, digest)
