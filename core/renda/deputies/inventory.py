"""The inventory of personal data: every column that holds any, read from the declarations of the columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Column

from renda.database import Base
from renda.declarations import Message, RecordType
from renda.declarations.personal import INFO, Personal
from renda.i18n import _
from renda.plugins import Declared
from renda.records.kinds import Field


@dataclass(frozen=True)
class Entry:
    """A column of personal data: what for, and for how long (a name in `retention.SPANS`).

    Attributes:
        label: what readers call it, with what it is of in front, such as "Account: login name".
    """

    table: str
    column: str
    label: Message
    personal: Personal


def entries(declared: Declared) -> list[Entry]:
    """All of them, of the components that this node loads, by table.

    The core's own tables say it beside the column; of a register every field that is marked personal, or
    names a person, is one, and its purpose is the register's.
    """
    names = {one.name for one in declared.components}
    loaded = [one for one in Base.metadata.sorted_tables if one.name.partition("_")[0] in names]
    titles = {str(kind.model.__tablename__): kind.title for kind in declared.record_types.values()}
    said = [_entry(column, titles) for table in loaded for column in table.columns if INFO in column.info]
    fields = (one for kind in declared.record_types.values() for one in _of_register(kind))
    return sorted({*said, *fields}, key=lambda one: (one.table, one.column))


def _entry(column: Column[object], titles: Mapping[str, Message]) -> Entry:
    table, personal, field = column.table.name, column.info[INFO], column.info.get("field")
    label = personal.label or (_called(titles[table], field) if field and table in titles else "")
    return Entry(table, column.name, label, personal)


def _called(register: Message, field: Field) -> Message:
    return _("${register}: ${field}", mapping={"register": register, "field": field.label})


def _of_register(kind: RecordType) -> Iterable[Entry]:
    table = str(kind.model.__tablename__)
    for name, field in kind.fields.items():
        column = kind.model.__table__.columns.get(name)
        if field.personal and not (column is not None and INFO in column.info):
            yield Entry(table, name, _called(kind.title, field), Personal(kind.title, "record"))
