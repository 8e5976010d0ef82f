"""Who is asked for a report that nobody owes by tier and module: what directives ask for."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from renda.indicators.periods import Period
from renda_tiers.reports.models import Demand


def of(session: Session, organisation: str) -> dict[str, set[str]]:
    """The codes of the periods that an organisation is asked for, by code of the template."""
    found: dict[str, set[str]] = {}
    rows = session.execute(select(Demand.template, Demand.period).where(Demand.organisation == organisation))
    for row in rows:
        found.setdefault(row.template, set()).add(row.period)
    return found


def periods(session: Session, template: str) -> list[Period]:
    """The periods for which anybody is asked for a template's report."""
    codes = session.scalars(select(Demand.period).where(Demand.template == template).distinct())
    return [Period.parse(code) for code in codes]


def is_asked(organisation: Any, template: str, period: str) -> ColumnElement[bool]:
    """Whether an organisation, a column of its code or a value, is asked for a report (codes)."""
    return exists().where(
        Demand.organisation == organisation, Demand.template == template, Demand.period == period
    )
