"""Guards of record types look at many records as at one, and these are written at once nevertheless."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event, insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from renda.declarations import RecordType
from renda.records.models import Record

Columns = Mapping[str, Any]
_Item = TypeVar("_Item")


def sketch(kind: RecordType, columns: Columns) -> Record:
    """A record that no session will ever hold: its values are not noted one by one as changes."""
    made = kind.model()
    instance_dict(made).update(columns)
    return made


def altered(kind: RecordType, row: Record, values: Mapping[str, Any]) -> Record:
    """A sketch of a record as it would be with these values of its fields."""
    names = kind.model.__mapper__.column_attrs.keys()
    made = sketch(kind, {name: getattr(row, name) for name in names})
    kind.put(made, values)
    return made


@contextmanager
def together(session: Session, write: Callable[[list[_Item]], object]) -> Iterator[Callable[[_Item], None]]:
    """Takes what is to be written, and writes it at the end, or once a guard asks the session for anything.

    Whatever a guard asks for has thus the records before in it.
    """
    waiting: list[_Item] = []

    def put(_state: object = None) -> None:
        several = waiting.copy()
        waiting.clear()  # Before they are written, since that is something asked of the session, too.
        if several:
            write(several)

    event.listen(session, "do_orm_execute", put)
    try:
        yield waiting.append
        put()
    finally:
        event.remove(session, "do_orm_execute", put)


def insert_all(session: Session, kind: RecordType, rows: Iterable[Columns]) -> None:
    """Write records after the type's guard, if it has one, has looked at each.

    Raises:
        RendaError: what the guard raises; the caller aborts the transaction.
        IntegrityError: the database refuses one.
    """

    def write(several: list[Columns]) -> None:
        session.execute(insert(kind.model), several)

    with together(session, write) as take:
        for row in rows:
            if kind.guard is not None:
                kind.guard(session, sketch(kind, row))
            take(row)
