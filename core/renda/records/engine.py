"""Records are made, found and changed here, whoever asks: a form, a program, a spreadsheet or a sample.

Every change is checked as a whole before anything is written, and leaves an audit row for auditors and a
`Change` for readers of the record.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from renda.clock import local_day
from renda.database import new_id
from renda.declarations import RecordType
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records import changes, guarding
from renda.records.fields import Person, Rejected
from renda.records.models import Record
from renda.records.organs import at, require_kept
from renda.records.persons import eligible
from renda.security import audit

UNKNOWN = _("This register has no such field.")
NOT_OFFERED = _("Choose one of the deputies who are offered here.")
PART_OF_NOTHING = _("Open the record that this is a part of, and add it there.")
_NONE = uuid.UUID(int=0)
"""The id of no record."""


def find(session: Session, kind: RecordType, organisation: str, identifier: uuid.UUID | str) -> Record:
    """The record of this id at an organisation.

    Raises:
        NotFound: there is none, or it lies elsewhere.
    """
    try:
        wanted = uuid.UUID(str(identifier))
    except ValueError:
        raise NotFound from None
    found = session.scalars(
        select(kind.model).where(
            kind.column("id") == wanted, kind.column("organisation") == organisation, *kind.conditions()
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def cleaned(kind: RecordType, values: Mapping[str, object], names: Iterable[str]) -> dict[str, Any]:
    """What is to be stored in the fields `names` for the values given.

    Raises:
        Invalid: with a sentence for each field that refuses its value, and for each that does not exist.
    """
    errors = {name: UNKNOWN for name in values if name not in kind.fields}
    found = {}
    for name in names:
        try:
            found[name] = kind.fields[name].clean(values.get(name))
        except Rejected as error:
            errors[name] = error.message
    if errors:
        raise Invalid(errors)
    return found


def create(
    session: Session,
    kind: RecordType,
    organisation: str,
    values: Mapping[str, object],
    *,
    now: datetime,
    author: uuid.UUID | None,
    whole: Record | None = None,
) -> Record:
    """A new record in the first state of its workflow; `whole` is the record that it is a part of.

    Raises:
        Invalid: see `cleaned`; a person is not one of this organisation's.
        Conflict: there is one already that may exist only once; this organisation keeps no such records.
        RendaError: what the type's guard raises.
    """
    require_kept(session, kind, organisation)
    kind = at(session, kind, organisation)
    stored = cleaned(kind, values, kind.fields)
    _check_persons(session, kind, organisation, now, [stored])
    row = build(kind, organisation, stored, now=now, author=author, whole=whole)
    if kind.guard is not None:
        kind.guard(session, row)
    session.add(row)
    save(session)
    log(session, kind, [row], "create", {"values": changes.told(kind, stored)}, now=now, actor=author)
    return row


def create_many(
    session: Session,
    kind: RecordType,
    organisation: str,
    stored: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    author: uuid.UUID | None,
) -> None:
    """As `create`, of several records that are part of no other, at once.

    `stored` is of each what `cleaned` gives for all fields: whoever judged them has done that already.

    Raises:
        Invalid, Conflict, RendaError: see `create`; it does not say of which of them.
    """
    if kind.part_of:
        for values in stored:
            create(session, kind, organisation, values, now=now, author=author)
        return
    require_kept(session, kind, organisation)
    kind = at(session, kind, organisation)
    _check_persons(session, kind, organisation, now, stored)
    common = _common(kind, organisation, now, author)
    rows = [kind.columns_of(values, id=new_id(), **common) for values in stored]
    save(session)  # What was done before is told before.
    with _conflicts():
        guarding.insert_all(session, kind, rows)
    done = [
        (f"{kind.name}/{row['id']}", {"values": changes.told(kind, values)})
        for row, values in zip(rows, stored, strict=True)
    ]
    audit.record_all(session, done, actor=author, organisation=organisation, action="record.create", now=now)


def sketch(kind: RecordType, organisation: str, stored: Mapping[str, Any], *, now: datetime) -> Record:
    """A new record of cleaned values for the type's guard to look at, which no session will ever hold."""
    return guarding.sketch(kind, kind.columns_of(stored, id=_NONE, **_common(kind, organisation, now, None)))


def build(
    kind: RecordType,
    organisation: str,
    stored: Mapping[str, Any],
    *,
    now: datetime,
    author: uuid.UUID | None,
    whole: Record | None,
) -> Record:
    """A row of cleaned values that no session holds yet, but may.

    Raises:
        Invalid: the type is part of another, and `whole` is no record of the same organisation.
    """
    inside: dict[str, Any] = {}
    if kind.part_of:
        if whole is None or whole.organisation != organisation:
            raise Invalid({"whole": PART_OF_NOTHING})
        inside["whole"] = whole.id
    return kind.make(stored, id=new_id(), **_common(kind, organisation, now, author), **inside)


def _common(kind: RecordType, organisation: str, now: datetime, author: uuid.UUID | None) -> dict[str, Any]:
    """What new records of one writer have in common."""
    return {
        "organisation": organisation,
        "state": kind.workflow.initial,
        "author": author,
        "created_at": now,
        "changed_at": now,
    }


def update(
    session: Session,
    kind: RecordType,
    row: Record,
    values: Mapping[str, object],
    *,
    lock: int,
    now: datetime,
    actor: uuid.UUID | None,
) -> Record:
    """Change the fields that are given; `lock` is the count of changes that the writer has seen.

    Raises:
        Invalid: see `create`.
        Conflict: somebody changed the record after that.
        RendaError: what the type's guard raises; the record is left as it was.
    """
    update_many(session, kind, [(row, values, lock)], now=now, actor=actor)
    return row


def update_many(
    session: Session,
    kind: RecordType,
    several: Sequence[tuple[Record, Mapping[str, object], int]],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """As `update`, of several records of one organisation, each with its values and its lock, at once.

    Raises:
        Invalid, Conflict, RendaError: see `update`; it does not say of which of them, and where they are more
            than one, the caller aborts the transaction.
    """
    organisation = several[0][0].organisation
    kind = at(session, kind, organisation)
    all_wanted = ((row, _changes(kind, row, values, lock)) for row, values, lock in several)
    wanted = [(row, changed) for row, changed in all_wanted if changed]
    _check_persons(session, kind, organisation, now, [changed for _row, changed in wanted])

    def write(some: list[changes.Pair]) -> None:
        save(session)
        changes.note(session, kind, some, now=now, actor=actor)

    with guarding.together(session, write) as take:
        for row, changed in wanted:
            if kind.guard is not None:
                kind.guard(session, guarding.altered(kind, row, changed))
            before = {name: kind.value(row, name) for name in changed}
            kind.put(row, changed)
            row.changed_at = now
            take((row, before, changed))


def _changes(kind: RecordType, row: Record, values: Mapping[str, object], lock: int) -> dict[str, Any]:
    """Cleaned values of the fields that become others."""
    stored = cleaned(kind, values, [name for name in kind.fields if name in values])
    if row.lock != lock:
        raise Conflict(lock=row.lock)
    return {name: value for name, value in stored.items() if kind.value(row, name) != value}


def save(session: Session) -> None:
    """Write what the session holds, so that a conflict is told here and not at the end of the request.

    Raises:
        Conflict: a row was changed or made by somebody else meanwhile.
    """
    with _conflicts():
        session.flush()


@contextmanager
def _conflicts() -> Iterator[None]:
    """Tell what the database refuses as a conflict."""
    try:
        yield
    except StaleDataError as error:
        raise Conflict from error
    except IntegrityError as error:
        raise Conflict(_("There is such an entry already, or what it refers to is gone.")) from error


def log(
    session: Session,
    kind: RecordType,
    rows: Sequence[Record],
    action: str,
    detail: Mapping[str, Any],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Write one audit row for a change to records of one organisation, at least one."""
    several = {"records": [str(row.id) for row in rows]} if len(rows) > 1 else {}
    audit.record(
        session,
        actor=actor,
        organisation=rows[0].organisation,
        action=f"record.{action}",
        target=kind.name if several else f"{kind.name}/{rows[0].id}",
        now=now,
        detail={**detail, **several},
    )


def _check_persons(
    session: Session,
    kind: RecordType,
    organisation: str,
    now: datetime,
    several: Iterable[Mapping[str, Any]],
) -> None:
    naming = [name for name, what in kind.fields.items() if isinstance(what, Person)]
    if not naming:
        return
    wanted = {(name, stored[name]) for stored in several for name in naming if stored.get(name) is not None}
    if wanted:
        known = eligible(session, organisation, local_day(now), {value for _name, value in wanted})
        errors = {name: NOT_OFFERED for name, value in wanted if value not in known}
        if errors:
            raise Invalid(errors)
