"""What search knows of a record."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import FULL_TEXT, Base, Scoped

INDEX = f"{FULL_TEXT}core_search_entry"
"""SQLite's full-text index over `tokens`; triggers keep it right."""
LEXEMES = "lexemes"
"""PostgreSQL's column that is generated from `tokens`."""


class SearchEntry(Scoped, Base):
    """A record as it can be found; nothing in it comes from a personal field.

    Attributes:
        id: made from the record's id, see `number`; a whole number, since SQLite's index names rows so.
        component: whose record it is.
        type: name of its record type.
        record: its id.
        title: what it is called in a list of results.
        state: name of its state.
        text: what its searched fields say, a line each.
        tokens: those of `text`, with a space between them.
        changed_at: when the record was changed last.
        organisation: whose record it is; there is one, since the record has it from there.
    """

    __tablename__ = "core_search_entry"
    __table_args__ = (
        Index(None, "organisation", "type", "changed_at"),
        Index(None, "type", "record", unique=True),
        {"info": {"by_migration": {LEXEMES}}},
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    component: Mapped[str]
    type: Mapped[str]
    record: Mapped[uuid.UUID]
    title: Mapped[str]
    state: Mapped[str]
    text: Mapped[str]
    tokens: Mapped[str]
    changed_at: Mapped[datetime]
    organisation: Mapped[str] = mapped_column()


def number(record: uuid.UUID) -> int:
    """The id of a record's entry: the random bits of the record's own id, not negative."""
    return record.int & (1 << 62) - 1
