"""Rows inside a record, many at once: who takes part, and what became of it."""

import uuid
from collections.abc import Collection, Container, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import RecordType, Transition
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records.engine import NOT_OFFERED, build, cleaned, log, save
from renda.records.models import Participant, Record
from renda.records.persons import eligible
from renda.records.workflow import take


def add_participants(
    session: Session,
    kind: RecordType,
    whole: Record,
    persons: Iterable[uuid.UUID],
    role: str,
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> Sequence[Record]:
    """Let persons take part in `whole` in a role; who has that role there already is passed over.

    `kind` is the record type that `participation_type` made. Gives the new rows.

    Raises:
        Invalid: a person is not one of the record's organisation, or the declaration has no such role.
    """
    wanted = dict.fromkeys(persons)
    part = cleaned(kind, {"role": role}, ["role"])
    if not wanted.keys() <= eligible(session, whole.organisation, local_day(now), wanted.keys()):
        raise Invalid({"person": NOT_OFFERED})
    there = select(Participant.person).where(Participant.whole == whole.id, Participant.role == part["role"])
    present = set(session.scalars(there))
    rows = [
        build(kind, whole.organisation, {"person": one, **part}, now=now, author=actor, whole=whole)
        for one in wanted
        if one not in present
    ]
    session.add_all(rows)
    save(session)
    if rows:
        log(session, kind, rows, "create", {"whole": str(whole.id), **part}, now=now, actor=actor)
    return rows


def mark(
    session: Session,
    kind: RecordType,
    whole: Record,
    ids: Collection[uuid.UUID],
    target: str,
    *,
    reason: str = "",
    now: datetime,
    actor: uuid.UUID | None,
    permissions: Container[str],
) -> int:
    """Bring parts of a record into a state, and count those that were not in it before.

    Raises:
        NotFound: an id is no part of this record.
        Conflict: no single step leads to the state from where a part is.
        Forbidden, Invalid: see `move`.
    """
    rows = _parts(session, kind, whole, set(ids))
    steps: dict[Transition, list[Record]] = {}
    for row in rows:
        if row.state != target:
            steps.setdefault(_step_to(kind, row.state, target), []).append(row)
    take(session, kind, steps, reason, now=now, actor=actor, permissions=permissions)
    return sum(len(moved) for moved in steps.values())


def _parts(session: Session, kind: RecordType, whole: Record, ids: set[uuid.UUID]) -> Sequence[Record]:
    rows = session.scalars(
        select(kind.model).where(
            kind.column("whole") == whole.id,
            kind.column("id").in_(ids),
            *kind.conditions(),
        )
    ).all()
    if len(rows) != len(ids):
        raise NotFound
    return rows


def _step_to(kind: RecordType, source: str, target: str) -> Transition:
    for step in kind.workflow.transitions:
        if step.target == target and source in step.sources:
            return step
    raise Conflict(_("No single step leads there from the present state."), state=source)
