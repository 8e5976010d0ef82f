"""The main job, run once: computed, submitted, returned, corrected, reviewed; two standings at the end."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from renda.directory.divisions import Body
from renda.indicators.periods import Period
from renda_tiers.demo import plan
from renda_tiers.demo.plan import Calendar
from renda_tiers.reports import nudging, progress, reviewing, standings, submission
from renda_tiers.reports.models import LATEST


def submit_all(session: Session, bodies: Sequence[Body], period: Period, calendar: Calendar) -> None:
    """Every body but the silent ones submits what its records say."""
    silent = plan.SILENT if period == calendar.period else ()
    for body in bodies:
        if body.code not in silent:
            submission.submit(
                session, body.code, plan.BIMONTH, period, actor=None, now=calendar.after(period, 3)
            )


def return_one(session: Session, calendar: Calendar) -> None:
    """曹县 returns a town's report with a note on a cell."""
    reviewing.decide(
        session,
        plan.RETURNED[:6],
        latest(session, plan.RETURNED, plan.BIMONTH, calendar.period),
        standings.RETURN,
        reason="",
        notes=[("T02", "", "与签到表不符，请核对参训人次后重新上报。")],
        actor=None,
        now=calendar.after(calendar.period, 4),
    )


def correct_one(session: Session, calendar: Calendar) -> None:
    """The town submits again, with the reason."""
    submission.submit(
        session,
        plan.RETURNED,
        plan.BIMONTH,
        calendar.period,
        reason="已按签到表核对，参训人次以本次为准。",
        actor=None,
        now=calendar.after(calendar.period, 5),
    )


def endorse(
    session: Session, bodies: Sequence[Body], template: str, period: Period, calendar: Calendar
) -> None:
    """Every parent endorses its children's reports; of the present period, one county's nobody does."""
    left = plan.UNREVIEWED if period == calendar.period else None
    silent = plan.SILENT if period == calendar.period else ()
    children: dict[str, list[bytes]] = {}
    for body in bodies:
        if body.parent and left not in {body.code, body.parent} and body.code not in silent:
            children.setdefault(body.parent, []).append(latest(session, body.code, template, period))
    reviewed_at = calendar.after(calendar.before if template == plan.DECADE else period, 6)
    for parent, reports in children.items():
        reviewing.endorse_many(session, parent, reports, actor=None, now=reviewed_at)


def nudge_one(session: Session, calendar: Calendar) -> None:
    """A county reminds one of the two towns that have not reported."""
    nudging.nudge(
        session,
        plan.SILENT[0][:6],
        [plan.SILENT[0]],
        plan.BIMONTH,
        calendar.period,
        actor=None,
        now=calendar.after(calendar.period, 7),
    )


def latest(session: Session, organisation: str, template: str, period: Period) -> bytes:
    """Hash of the report that stands as the latest."""
    return progress.standing_reports(session, organisation, template, period.code)[LATEST]
