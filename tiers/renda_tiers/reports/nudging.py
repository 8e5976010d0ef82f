"""Nudging: one click reminds children of a report that is not there yet; at most once a day each."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Forbidden
from renda.i18n import _
from renda.indicators.periods import Period
from renda.security import audit
from renda_tiers.reports import definitions, standings, templates
from renda_tiers.reports.models import LATEST, Nudge, Standing


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
    """
    wanted = sorted(set(organisations))
    form = definitions.current(session, template)
    for code in wanted:
        if standings.parent_on(session, code, period.end) != issuer:
            raise Forbidden(_("Only the direct parent reminds of a report."))
    standings.lock(session, {(template, period.code)})
    today = local_day(now)
    asked = {
        one.organisation for one in _said(session, wanted, template, period) if local_day(one.at) == today
    }
    sent = set(
        session.scalars(
            select(Standing.organisation).where(
                Standing.organisation.in_(wanted),
                Standing.template == template,
                Standing.period == period.code,
                Standing.standing == LATEST,
            )
        )
    )
    due = [
        code
        for code in wanted
        if code not in asked | sent and templates.owes(session, code, form, period.end)
    ]
    session.add_all(
        Nudge(organisation=code, template=template, period=period.code, by=issuer, at=now, actor=actor)
        for code in due
    )
    if due:
        audit.record(
            session,
            actor=actor,
            organisation=issuer,
            action="report.nudge",
            target=f"{template}/{period.code}",
            now=now,
            detail={"organisations": due},
        )
    session.flush()
    return due


def _said(session: Session, organisations: Collection[str], template: str, period: Period) -> Sequence[Nudge]:
    return session.scalars(
        select(Nudge).where(
            Nudge.organisation.in_(organisations), Nudge.template == template, Nudge.period == period.code
        )
    ).all()


def nudged(session: Session, issuer: str, template: str, period: Period) -> dict[str, datetime]:
    """When an issuer last reminded its children of a report, by organisation."""
    rows = session.execute(
        select(Nudge.organisation, Nudge.at)
        .where(Nudge.by == issuer, Nudge.template == template, Nudge.period == period.code)
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
