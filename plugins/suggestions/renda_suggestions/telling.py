"""Whom what happens to a suggestion concerns: the deputy, the units that handle it, and the clerks."""

import re
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.deputies.registers import HandlingUnit
from renda.deputies.subjects import DEPUTY, HANDLER
from renda.i18n import _
from renda.notices import kinds
from renda.notices.telling import News, roles_that_may, tell
from renda.security import grants

OWN_PATH, UNIT_PATH = "m/suggestions/mine", "m/suggestions/handling"
"""Where deputies find what is theirs, and handling units what they handle."""

_BETWEEN = re.compile("[、,，;；]")
_IN_USE = "in_use"


def names_of(co_handlers: str | None) -> list[str]:
    """Names of units as they are written one after the other."""
    return [one.strip() for one in _BETWEEN.split(co_handlers or "") if one.strip()]


def units(session: Session, row: Any) -> Mapping[str, uuid.UUID]:
    """Ids of the handling units in use that a suggestion names, by name."""
    found = select(HandlingUnit.name, HandlingUnit.id).where(
        HandlingUnit.organisation == row.organisation,
        HandlingUnit.state == _IN_USE,
        HandlingUnit.name.in_([*names_of(row.co_handlers), row.lead_handler or ""]),
    )
    return {name: one for name, one in session.execute(found)}  # noqa: C416 - rows are no pairs


def tell_clerks(session: Session, row: Any, now: datetime) -> None:
    """Who may accept it is told that it was submitted."""
    roles = roles_that_may(session.info["registry"].declared, "suggestions:decide")
    path = f"r/{row.__tablename__}"
    tell(session, [_news(row, f"submit/{now.isoformat()}", kinds.TASK, path, roles=roles)], now)


def tell_deputy(session: Session, row: Any, now: datetime, step: str, kind: str) -> None:
    """The lead deputy is told of a step."""
    accounts = grants.accounts_for(session, row.lead_deputy, row.organisation, DEPUTY, now)
    tell(session, [_news(row, f"{step}/{now.isoformat()}", kind, OWN_PATH, accounts)], now)


def tell_units(session: Session, row: Any, now: datetime, step: str) -> None:
    """Those who handle it are told of a step."""
    tell(session, [to_units(session, row, now, f"{step}/{now.isoformat()}", kinds.TASK)], now)


def to_units(session: Session, row: Any, now: datetime, happened: str, kind: str) -> News:
    """News of what happened for those who handle it."""
    accounts = {
        account
        for unit in units(session, row).values()
        for account in grants.accounts_for(session, unit, row.organisation, HANDLER, now)
    }
    return _news(row, happened, kind, UNIT_PATH, accounts)


def _news(
    row: Any,
    happened: str,
    kind: str,
    path: str,
    accounts: Collection[uuid.UUID] = (),
    *,
    roles: Collection[str] = (),
) -> News:
    return News(
        organisation=row.organisation,
        roles=roles,
        kind=kind,
        title=_("Suggestion: ${title}", mapping={"title": row.title}),
        path=f"{path}/{row.id}",
        key=f"suggestion/{row.id}/{happened}",
        accounts=accounts,
    )
