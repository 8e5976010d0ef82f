"""Time limits of workflow states: the last day of a stay in a state, and who is near it or past it."""

import calendar
import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from renda.clock import LOCAL, local_day
from renda.declarations import Limit, RecordType
from renda.i18n import _
from renda.notices.workdays import Workdays
from renda.records.models import TransitionLog

OVER = -1
"""The step of a limit at which it is over; the steps before it are working days that are left."""

SOON = 5
"""Working days before a last day from which on it is a reason to hurry."""

_DAY = timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due(kind: RecordType, limit: Limit, row: Any, entered: date, days: Workdays) -> date | None:
    """The last day for a record that came into its state on a day; None where its field names none."""
    if limit.field:
        named: date | None = kind.value(row, limit.field)
        return named
    return last_day(limit, entered, days)


def last_day(limit: Limit, entered: date, days: Workdays) -> date:
    """The last day of a stay of so many months or working days; the day on which it began does not count."""
    if limit.months:
        return months_later(entered, limit.months)
    return days.after(entered, limit.working_days)


def left(due: date, today: date, days: Workdays) -> str:
    """How many working days there are until a last day, or since: a message."""
    if due == today:
        return _("due today")
    number = days.between(today, due)
    if due > today:
        return _("${n} working days left", mapping={"n": number})
    return _("${n} working days overdue", mapping={"n": max(1, -number)})


def urgency(due: date, today: date, days: Workdays) -> str:
    """The light of a last day: `bad` once it is over, `warn` where it is near, or ""."""
    if due < today:
        return "bad"
    return "warn" if days.between(today, due) <= SOON else ""


def limited(kind: RecordType) -> Mapping[str, Limit]:
    """The states of a type that may not last for ever, by name."""
    return {state.name: state.limit for state in kind.workflow.states if state.limit is not None}


def entered_at(kind: RecordType) -> ColumnElement[datetime]:
    """When the rows of a SELECT from a type came into the state in which they are."""
    steps = (
        select(func.max(TransitionLog.at))
        .where(TransitionLog.record == kind.column("id"), TransitionLog.type == kind.name)
        .correlate(kind.model)
        .scalar_subquery()
    )
    return func.coalesce(steps, kind.column("created_at"))


def due_of(
    session: Session, kind: RecordType, records: Collection[uuid.UUID], days: Workdays
) -> Mapping[uuid.UUID, date]:
    """The last days of those of these records that are in a state with a limit."""
    limits = limited(kind)
    if not limits or not records:
        return {}
    wanted = {"id", "state"} | {limit.field for limit in limits.values() if limit.field}
    rows = session.execute(
        select(
            *(kind.column(name).label(name) for name in sorted(wanted)), entered_at(kind).label("at")
        ).where(kind.column("id").in_(records), kind.column("state").in_(limits))
    )
    found = {row.id: due(kind, limits[row.state], row, local_day(row.at), days) for row in rows}
    return {record: day for record, day in found.items() if day is not None}


def reached(kind: RecordType, limit: Limit, step: int, today: date, days: Workdays) -> ColumnElement[bool]:
    """What tells the records that have reached a step of their limit today, see `entered_before`."""
    if not limit.field:
        return entered_at(kind) < entered_before(limit, step, today, days)
    column = kind.column(limit.field)
    if step == OVER:
        return column < today
    day = today
    while days.between(today, day + _DAY) <= step:
        day += _DAY
    return column <= day


def entered_before(limit: Limit, step: int, today: date, days: Workdays) -> datetime:
    """The instant before which a stay must have begun that has reached a step of its limit today.

    Args:
        limit: of the state.
        step: `OVER`, or so many working days that are left at most.
        today: the present day.
        days: how they are counted.
    """
    day = today

    def reached() -> bool:
        due = last_day(limit, day, days)
        return due < today or (step != OVER and days.between(today, due) <= step)

    while not reached():
        day -= _DAY
    return datetime.combine(day + _DAY, time(), LOCAL)
