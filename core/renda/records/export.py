"""A list as a spreadsheet, written row by row to a temporary file."""

import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.errors import TooLarge
from renda.i18n import _
from renda.records.fields import Day, Integer, Paragraph, Person, Translate
from renda.records.listing import ListQuery, Page, batches
from renda.web import downloads

MOST_ROWS = 1_048_576 - 2
"""Rows of a sheet, without title and headers."""
MOST_CHARACTERS = 32_767
"""Characters of a cell; a writer leaves a longer text out without a word."""

A4 = 9
Names = Mapping[uuid.UUID, str]


@dataclass(frozen=True)
class Column:
    """How one column is written: its header, width in characters, what a value becomes, cell type, format."""

    name: str
    header: str
    width: int
    convert: Callable[[Any, Names], Any]
    write: str = "string"
    format: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spreadsheet:
    """An open temporary file at its start, and how many records it holds; who gets it closes it."""

    file: IO[bytes]
    rows: int


def file_name(kind: RecordType, place: str, year: int, translate: Translate) -> str:
    """Such as `2026-培训班-曹县.xlsx`."""
    return downloads.file_name(str(year), translate(kind.title), place, ending="xlsx")


def write_xlsx(
    session: Session,
    kind: RecordType,
    organisation: str,
    query: ListQuery,
    *,
    title: str,
    translate: Translate,
) -> Spreadsheet:
    """All rows that a query finds.

    Text is written as text, whatever it begins with; days are days; units stand in the headers.

    Raises:
        Invalid: see `renda.records.listing.listed`.
        TooLarge: a sheet does not hold so many rows.
    """
    import xlsxwriter

    columns = [_column(kind, name, translate) for name in kind.columns]
    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            _head(book, sheet, columns, title)
            last = _body(sheet, kind, columns, batches(session, kind, organisation, query))
            sheet.autofilter(1, 0, last, len(columns) - 1)
        unless_done.pop_all()
    target.seek(0)
    return Spreadsheet(target, last - 1)


def _head(book: Any, sheet: Any, columns: Sequence[Column], title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(2, 1)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width, book.add_format(column.format))
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
    for number, column in enumerate(columns):
        sheet.write_string(1, number, column.header, header)


def _body(sheet: Any, kind: RecordType, columns: Sequence[Column], found: Iterable[Page]) -> int:
    writers = {"string": sheet.write_string, "number": sheet.write_number, "day": sheet.write_datetime}
    plan = [(column, writers[column.write]) for column in columns]
    last = 1
    for page in found:
        if last + len(page.rows) > MOST_ROWS + 1:
            raise TooLarge
        for last, row in enumerate(page.rows, last + 1):  # noqa: B020 - the count runs on
            for number, (column, write) in enumerate(plan):
                value = kind.value(row, column.name)
                if value is not None:
                    write(last, number, column.convert(value, page.names))
    return last


def _column(kind: RecordType, name: str, translate: Translate) -> Column:
    """How the values of a column are written."""
    what = kind.fields.get(name)
    if what is None:
        titles = {state.name: translate(state.title) for state in kind.workflow.states}
        return Column(name, translate(_("State")), 12, lambda value, _names: titles.get(value, value))
    header = translate(what.label) + (f"（{translate(what.unit)}）" if what.unit else "")
    if isinstance(what, Day):
        return Column(name, header, 12, lambda value, _names: value, "day", {"num_format": "yyyy-mm-dd"})
    if isinstance(what, Integer):
        return Column(name, header, 14, lambda value, _names: value, "number", {"num_format": "#,##0"})
    if isinstance(what, Person):
        return Column(name, header, 14, lambda value, names: names.get(value, ""))
    width, style = (48, {"text_wrap": True}) if isinstance(what, Paragraph) else (28, {})
    return Column(
        name,
        header,
        width,
        lambda value, _names: what.show(value, translate)[:MOST_CHARACTERS],
        "string",
        style,
    )
