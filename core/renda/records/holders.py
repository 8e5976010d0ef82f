"""Who has a record now: those who may let it take its next step."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.directory.validity import valid_at
from renda.plugins import Declared
from renda.security.models import Account, Grant

UNDER_WAY = frozenset({"todo", "doing"})
"""Lights of states in which somebody has something to do."""

MOST_NAMES = 5
"""Names that are told of one role; of more only how many."""


def holders(
    session: Session, declared: Declared, kind: RecordType, *, state: str, organisation: str, now: datetime
) -> list[dict[str, Any]]:
    """Roles that may lead a record on from a state, with those who play them there.

    Each has `title`, `names` and `more`, the number of names that are left out. Empty where the record is
    done or stopped: reopening it is nobody's task.
    """
    lights = {one.name: one.light for one in kind.workflow.states}
    if lights.get(state) not in UNDER_WAY:
        return []
    verbs = {step.verb for step in kind.workflow.transitions if state in step.sources}
    roles = _roles(declared, kind.module, verbs)
    people = _people(session, roles, organisation, now)
    return [
        {"title": declared.roles[role].title, "names": names[:MOST_NAMES], "more": len(names[MOST_NAMES:])}
        for role in roles
        if (names := people.get(role))
    ]


def _roles(declared: Declared, module: str, verbs: Collection[str]) -> list[str]:
    grants = declared.modules[module].grants
    return [role for role in declared.roles if not set(verbs).isdisjoint(grants.get(role, ()))]


def _people(
    session: Session, roles: Collection[str], organisation: str, now: datetime
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(Grant.role, Account.name)
        .join(Account, Account.id == Grant.account)
        .where(
            Grant.organisation == organisation,
            Grant.role.in_(roles),
            Account.active,
            valid_at(Grant.since, Grant.until, now),
        )
        .order_by(Account.name, Account.id)
    )
    for role, name in rows:
        found.setdefault(role, []).append(name)
    return found
