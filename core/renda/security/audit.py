"""The audit trail: a row in the transaction of the change, so that neither exists without the other.

Every row becomes a link of one chain when its transaction commits (`renda.security.trail`).
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.security import trail
from renda.security.models import AuditEntry


def record(
    session: Session,
    *,
    actor: uuid.UUID | None,
    organisation: str | None,
    action: str,
    target: object,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down what is being done, in the transaction that does it.

    Args:
        session: the session of the change.
        actor: account that acts, or None for the system and for strangers.
        organisation: code of the organisation concerned, or None for the node as a whole.
        action: `<thing>.<verb>`, such as `grant.add`.
        target: identity of what is acted on.
        now: when.
        detail: further facts that JSON can hold; never passwords, codes or personal data.
    """
    entry = AuditEntry(
        at=now,
        actor=actor,
        organisation=organisation,
        action=action,
        target=str(target),
        detail=_json(detail or {}),
        **_asked(session),
    )
    session.add(entry)
    return entry


def record_all(
    session: Session,
    done: Iterable[tuple[object, Mapping[str, Any]]],
    *,
    actor: uuid.UUID | None,
    organisation: str | None,
    action: str,
    now: datetime,
) -> None:
    """As `record`, of many acts of one kind, each with its target and further facts; written at once."""
    common = {"at": now, "actor": actor, "organisation": organisation, "action": action, **_asked(session)}
    rows = [
        {"id": new_id(), "target": str(target), "detail": _json(detail), **common} for target, detail in done
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)
        trail.note(session, map(itemgetter(*trail.COLUMNS), rows))


def _asked(session: Session) -> dict[str, Any]:
    """Through which request and token the session came."""
    return {"request": session.info.get("request_id", ""), "token": session.info.get("token")}


def _json(detail: Mapping[str, Any]) -> str:
    return _ENCODE(dict(detail))


# Made once: an import writes an entry for every row.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
