"""What a paper says, from its title to the address at which it is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from renda.i18n import Translate, Translator, _

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0, production 2)."""
_NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section; sections are numbered 一、二、三 (GB/T 9704-2012, 7.3.3)."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Running text; every line of it becomes a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Steps:
    """A list, numbered 1. 2. 3."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the cells are plain texts.

    Attributes:
        numbers: places of the columns that hold numbers, from 0.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what is said of each, as the two columns of a form."""

    rows: Sequence[tuple[str, str]]


Block = Heading | Text | Steps | Table | Facts


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper.

    Attributes:
        subtitle: below the title, such as the period of a report; "" for none.
        addressees: whom it is for, the main recipients; empty for nobody in particular.
        attachments: names of the files that go with it.
        signer: who signs it, or "" where it is signed by nobody, such as a copy of a record.
        day: of its signature.
        source: the address of the page that it was made from, drawn as a QR code, too.
        notes: what stands beside that, such as the receipt number.
    """

    title: str
    content: Sequence[Block]
    source: str
    notes: Sequence[str]
    subtitle: str = ""
    addressees: Sequence[str] = ()
    attachments: Sequence[str] = ()
    signer: str = ""
    day: date | None = None


def clean(text: str) -> str:
    """A text without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def in_words(day: date, translate: Translator) -> str:
    """A day as papers of the reader's language write it, such as 2026年11月30日 (GB/T 9704-2012, 7.3.5)."""
    return format_date(day, "long", locale=translate.locale)


def plain(shown: Any, translate: Translate) -> str:
    """In words what a page shows of a value: of a fact, or of a cell of a table.

    Args:
        shown: as the macros of `macros/tables.jinja2` take it: a text, number, day, None, or a mapping.
        translate: into the language of the paper.
    """
    if not isinstance(shown, Mapping):
        return _scalar(shown)
    if "value" in shown:
        said = _scalar(shown["value"])
        signs = {"about": f"{translate(_('about'))} ", "at_least": "≥ "}
        said = signs.get(shown.get("qualifier") or "", "") + said
    else:
        text = shown.get("text")
        said = translate(text) if isinstance(text, str) else _scalar(text)
    note = shown.get("note")
    return f"{said}（{note}）" if note else said


def _scalar(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    return f"{value:,}" if isinstance(value, int) else str(value)


def facts(found: Sequence[Mapping[str, Any]], translate: Translate) -> Facts:
    """The facts of a page, each with its unit."""
    rows = []
    for one in found:
        said, unit = plain(one["value"], translate), one.get("unit")
        rows.append(
            (translate(one["label"]), f"{said} {translate(unit)}" if unit and said != _NOTHING else said)
        )
    return Facts(rows)


def table(
    columns: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], translate: Translate
) -> Table:
    """A table of a page, with the units in its headers."""
    return Table(
        [_header(one, translate) for one in columns],
        [[plain(cell, translate) for cell in row["cells"]] for row in rows],
        frozenset(place for place, one in enumerate(columns) if one.get("kind") == "number"),
    )


def _header(column: Mapping[str, Any], translate: Translate) -> str:
    title, unit = translate(column["title"]), column.get("unit")
    return f"{title}（{translate(unit)}）" if unit else title
