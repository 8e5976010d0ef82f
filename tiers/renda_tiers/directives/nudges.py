"""Reminding targets of a directive, once a day each, by the same means as of reports."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.errors import NotFound
from renda.i18n import _
from renda_tiers.directives import bodies, held, phases
from renda_tiers.directives.models import TargetProgress
from renda_tiers.reports import nudging
from renda_tiers.reports.models import Nudge
from renda_tiers.reports.nudging import Topic


def topic(subject: str) -> Topic:
    """What a reminder of a directive is about."""
    return (bodies.DIRECTIVE, subject)


def nudge(
    session: Session,
    issuer: str,
    subject: str,
    organisations: Collection[str],
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> list[str]:
    """Remind targets that have still something to do; the codes of those who were reminded.

    Passed over are those that are done, and those that were reminded today already.

    Raises:
        NotFound: the issuer has set no such directive, or one is no target of it.
        Conflict: it has ended.
    """
    held.own(session, subject, issuer).ensure_open()
    rows = session.execute(
        select(TargetProgress.organisation, TargetProgress.phase).where(
            TargetProgress.subject == subject, TargetProgress.organisation.in_(organisations)
        )
    )
    found = {row.organisation: row.phase for row in rows}
    if set(organisations) - found.keys():
        raise NotFound(_("This directive is not for all of these organisations."))
    due = [code for code, phase in found.items() if phase in phases.PENDING]
    return nudging.remind(session, issuer, due, topic(subject), "directive.nudge", actor=actor, now=now)


def nudged(session: Session, issuer: str, subject: str) -> dict[str, datetime]:
    """When an issuer last reminded the targets of a directive, by organisation."""
    return nudging.reminders(session, issuer, topic(subject))


def received(session: Session, organisation: str) -> dict[str, datetime]:
    """When an organisation was last reminded of directives, by subject."""
    rows = session.execute(
        select(Nudge.period, func.max(Nudge.at).label("at"))
        .where(Nudge.organisation == organisation, Nudge.template == bodies.DIRECTIVE)
        .group_by(Nudge.period)
    )
    return {row.period: row.at for row in rows}
