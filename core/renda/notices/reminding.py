"""Reminders before the last day of a time limit, and word to those above once it is over.

What was told is written down with the notices, a row for each record, stay in a state and step; so every step
is told once, whatever dies, and who comes late hears of the latest step alone. A last day that a field of the
record names may be put off: then the steps before the new one are told anew.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import Limit, RecordType
from renda.declarations.modules import CORE
from renda.directory import modules
from renda.i18n import DEFAULT_LOCALE, Translator, _
from renda.notices import kinds, limits, telling, workdays
from renda.notices.models import LimitStep
from renda.notices.telling import News, roles_that_may
from renda.plugins import Declared
from renda.records import persons, tables
from renda.records.listing import persons_of
from renda.security.identity import qualified


@dataclass(frozen=True)
class Step:
    """A step of the time limit of one state of one record type.

    Attributes:
        left: so many working days at most are left of it, or `limits.OVER`.
    """

    kind: RecordType
    state: str
    limit: Limit
    left: int


def steps(declared: Declared) -> Iterator[Step]:
    """All steps; of each state the most urgent first, since it leaves nothing to say of those before it."""
    for kind in declared.record_types.values():
        for state, limit in limits.limited(kind).items():
            for left in sorted({limits.OVER, *limit.remind}):
                yield Step(kind, state, limit, left)


def remind(session: Session, now: datetime) -> int:
    """Tell of every time limit that is near or over and was not told of; how many notices were given."""
    return sum(_tell(session, step, now) for step in steps(_declared(session)))


def _declared(session: Session) -> Declared:
    found: Declared = session.info["registry"].declared
    return found


def _tell(session: Session, step: Step, now: datetime) -> int:
    if step.limit.field:
        _forget_put_off(session, step, now)
    rows = _untold(session, step, now)
    if not rows:
        return 0
    session.execute(
        insert(LimitStep),
        [
            {
                "organisation": row.organisation,
                "record": row.id,
                "entered_at": entered,
                "left": step.left,
                "told_at": now,
            }
            for row, entered in rows
        ],
    )
    kind, over = step.kind, step.left == limits.OVER
    labels = _labels(session, kind, [row for row, _entered in rows])
    roles = _acting(session, step) | (set(step.limit.escalate) if over else set())
    news = [
        News(
            organisation=row.organisation,
            roles=roles,
            kind=kinds.OVERDUE if over else kinds.DUE,
            title=_("${register}: ${title}", mapping={"register": kind.title, "title": labels[row.id]}),
            path=f"r/{kind.name}/{row.id}",
            key="/".join(("limit", str(row.id), entered.isoformat(), *_named(step, row), str(step.left))),
        )
        for row, entered in rows
    ]
    return telling.tell(session, news, now)


def _named(step: Step, row: Any) -> Sequence[str]:
    """The last day that a record's field names, where one does: another one is told anew."""
    return [step.kind.value(row, step.limit.field).isoformat()] if step.limit.field else []


def _forget_put_off(session: Session, step: Step, now: datetime) -> None:
    """Forget that those were told of the step whose field names a later day since, or none."""
    kind, day = step.kind, step.kind.column(step.limit.field)
    reached = limits.reached(kind, step.limit, step.left, local_day(now), workdays.of(session))
    put_off = select(kind.column("id")).where(
        kind.column("state") == step.state, *kind.conditions(), or_(day.is_(None), ~reached)
    )
    session.execute(
        delete(LimitStep).where(LimitStep.left == step.left, LimitStep.record.in_(put_off)),
        execution_options={"synchronize_session": False},
    )


def _untold(session: Session, step: Step, now: datetime) -> Sequence[Any]:
    """(Record, when it came into its state) of those that reached the step, and were told of none as late."""
    kind, today = step.kind, local_day(now)
    entered = limits.entered_at(kind)
    reached = limits.reached(kind, step.limit, step.left, today, workdays.of(session))
    told = exists().where(
        LimitStep.record == kind.column("id"),
        LimitStep.entered_at == entered,
        LimitStep.left <= step.left,
    )
    statement = select(kind.model, entered.label("entered")).where(
        kind.column("state") == step.state, *kind.conditions(), reached, ~told
    )
    if kind.module != CORE:
        installed = _declared(session).modules
        statement = statement.where(modules.uses(kind.column("organisation"), kind.module, today, installed))
    return session.execute(statement).all()


def _acting(session: Session, step: Step) -> frozenset[str]:
    """Roles that may let a record step out of the state."""
    kind = step.kind
    leading = [one for one in kind.workflow.transitions if step.state in one.sources]
    return roles_that_may(_declared(session), *{qualified(one.verb, kind.module) for one in leading})


def _labels(session: Session, kind: RecordType, rows: Sequence[Any]) -> Mapping[uuid.UUID, str]:
    """What the records are called, in Chinese."""
    translate = Translator([one.package for one in _declared(session).components], DEFAULT_LOCALE)
    found = {kind.value(row, name) for row in rows for name in persons_of(kind, kind.columns[:1])}
    names = persons.names(session, found - {None})
    return {row.id: tables.label(kind, row, names, translate) for row in rows}
