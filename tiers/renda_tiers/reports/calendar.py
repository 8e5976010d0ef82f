"""When a report is due and when it is locked: days after the period's end, fixed by the template."""

from collections.abc import Callable
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


class RunningPeriod(Conflict):
    """A report is sent before its period's last day, so that nobody can know its figures."""


def sent_from(period: Period) -> date:
    """The first day on which a report is sent: the period's last, on which those of a year may be due."""
    return period.end


def is_running(period: Period, today: date) -> bool:
    """Whether it is too early to send a report of the period."""
    return today < sent_from(period)


def ensure_over(period: Period, today: date) -> None:
    """Check that a report may be sent.

    Raises:
        RunningPeriod: it is too early.
    """
    if is_running(period, today):
        raise RunningPeriod(too_early(period))


def too_early(period: Period) -> str:
    """From which day on a report of the period is sent, as a sentence."""
    return _(
        "This period is still running. Its report can be sent from ${day} on; until then it is a draft.",
        mapping={"day": sent_from(period).isoformat()},
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


def offered(
    template: Template, today: date, at: Callable[[Period], Template | None] | None = None
) -> list[Period]:
    """The periods that a clerk may open now, latest first: the running one, and those ended and not locked.

    Where nothing is ever locked, the one before the running one is the last. None for terms and spans,
    whose days somebody has to name. `at` gives the revision of the template that applies to a period, where
    there are several; there is nothing to open where none does.
    """
    if template.period not in MONTHS:
        return []
    revision_of = at or (lambda _period: template)
    running = Period.of(template.period, today)
    found = [running] if revision_of(running) else []
    before = running.previous()
    while before and (revision := revision_of(before)) and not is_locked(revision, before, today):
        found.append(before)
        if revision.lock_days is None:
            break
        before = before.previous()
    return found
