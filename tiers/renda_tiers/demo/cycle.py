"""The main job, run once: computed, submitted, returned, corrected, reviewed, published, corrected again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from renda.indicators.periods import Period
from renda_tiers.demo import plan, world
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.plan import Calendar
from renda_tiers.publications import publishing
from renda_tiers.reports import (
    definitions,
    nudging,
    owing,
    progress,
    reviewing,
    standings,
    submission,
)
from renda_tiers.reports.models import ENDORSED, LATEST


def submit_all(chain: Chain, period: Period, now: datetime, *, silent: Collection[str] = ()) -> None:
    """Every body that owes the training report submits what its records say, but for the silent ones."""
    for host, bodies in chain.hosted():
        with chain.work(host) as session:
            for code in _owing(session, period, [body.code for body in bodies]):
                if code not in silent:
                    submission.submit(session, code, plan.BIMONTH, period, actor=None, now=now)
    chain.settle()


def _owing(session: Session, period: Period, codes: Iterable[str]) -> list[str]:
    template = definitions.current(session, plan.BIMONTH, plan.CITY)
    return sorted(owing.among(session, codes, template, period))


def endorse(
    chain: Chain, template: str, period: Period, now: datetime, *, left: Collection[str] = ()
) -> None:
    """Every parent endorses its children's reports, but those of the bodies that are left, and below them."""
    children: dict[str, list[str]] = {}
    for body in chain.bodies:
        if body.parent and body.code not in left and body.parent not in left:
            children.setdefault(body.parent, []).append(body.code)
    for parent, codes in children.items():
        with chain.work(parent) as session:
            reports = [one for code in codes if (one := latest(session, code, template, period))]
            if reports:
                reviewing.endorse_many(session, parent, reports, actor=None, now=now)
    chain.settle()


def return_two(chain: Chain, calendar: Calendar) -> None:
    """Two counties return the report of a town, each with a note on a cell."""
    for organisation in (plan.CORRECTED, plan.RETURNED):
        with chain.work(organisation[:6]) as session:
            reviewing.decide(
                session,
                organisation[:6],
                _one(latest(session, organisation, plan.BIMONTH, calendar.period)),
                standings.RETURN,
                reason="",
                notes=[("T02", "", "与签到表不符，请核对参训人次后重新上报。")],
                actor=None,
                now=calendar.after(calendar.period, 4),
            )
    chain.settle()


def correct_one(chain: Chain, calendar: Calendar) -> None:
    """One of the towns submits again, with the reason."""
    with chain.work(plan.CORRECTED) as session:
        submission.submit(
            session,
            plan.CORRECTED,
            plan.BIMONTH,
            calendar.period,
            reason="已按签到表核对，参训人次以本次为准。",
            actor=None,
            now=calendar.after(calendar.period, 5),
        )
    chain.settle()


def nudge_one(chain: Chain, calendar: Calendar) -> None:
    """A county reminds one of the towns that have not reported."""
    town = plan.SILENT[0]
    with chain.work(town[:6]) as session:
        nudging.nudge(
            session,
            town[:6],
            [town],
            plan.BIMONTH,
            calendar.period,
            actor=None,
            now=calendar.after(calendar.period, plan.LAST_STEP),
        )
    chain.settle()


def publish(chain: Chain, period: Period, now: datetime) -> int:
    """The city publishes what is endorsed; the number of the vintage."""
    with chain.work(plan.CITY) as session:
        done = publishing.publish(
            session, plan.CITY, plan.BIMONTH, period, standing=ENDORSED, actor=None, now=now
        )
    chain.settle()
    return done.number


def correct_late(chain: Chain, calendar: Calendar) -> None:
    """A town finds a class that it had forgotten, after publication; its county endorses the correction."""
    body = next(one for one in chain.bodies if one.code == plan.MOVED)
    with chain.work(plan.MOVED) as session:
        world.keep_records(session, chain, body, calendar.before, calendar.after(calendar.before, 8))
        submission.submit(
            session,
            plan.MOVED,
            plan.BIMONTH,
            calendar.before,
            reason="补录漏记的培训班。",
            actor=None,
            now=calendar.after(calendar.before, 8),
        )
    chain.settle()
    with chain.work(plan.UNREVIEWED) as session:
        report = _one(latest(session, plan.MOVED, plan.BIMONTH, calendar.before))
        reviewing.endorse_many(
            session, plan.UNREVIEWED, [report], actor=None, now=calendar.after(calendar.before, 9)
        )
    chain.settle()


def latest(session: Session, organisation: str, template: str, period: Period) -> bytes | None:
    """Hash of the report that stands as the latest; None where there is none."""
    return progress.standing_reports(session, organisation, template, period.code).get(LATEST)


def _one(report: bytes | None) -> bytes:
    assert report is not None  # noqa: S101 - it was submitted two steps before
    return report
