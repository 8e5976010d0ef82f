"""Background work: time limits are looked at several times a day, and notices are sent."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from renda.notices import reminding, sending, telling
from renda.tasks.declare import periodic, task
from renda.types import Registry

SIX_HOURS = 6 * 3600
DAY = 24 * 3600


@periodic("core.remind", SIX_HOURS)
def remind(_registry: Registry, session: Session, now: datetime) -> None:
    """Tell of time limits that are near or over; several times a day, since some nodes run by day alone."""
    reminding.remind(session, now)


@periodic("core.forget_notices", DAY)
def forget_notices(registry: Registry, session: Session, now: datetime) -> None:
    """Remove notices that were read long ago; what is not read stays."""
    telling.forget_read(session, now - timedelta(days=registry.values["notice_days"]))


@task(sending.SEND, locked=False, longest=sending.LONGEST)
def send_notice(registry: Registry, _session: Session, _now: datetime, notice: str, channel: str) -> None:
    """Send a notice through a channel; what becomes of it is written down by itself."""
    sending.send(registry, uuid.UUID(notice), channel)
