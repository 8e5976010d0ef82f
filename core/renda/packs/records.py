"""The one class that holds the records of all packs, and the record types over it.

What a pack's fields say lies in one column as JSON, so that a new pack needs no new table. The type alone
knows how a value is written there: days as 2026-05-06, persons as {"person": 32 hex digits}, so that both
databases compare and sort them as what they are, and who moves records finds the persons without the type.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    String,
    TypeDecorator,
    Uuid,
    cast,
    false,
    func,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from renda.declarations import RecordType
from renda.records.fields import Day, Field, Flag, Integer, Ordinal, Person
from renda.records.models import Record

PERSON = "person"


class PackRecord(Record):
    """A record of any register of any pack.

    Attributes:
        type: name of its record type.
        whole: the record that it is a part of, where its type is part of another.
        said: values by the name of the field; also of fields that a later version of the pack left out.
    """

    __tablename__ = "core_pack_record"

    type: Mapped[str] = mapped_column(index=True)
    whole: Mapped[uuid.UUID | None] = mapped_column(index=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))


class _IsoDay(TypeDecorator[date]):
    """A day in a text that sorts as it does."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """As 2026-05-06."""
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """The day."""
        del dialect
        return None if value is None else date.fromisoformat(value)


def expression(entity: Any, what: Field, name: str) -> Any:
    """The value of a field as SQL, of `PackRecord` or an alias of it."""
    text = entity.said[name].as_string()
    if isinstance(what, Day):
        return type_coerce(text, _IsoDay())
    if isinstance(what, Integer | Ordinal):
        return cast(text, BigInteger)
    if isinstance(what, Person):
        return cast(entity.said[name, PERSON].as_string(), Uuid)
    if isinstance(what, Flag):
        return func.coalesce(entity.said[name].as_boolean(), false())
    return text


def _kept(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return {PERSON: value.hex}
    return value.isoformat() if isinstance(value, date) else value


def _held(what: Field, value: Any) -> Any:
    if isinstance(what, Flag):
        return bool(value)
    if value is None:
        return None
    if isinstance(what, Day):
        return date.fromisoformat(value)
    return uuid.UUID(value[PERSON]) if isinstance(what, Person) else value


def rename_persons(said: Mapping[str, Any], ids: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """The persons whom a record's values name, after some of them got other ids."""
    found = set()
    for value in said.values():
        if isinstance(value, dict):
            known = uuid.UUID(value[PERSON])
            value[PERSON] = ids.get(known, known).hex
            found.add(uuid.UUID(value[PERSON]))
    return found


@dataclass(frozen=True, eq=False)
class PackType(RecordType):
    """A record type over `PackRecord`.

    Attributes:
        declared: its field kinds, by name.
        retired: those of earlier versions that this one has no more; only read.
    """

    declared: Mapping[str, Field] = field(default_factory=dict)
    retired: Mapping[str, Field] = field(default_factory=dict)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """See `RecordType`."""
        return self.declared

    def column(self, name: str) -> Any:
        """See `RecordType`."""
        return self.column_of(PackRecord, name)

    def column_of(self, entity: Any, name: str) -> Any:
        """The same of an alias of `PackRecord`."""
        what = self.fields.get(name)
        return getattr(entity, name) if what is None else expression(entity, what, name)

    def value(self, row: Any, name: str) -> Any:
        """See `RecordType`."""
        what = self.fields.get(name) or self.retired.get(name)
        said = getattr(row, "said", None)
        if what is None or not isinstance(said, Mapping):
            return super().value(row, name)
        return _held(what, said.get(name))

    def columns_of(self, values: Mapping[str, Any], **common: Any) -> dict[str, Any]:
        """See `RecordType`."""
        return super().columns_of({"said": {name: _kept(value) for name, value in values.items()}}, **common)

    def put(self, row: Any, values: Mapping[str, Any]) -> None:
        """See `RecordType`."""
        row.said = row.said | {name: _kept(value) for name, value in values.items()}
