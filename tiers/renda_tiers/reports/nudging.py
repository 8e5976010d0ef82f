"""Nudging: one click reminds those below of what is not there yet; at most once a day each."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Conflict, Forbidden
from renda.i18n import _
from renda.indicators.periods import Period
from renda.security import audit
from renda_tiers.reports import calendar, definitions, owing, standings
from renda_tiers.reports.models import LATEST, Nudge, Standing
from renda_tiers.reports.template import Template

Topic = tuple[str, str]
"""What somebody is reminded of: template and period (codes) of a report, or two words of something else."""


@dataclass(frozen=True)
class Reminded:
    """Said through the registry, inside the transaction, when organisations were reminded of a topic."""

    session: Session
    issuer: str
    organisations: Collection[str]
    topic: Topic
    now: datetime


def nudge(
    session: Session,
    issuer: str,
    organisations: Collection[str],
    template: str,
    period: Period,
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> list[str]:
    """Remind direct children of a report (the template's code) that they owe and have not submitted.

    Passed over are those that have submitted, do not owe it, or were reminded today already. Gives the
    codes of those who were reminded.

    Raises:
        NotFound: there is no such template.
        Forbidden: one of them is no direct child of the issuer on the period's last day.
        Conflict: the report cannot be sent now, see `closed`.
    """
    wanted, today = sorted(set(organisations)), local_day(now)
    set_by = definitions.current(session, template, issuer, period)
    above = standings.ancestry(session, wanted)
    if any(above(code, period.end)[1:2] != [issuer] for code in wanted):
        raise Forbidden(_("Only the direct parent reminds of a report."))
    if why := closed(set_by, period, today):
        raise Conflict(why)
    standings.lock(session, {(template, period.code)})
    spared = _submitted(session, wanted, template, period)
    due = owing.among(session, set(wanted) - spared, set_by, period)
    return remind(session, issuer, due, (template, period.code), "report.nudge", actor=actor, now=now)


def remind(
    session: Session,
    issuer: str,
    organisations: Collection[str],
    topic: Topic,
    action: str,
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> list[str]:
    """Remind organisations of a topic, but for those who were reminded of it today; gives who was.

    `action` names it in the audit trail.
    """
    standings.lock(session, {topic})
    today = local_day(now)
    spared = {code for code, at in reminders(session, issuer, topic).items() if local_day(at) == today}
    due = sorted(set(organisations) - spared)
    template, period = topic
    session.add_all(
        Nudge(organisation=code, template=template, period=period, by=issuer, at=now, actor=actor)
        for code in due
    )
    if due:
        audit.record(
            session,
            actor=actor,
            organisation=issuer,
            action=action,
            target="/".join(topic),
            now=now,
            detail={"organisations": due},
        )
    session.flush()
    session.info["registry"].notify(Reminded(session, issuer, due, topic, now))
    return due


def closed(template: Template, period: Period, today: date) -> str:
    """Why nobody is reminded of a report that is not there, as nobody could send it; "" where they could."""
    if calendar.is_running(period, today):
        return _(
            "Reports of this period can be sent from ${day} on, so nobody is reminded yet.",
            mapping={"day": calendar.sent_from(period).isoformat()},
        )
    if calendar.is_locked(template, period, today):
        return _("This period is locked: who has not reported can send nothing more, so nobody is reminded.")
    return ""


def _submitted(session: Session, organisations: Collection[str], template: str, period: Period) -> set[str]:
    return set(
        session.scalars(
            select(Standing.organisation).where(
                Standing.organisation.in_(organisations),
                Standing.template == template,
                Standing.period == period.code,
                Standing.standing == LATEST,
            )
        )
    )


def nudged(session: Session, issuer: str, template: str, period: Period) -> dict[str, datetime]:
    """When an issuer last reminded its children of a report, by organisation."""
    return reminders(session, issuer, (template, period.code))


def reminders(session: Session, issuer: str, topic: Topic) -> dict[str, datetime]:
    """When an issuer last reminded others of a topic, by organisation."""
    template, period = topic
    rows = session.execute(
        select(Nudge.organisation, Nudge.at)
        .where(Nudge.by == issuer, Nudge.template == template, Nudge.period == period)
        .order_by(Nudge.at)
    )
    return {row.organisation: row.at for row in rows}


def received(session: Session, organisation: str) -> list[Nudge]:
    """The last reminder of each report that an organisation was reminded of and has still not submitted."""
    submitted = exists().where(
        Standing.organisation == Nudge.organisation,
        Standing.template == Nudge.template,
        Standing.period == Nudge.period,
        Standing.standing == LATEST,
    )
    rows = session.scalars(
        select(Nudge).where(Nudge.organisation == organisation, ~submitted).order_by(Nudge.at)
    )
    return list({(one.template, one.period): one for one in rows}.values())
