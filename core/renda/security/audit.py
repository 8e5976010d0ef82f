"""The audit trail: a row in the transaction of the change, so that neither exists without the other.

Every row becomes a link of one chain when its transaction commits (`renda.security.trail`).
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import renda.security.trail  # noqa: F401 - it chains what is recorded here
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
        detail=json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
        request=session.info.get("request_id", ""),
        token=session.info.get("token"),
    )
    session.add(entry)
    return entry
