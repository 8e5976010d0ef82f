"""When a report is due and when it is locked: days after the period's end, fixed by the template."""

from datetime import date, timedelta

from renda.errors import Conflict
from renda.i18n import _
from renda.indicators.periods import MONTHS, Period
from renda_tiers.reports.template import Template


class LockedPeriod(Conflict):
    """The day has passed after which a report is not filled in any more at its origin."""

    message = _(
        "This report is locked: its last day for filling in has passed. "
        "Only a report that the level above has returned can still be changed."
    )


def due_on(template: Template, period: Period) -> date | None:
    """The last day on which a report is in time; None where none is fixed."""
    return _after(period, template.due_days)


def locks_on(template: Template, period: Period) -> date | None:
    """The last day on which a report is filled in or submitted; None where none is fixed."""
    return _after(period, template.lock_days)


def _after(period: Period, days: int | None) -> date | None:
    return None if days is None else period.end + timedelta(days=days)


def is_locked(template: Template, period: Period, today: date) -> bool:
    """Whether the last day for filling in has passed."""
    last = locks_on(template, period)
    return last is not None and today > last


def is_overdue(template: Template, period: Period, today: date) -> bool:
    """Whether a report that is not there yet would be late."""
    due = due_on(template, period)
    return due is not None and today > due


def offered(template: Template, today: date) -> list[Period]:
    """The periods that a clerk may open now, latest first: the running one, and those ended and not locked.

    Where nothing is ever locked, the one before the running one is the last. None for terms and spans,
    whose days somebody has to name.
    """
    if template.period not in MONTHS:
        return []
    found = [Period.of(template.period, today)]
    while (before := found[-1].previous()) and not is_locked(template, before, today):
        found.append(before)
        if template.lock_days is None:
            break
    return found
