"""Background work: units are reminded of the last day of what they handle; clerks the core reminds."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory import modules
from renda.notices import kinds, limits, workdays
from renda.notices.telling import News, tell
from renda.tasks.declare import periodic
from renda.types import Registry
from renda_suggestions.records import SUGGESTIONS, Suggestion
from renda_suggestions.telling import to_units

SIX_HOURS = 6 * 3600


@periodic("suggestions.remind", SIX_HOURS)
def remind(_registry: Registry, session: Session, now: datetime) -> None:
    """Tell units of last days that are near or over, each step once; another last day begins anew."""
    tell(session, list(_due(session, now)), now)


def _due(session: Session, now: datetime) -> Iterator[News]:
    today, days = local_day(now), workdays.of(session)
    installed = session.info["registry"].declared.modules
    in_use = modules.uses(Suggestion.organisation, SUGGESTIONS.module, today, installed)
    for state, limit in limits.limited(SUGGESTIONS).items():
        told = set()
        for left in sorted({limits.OVER, *limit.remind}):
            reached = limits.reached(SUGGESTIONS, limit, left, today, days)
            found = select(Suggestion).where(Suggestion.state == state, reached, in_use)
            for row in session.scalars(found):
                if row.id not in told:
                    kind = kinds.OVERDUE if left == limits.OVER else kinds.DUE
                    due = getattr(row, limit.field)
                    yield to_units(session, row, now, f"{state}/{due.isoformat()}/{left}", kind)
                told.add(row.id)
