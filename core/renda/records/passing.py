"""The trail of records that leave the system in a file, and of those that come in one."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.security import audit


def exported(
    session: Session,
    kind: RecordType,
    organisation: str,
    rows: int,
    *,
    filters: Sequence[str] = (),
    record: uuid.UUID | None = None,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Write down that so many records left, chosen by these fields, or a single `record`.

    What was looked for may be personal, and is left out.
    """
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="record.export",
        target=kind.name,
        now=now,
        detail={"rows": rows, "filters": list(filters), **({"record": str(record)} if record else {})},
    )


def imported(
    session: Session,
    kind: RecordType,
    organisation: str,
    rows: int,
    *,
    left_out: int = 0,
    upload: uuid.UUID | None = None,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    """Write down that so many rows of a file became records, and of which upload where there is one."""
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="record.import",
        target=kind.name,
        now=now,
        detail={"rows": rows, "left_out": left_out, **({"upload": str(upload)} if upload else {})},
    )
