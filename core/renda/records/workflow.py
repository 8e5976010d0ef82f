"""Steps of records through their workflow, one record or many at once, each kept with its reason."""

import uuid
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.declarations import RecordType, Transition
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.i18n import _
from renda.records.engine import log, save
from renda.records.fields import Paragraph, Rejected
from renda.records.models import Record, TransitionLog
from renda.security.identity import qualified
from renda.security.models import Account

REASON = Paragraph(_("Reason"), required=False, max_length=1000)
UNREACHABLE = _("The record cannot take this step from its present state. Look at it again.")


def open_steps(kind: RecordType, state: str, permissions: Container[str]) -> list[Transition]:
    """Transitions that lead out of a state and that somebody with these permissions may do."""
    return [
        step
        for step in kind.workflow.transitions
        if state in step.sources and qualified(step.verb, kind.module) in permissions
    ]


def move(
    session: Session,
    kind: RecordType,
    row: Record,
    transition: str,
    reason: str = "",
    *,
    now: datetime,
    actor: uuid.UUID | None,
    permissions: Container[str],
    lock: int | None = None,
) -> Record:
    """Let a record take a step; `lock` is the count of changes that the actor has seen.

    Raises:
        NotFound: the workflow has no such transition.
        Forbidden: the actor lacks its verb.
        Conflict: it does not lead out of the record's state, or somebody changed the record.
        Invalid: it needs a reason.
        RendaError: what its guard raises.
    """
    step = next((one for one in kind.workflow.transitions if one.name == transition), None)
    if step is None:
        raise NotFound
    if lock is not None and row.lock != lock:
        raise Conflict(lock=row.lock)
    take(session, kind, {step: [row]}, reason, now=now, actor=actor, permissions=permissions)
    return row


def history(session: Session, kind: RecordType, row: Record) -> Sequence[tuple[TransitionLog, str | None]]:
    """The steps of a record and who took them, the latest first."""
    rows = session.execute(
        select(TransitionLog, Account.name)
        .outerjoin(Account, Account.id == TransitionLog.actor)
        .where(TransitionLog.record == row.id, TransitionLog.type == kind.name)
        .order_by(TransitionLog.at.desc(), TransitionLog.id.desc())
    )
    return [(step, name) for step, name in rows]


def take(
    session: Session,
    kind: RecordType,
    steps: Mapping[Transition, Sequence[Record]],
    reason: str,
    *,
    now: datetime,
    actor: uuid.UUID | None,
    permissions: Container[str],
) -> None:
    """Let the records of each transition take it; every guard is asked before anything changes.

    Raises:
        Forbidden, Conflict, Invalid, RendaError: see `move`.
    """
    why = checked_reason(steps, reason)
    for step, rows in steps.items():
        require_permission(kind, step, permissions)
        for row in rows:
            if row.state not in step.sources:
                raise Conflict(UNREACHABLE, state=row.state)
            if step.guard is not None:
                step.guard(session, row)
    for step, rows in steps.items():
        session.add_all(_entry(kind, step, row, why, now=now, actor=actor) for row in rows)
        for row in rows:
            if step.effect is not None:
                step.effect(session, row, now)
            row.state = step.target
            row.changed_at = now
    save(session)
    for step, rows in steps.items():
        log(session, kind, rows, step.name, {"to": step.target, "reason": why}, now=now, actor=actor)


def require_permission(kind: RecordType, step: Transition, permissions: Container[str]) -> None:
    """Raise Forbidden where somebody with these permissions may not let records take the step."""
    if qualified(step.verb, kind.module) not in permissions:
        raise Forbidden


def checked_reason(steps: Iterable[Transition], reason: str) -> str:
    """The reason as it is kept.

    Raises:
        Invalid: it is no text, or is missing where a step needs one.
    """
    try:
        why = REASON.clean(reason) or ""
    except Rejected as error:
        raise Invalid({"reason": error.message}) from None
    if not why and any(step.needs_reason for step in steps):
        raise Invalid({"reason": _("Say why.")})
    return why


def _entry(
    kind: RecordType, step: Transition, row: Record, why: str, *, now: datetime, actor: uuid.UUID | None
) -> TransitionLog:
    return TransitionLog(
        organisation=row.organisation,
        type=kind.name,
        record=row.id,
        at=now,
        actor=actor,
        name=step.name,
        source=row.state,
        target=step.target,
        reason=why,
    )
