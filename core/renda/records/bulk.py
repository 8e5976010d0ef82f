"""One step for many records at once: what it would do, and doing it.

Up to `AT_ONCE` records take it in one transaction. More take it in slices, one after the other in the
background, each a transaction of its own that leaves behind how far it came.
"""

import json
import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.declarations import Message, RecordType, Transition
from renda.errors import Conflict, NotFound, RendaError
from renda.i18n import _, freeze
from renda.records import workflow
from renda.records.batches import FORGET, GO_ON, KEPT, MOST_TOLD, Batch
from renda.records.columns import read
from renda.records.listing import ListQuery, conditions, within
from renda.records.models import Record
from renda.tasks import enqueue

AT_ONCE = 500

CHANGED_MEANWHILE = _("The records changed meanwhile. Look at what would happen now, and confirm again.")
_CHANGED_SINCE = _("Somebody changed this record after the step was confirmed.")


@dataclass(frozen=True)
class Outlook:
    """What a step would do to the records of a query.

    Attributes:
        total: how many there are.
        able: how many would take it.
        refusals: records that could not, and why, where each was asked.
        exact: whether each was asked; of many records only the states are counted.
    """

    total: int
    able: int
    refusals: Sequence[tuple[Record, Message]] = ()
    exact: bool = True


def step_of(kind: RecordType, name: str) -> Transition:
    """The transition of this name.

    Raises:
        NotFound: the workflow has none.
    """
    for step in kind.workflow.transitions:
        if step.name == name:
            return step
    raise NotFound


def _rows(kind: RecordType, query: ListQuery) -> Select[Any]:
    """The records of a query at an `organisation`, in the order in which they are gone through."""
    wanted = conditions(kind, replace(query, sort=""))
    return select(kind.model).where(*within(kind, wanted)).order_by(kind.column("id"))


def outlook(
    session: Session, kind: RecordType, organisation: str, query: ListQuery, step: Transition
) -> Outlook:
    """What a step would do; nothing is changed.

    Raises:
        Invalid: the query is none of this type's.
    """
    here = {"organisation": organisation}
    rows = _rows(kind, query)
    counted = rows.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(counted, here) or 0
    if total > AT_ONCE:
        able = session.scalar(counted.where(kind.column("state").in_(step.sources)), here) or 0
        return Outlook(total, able, exact=False)
    asked = [(row, refusal(session, step, row)) for row in session.scalars(rows, here)]
    refusals = [(row, why) for row, why in asked if why]
    return Outlook(total, total - len(refusals), refusals)


def refusal(session: Session, step: Transition, row: Record) -> Message:
    """Why a record cannot take a step, or ""."""
    if row.state not in step.sources:
        return workflow.UNREACHABLE
    try:
        if step.guard is not None:
            step.guard(session, row)
    except RendaError as error:
        return error.sentence
    return ""


def begin(
    session: Session,
    kind: RecordType,
    organisation: str,
    *,
    words: str,
    step: Transition,
    reason: str,
    able: int,
    account: uuid.UUID,
    permissions: Container[str],
    now: datetime,
) -> Batch:
    """Let the records of a query take a step, now or, where they are many, in the background.

    Args:
        session: the transaction.
        kind: their type, as the organisation keeps it.
        organisation: code of their organisation.
        words: the query, as the address of a list says it.
        step: which step.
        reason: why.
        able: how many were shown to be able to take it.
        account: who confirms it.
        permissions: what they may do there.
        now: when.

    Raises:
        Conflict: another number of records could take it now.
        Invalid: the reason is missing or no text.
        Forbidden: the step needs another permission.
    """
    why = workflow.checked_reason([step], reason)
    workflow.require_permission(kind, step, permissions)
    _shown, query = read(kind, words)
    found = outlook(session, kind, organisation, query, step)
    if found.able != able or not able:
        raise Conflict(CHANGED_MEANWHILE)
    batch = Batch(
        id=new_id(),
        organisation=organisation,
        type=kind.name,
        account=account,
        step=step.name,
        query=words,
        reason=why,
        asked_at=now,
        total=found.total,
        done=0,
        refused=0,
        told="[]",
        trouble="",
    )
    session.add(batch)
    session.flush()
    if found.exact:
        advance(session, kind, batch, permissions=permissions, now=now)
    else:
        enqueue(session, GO_ON, batch.id, now=now)
    return batch


def advance(
    session: Session, kind: RecordType, batch: Batch, *, permissions: Container[str], now: datetime
) -> None:
    """Let the next slice of a batch take its step, and say how far it came.

    Raises:
        RendaError: see `renda.records.workflow.take`.
    """
    step = step_of(kind, batch.step)
    rows = _slice(session, kind, batch)
    able, told = [], json.loads(batch.told)
    for row in rows:
        why = _CHANGED_SINCE if row.changed_at > batch.asked_at else refusal(session, step, row)
        if not why:
            able.append(row)
            continue
        batch.refused += 1
        if len(told) < MOST_TOLD:
            told.append([str(row.id), freeze(why)])
    if able:
        actor = batch.account
        workflow.take(
            session, kind, {step: able}, batch.reason, now=now, actor=actor, permissions=permissions
        )
    batch.done += len(able)
    batch.told = json.dumps(told)
    if len(rows) < AT_ONCE or batch.done + batch.refused >= batch.total:
        settle(session, batch, now)
        return
    batch.after = rows[-1].id
    enqueue(session, GO_ON, batch.id, now=now)


def settle(session: Session, batch: Batch, now: datetime) -> None:
    """Say that a batch has ended."""
    batch.settled_at = now
    enqueue(session, FORGET, batch.id, now=now, due=now + KEPT)


def _slice(session: Session, kind: RecordType, batch: Batch) -> Sequence[Record]:
    _shown, query = read(kind, batch.query)
    rows = _rows(kind, query).where(kind.column("created_at") <= batch.asked_at)
    if batch.after is not None:
        rows = rows.where(kind.column("id") > batch.after)
    rows = rows.limit(AT_ONCE).with_for_update().execution_options(populate_existing=True)
    return session.scalars(rows, {"organisation": batch.organisation}).all()
