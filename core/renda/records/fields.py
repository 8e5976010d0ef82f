"""Fields of a record, written where its class names the column.

    title: Mapped[str] = fields.text(_("Title"), max_length=120)
    budget: Mapped[int | None] = fields.money(_("Budget"), unit="yuan")

One rule decides what may stay empty: a field is required unless its annotation allows None; a flag that is
left empty says no. Every function takes further options of `mapped_column`.
"""
# ruff: noqa: A002 - "help" is what a form calls it

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import MappedColumn, mapped_column

from renda.declarations import Message
from renda.i18n import Translate
from renda.indicators.kinds import LIMIT
from renda.records.kinds import Choice, Field, Flag, Paragraph, Person, Rejected, Text
from renda.records.ordinals import Ordinal
from renda.records.organs import Organ
from renda.records.quantities import Day, Integer, Money

__all__ = [
    "Choice",
    "Day",
    "Field",
    "Flag",
    "Integer",
    "Money",
    "Ordinal",
    "Organ",
    "Paragraph",
    "Person",
    "Rejected",
    "Text",
    "Translate",
    "choice",
    "day",
    "flag",
    "integer",
    "money",
    "ordinal",
    "organ",
    "paragraph",
    "person",
    "text",
]


def _column(kind: Field, *arguments: Any, **options: Any) -> MappedColumn[Any]:
    return mapped_column(*arguments, info={"field": kind}, **options)


def text(
    label: Message, *, help: Message = "", max_length: int = 200, personal: bool = False, **column: Any
) -> MappedColumn[Any]:
    """A column for one line of text."""
    return _column(Text(label, help, personal=personal, max_length=max_length), **column)


def paragraph(
    label: Message, *, help: Message = "", max_length: int = 5000, personal: bool = False, **column: Any
) -> MappedColumn[Any]:
    """A column for text of several lines."""
    return _column(Paragraph(label, help, personal=personal, max_length=max_length), **column)


def choice(
    label: Message, choices: Iterable[tuple[str, Message]], *, help: Message = "", **column: Any
) -> MappedColumn[Any]:
    """A column for one of the choices, each (value, title)."""
    return _column(Choice(label, help, choices=tuple(choices)), **column)


def day(label: Message, *, help: Message = "", **column: Any) -> MappedColumn[Any]:
    """A column for a civil day."""
    return _column(Day(label, help), **column)


def integer(
    label: Message,
    *,
    unit: Message = "",
    least: int = -LIMIT,
    most: int = LIMIT,
    help: Message = "",
    **column: Any,
) -> MappedColumn[Any]:
    """A column for a whole number of `unit`, from `least` to `most`."""
    return _column(Integer(label, help, unit=unit, least=least, most=most), **column)


def money(
    label: Message, *, unit: Message, least: int = 0, most: int = LIMIT, help: Message = "", **column: Any
) -> MappedColumn[Any]:
    """A column for an amount in whole units of `unit`, such as `yuan`."""
    return _column(Money(label, help, unit=unit, least=least, most=most), **column)


def ordinal(label: Message, *, words: Message, help: Message = "", **column: Any) -> MappedColumn[Any]:
    """A column for the place in a series, such as `_("Term ${number}")`."""
    return _column(Ordinal(label, help, words=words), **column)


def organ(label: Message, *, help: Message = "", **column: Any) -> MappedColumn[Any]:
    """A column for an organ of the record's organisation that may meet there, as its profile says."""
    return _column(Organ(label, help), **column)


def flag(label: Message, *, help: Message = "", **column: Any) -> MappedColumn[Any]:
    """A column for yes or no."""
    return _column(Flag(label, help), **column)


def person(label: Message, *, help: Message = "", **column: Any) -> MappedColumn[Any]:
    """A column for a deputy."""
    return _column(Person(label, help), ForeignKey("core_person.id"), **{"index": True, **column})
