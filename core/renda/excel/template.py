"""The workbook that people fill: one row of headers from the declaration, drop-downs, and a hidden sheet."""

import hashlib
import tempfile
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.declarations import Message, RecordType
from renda.errors import TooLarge
from renda.excel.columns import IDENTITY
from renda.excel.grids import META
from renda.excel.safety import MOST_ROWS
from renda.i18n import Translate, _
from renda.records import persons
from renda.records.export import Spreadsheet
from renda.records.fields import Choice, Day, Field, Flag, Integer, Ordinal, Paragraph, Person

_EMPTY_ROWS = 2_000
"""Rows of an empty template that offer drop-downs."""
_LISTS_FROM = 3
"""First column of the hidden sheet that holds words of a drop-down."""
_FONT = {"font_name": "宋体", "font_size": 11}
_HINTS: Mapping[type[Field], Message] = {
    Day: _("A day, such as 2026-05-06."),
    Integer: _("A whole number in digits."),
    Choice: _("Choose from the list."),
    Flag: _("Choose yes or no."),
    Person: _("The name of a deputy, as in the list."),
}


@dataclass(frozen=True)
class Place:
    """The organisation that a workbook is for, and whom its records may name."""

    code: str
    name: str
    persons: Sequence[tuple[uuid.UUID, str]] = ()


def version(kind: RecordType) -> str:
    """Short name of the form: another one where fields were added, taken away or turned into others."""
    said = "\n".join(f"{name} {type(what).__name__} {what.required}" for name, what in kind.fields.items())
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def meta(kind: RecordType, organisation: str) -> dict[str, str]:
    """What the hidden sheet says: form, version and organisation."""
    return {"form": kind.name, "version": version(kind), "organisation": organisation}


def records(session: Session, kind: RecordType, organisation: str) -> Iterable[Any]:
    """All records of an organisation, as rows with their ids and fields, the oldest first."""
    columns = [kind.column(name).label(name) for name in ("id", *kind.fields)]
    statement = (
        select(*columns)
        .where(kind.column("organisation") == organisation, *kind.conditions())
        .order_by(kind.column("id"))
        .execution_options(yield_per=1000)
    )
    return session.execute(statement)


def write(
    session: Session,
    kind: RecordType,
    place: Place,
    translate: Translate,
    *,
    filled: bool = False,
    rows: Iterable[Any] = (),
) -> Spreadsheet:
    """An empty workbook, or one that holds all records with their ids, which comes back as changes of them.

    Where rows that have an id and the form's fields are given, it holds those. Text is written as text,
    whatever it begins with; personal text is masked.

    Raises:
        TooLarge: there are more records than an import takes.
    """
    import xlsxwriter

    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            sheet = book.add_worksheet(_sheet_name(translate(kind.title)))
            lists = {name: _words(what, place, translate) for name, what in kind.fields.items()}
            _head(book, sheet, kind, translate)
            held = records(session, kind, place.code) if filled else rows
            number = _body(sheet, kind, held, session, translate)
            _offer(sheet, kind, lists, max(_EMPTY_ROWS, number + _EMPTY_ROWS))
            _hidden(book, kind, place, lists)
        unless_done.pop_all()
    target.seek(0)
    return Spreadsheet(target, number)


def _sheet_name(title: str) -> str:
    return "".join(one for one in title if one not in "[]:*?/\\'")[:31] or "Sheet1"


def _head(book: Any, sheet: Any, kind: RecordType, translate: Translate) -> None:
    plain = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "locked": True, **_FONT}
    must, may = (
        book.add_format({**plain, "bg_color": "#FCE4D6"}),
        book.add_format({**plain, "bg_color": "#DDEBF7"}),
    )
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    for number, what in enumerate(kind.fields.values()):
        sheet.set_column(number, number, _width(what), book.add_format(_format(what)))
        sheet.write_string(0, number, header(what, translate), must if _needed(what) else may)
        if note := _note(what, translate):
            sheet.write_comment(0, number, note, {"x_scale": 1.5})
    last = len(kind.fields)
    sheet.set_column(last, last, 38, book.add_format({"locked": True}), {"hidden": True})
    sheet.write_string(0, last, IDENTITY, may)
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort")
    sheet.protect("", dict.fromkeys(allowed, True))


def _needed(what: Field) -> bool:
    return what.required and not isinstance(what, Flag)


def header(what: Field, translate: Translate) -> str:
    """What heads a field's column: its label, its unit, and a mark where it must be filled in."""
    unit = f"（{translate(what.unit)}）" if what.unit else ""
    return f"{translate(what.label)}{unit}{'*' if _needed(what) else ''}"


def _note(what: Field, translate: Translate) -> str:
    hints = [translate(what.help)] if what.help else []
    hints += [translate(hint) for kind, hint in _HINTS.items() if isinstance(what, kind)]
    if _needed(what):
        hints.append(translate(_("This must be filled in.")))
    return "\n".join(hints)


def _format(what: Field) -> dict[str, Any]:
    style: dict[str, Any] = {"locked": False, **_FONT}
    if isinstance(what, Day):
        return {**style, "num_format": "yyyy-mm-dd"}
    if isinstance(what, Integer):
        return {**style, "num_format": "#,##0"}
    if isinstance(what, Ordinal):
        return {**style, "num_format": "0"}
    return {**style, "num_format": "@", "text_wrap": isinstance(what, Paragraph)}


def _width(what: Field) -> int:
    if isinstance(what, Paragraph):
        return 48
    return 14 if isinstance(what, Day | Integer | Ordinal | Flag | Person) else 24


def _words(what: Field, place: Place, translate: Translate) -> list[str]:
    """What a drop-down offers; nothing where anything may be written."""
    if isinstance(what, Choice):
        return [translate(title) for _value, title in what.choices]
    if isinstance(what, Flag):
        return [translate(_("Yes")), translate(_("No"))]
    if isinstance(what, Person):
        return list(dict.fromkeys(name for _id, name in place.persons))
    return []


def _offer(sheet: Any, kind: RecordType, lists: Mapping[str, Sequence[str]], last: int) -> None:
    from xlsxwriter.utility import xl_col_to_name

    for number, name in enumerate(kind.fields):
        if words := lists[name]:
            column = xl_col_to_name(_LISTS_FROM + number, col_abs=True)
            source = f"={META}!{column}$1:{column}${len(words)}"
            # People paste lists of other programs; what is not in the list is told by the import.
            sheet.data_validation(
                1, number, last, number, {"validate": "list", "source": source, "error_type": "warning"}
            )


def _hidden(book: Any, kind: RecordType, place: Place, lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(META)
    sheet.hide()
    facts = list(meta(kind, place.code).items())
    most = max([len(facts), *map(len, lists.values())])
    for line in range(most):
        if line < len(facts):
            sheet.write_string(line, 0, facts[line][0])
            sheet.write_string(line, 1, facts[line][1])
        for number, name in enumerate(kind.fields):
            if line < len(lists[name]):
                sheet.write_string(line, _LISTS_FROM + number, lists[name][line])


def _body(sheet: Any, kind: RecordType, rows: Iterable[Any], session: Session, translate: Translate) -> int:
    found = list(rows)
    if len(found) > MOST_ROWS:
        raise TooLarge
    someone = [name for name, what in kind.fields.items() if isinstance(what, Person)]
    named = persons.names(session, {kind.value(row, name) for row in found for name in someone} - {None})
    for line, row in enumerate(found, 1):
        for number, (name, what) in enumerate(kind.fields.items()):
            value = kind.value(row, name)
            if value is None:
                continue
            if isinstance(what, Day):
                sheet.write_datetime(line, number, value)
            elif isinstance(what, Integer | Ordinal):
                sheet.write_number(line, number, value)
            elif isinstance(what, Person):
                sheet.write_string(line, number, named.get(value, ""))
            else:
                sheet.write_string(line, number, what.show(value, translate))
        sheet.write_string(line, len(kind.fields), str(row.id))
    return len(found)
