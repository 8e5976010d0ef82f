"""Guards of record types look at many records as at one, and these are written at once nevertheless."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from renda.declarations import RecordType
from renda.records.models import Record

Columns = Mapping[str, Any]


def sketch(kind: RecordType, columns: Columns) -> Record:
    """A record that no session will ever hold: its values are not noted one by one as changes."""
    made = kind.model()
    instance_dict(made).update(columns)
    return made


def insert_all(session: Session, kind: RecordType, rows: Iterable[Columns]) -> None:
    """Write records after the type's guard, if it has one, has looked at each.

    Whatever a guard asks the session for has the records before in it: they are written then.

    Raises:
        RendaError: what the guard raises; the caller aborts the transaction.
        IntegrityError: the database refuses one.
    """
    waiting: list[Columns] = []

    def put(_state: object = None) -> None:
        several = waiting.copy()
        waiting.clear()  # Before they are written, since that is something asked of the session, too.
        if several:
            session.execute(insert(kind.model), several)

    event.listen(session, "do_orm_execute", put)
    try:
        for row in rows:
            if kind.guard is not None:
                kind.guard(session, sketch(kind, row))
            waiting.append(row)
        put()
    finally:
        event.remove(session, "do_orm_execute", put)
