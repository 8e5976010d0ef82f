"""Good rows become records, all of them or none."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.errors import Conflict, RendaError
from renda.excel.verdicts import CHANGED, NEW, Verdict
from renda.i18n import _
from renda.records import engine


def write(
    session: Session,
    kind: RecordType,
    organisation: str,
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> int:
    """Make and change the records of the good rows, and count them.

    Raises:
        Conflict: a row that was good alone is refused beside the others; the caller aborts the transaction.
    """
    done = 0
    for one in verdicts:
        try:
            if one.what == NEW:
                engine.create(session, kind, organisation, one.values, now=now, author=actor)
                done += 1
            elif one.what == CHANGED and one.row is not None:
                engine.update(session, kind, one.row, one.values, lock=one.row.lock, now=now, actor=actor)
                done += 1
        except RendaError as error:
            raise Conflict(
                _("Row ${line}: ${sentence}", mapping={"line": one.line, "sentence": error.sentence})
            ) from error
    return done
