"""Files as tables of plain values: workbooks, and comma-separated text in the encodings that Excel writes."""

import csv
import os
import struct
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from renda.declarations import Message
from renda.errors import TooLarge
from renda.excel import binary, compound, safety
from renda.i18n import _

META = "renda"
"""Name of the hidden sheet in which our own files say what they are."""
MOST_COLUMNS = 200

_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = _("This cell holds a formula. Paste it as a value (Paste Special, Values).")
_BROKEN = _("This cell shows an error of a formula. Write the value itself.")
_NO_TEXT = _("The file is neither UTF-8 nor GB18030 text. Save it as .xlsx or CSV and try again.")
_QUOTES = _("This is not comma-separated text; look for a quotation mark too many.")

_UNREADABLE = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError),
    *(EOFError, zipfile.BadZipFile),
)
"""What openpyxl raises for parts that are missing or are no XML; it has no error of its own for them."""
_UNREADABLE_BINARY = (
    *(ValueError, TypeError, AttributeError, LookupError, AssertionError, ArithmeticError),
    *(EOFError, RecursionError, struct.error),
)
"""What xlrd raises for records that say nonsense, beside its own error."""


@dataclass(frozen=True)
class Odd:
    """A cell that has no value of its own, and what the person should do about it.

    Attributes:
        value: what it shows, where the file tells.
    """

    message: Message
    value: str | float | bool | date | time | None = None


Cell = str | int | float | bool | date | datetime | time | Odd | None


@dataclass(frozen=True)
class Grid:
    """A sheet.

    Attributes:
        sheet: its name, or "" for a text file.
        rows: its cells; row 1 of the sheet is the first.
        since_1904: whether its serial days count from 1904, as old Macs did.
    """

    sheet: str
    rows: Sequence[Sequence[Cell]]
    since_1904: bool = False


@dataclass(frozen=True)
class Book:
    """A file: its visible sheets, and what the hidden one says."""

    grids: Sequence[Grid]
    meta: dict[str, str] = field(default_factory=dict)


def read(content: bytes, name: str = "") -> Book:
    """The sheets of a file.

    Args:
        content: its bytes, which decide how it is read.
        name: what it is called; "" for one that was judged by its name before.

    Raises:
        Invalid: it is neither a workbook nor text, or one that is refused (see `renda.excel.safety`).
        TooLarge: it has more bytes, rows, columns or cells than a register's file may have.
    """
    safety.check_size(content)
    if name:
        safety.check_name(name, content)
    if is_binary(content):
        return _binary(binary.check(content))
    if safety.is_archive(content):
        safety.check_workbook(content)
        return _workbook(content)
    return Book([Grid("", _text_rows(_decoded(content)))])


def is_binary(content: bytes) -> bool:
    """Whether the bytes are those of a workbook of Excel 97 or WPS (.xls, .et)."""
    return content.startswith(compound.SIGNATURE[:4])


def _workbook(content: bytes) -> Book:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        with warnings.catch_warnings():
            # Extensions that openpyxl does not know are of no interest here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
            mac = book.epoch == CALENDAR_MAC_1904
            meta: dict[str, str] = {}
            grids = []
            for sheet in book.worksheets:
                if sheet.title == META:
                    meta = _meta(sheet)
                elif sheet.sheet_state == "visible":
                    # WPS sometimes writes a wrong size, beyond which nothing would be read.
                    sheet.reset_dimensions()
                    grids.append(Grid(sheet.title, _limited(map(_plain, sheet.iter_rows())), mac))
            book.close()
    except _UNREADABLE as error:
        raise safety.refused(safety.DAMAGED) from error
    return Book(grids, meta)


def _meta(sheet: Any) -> dict[str, str]:
    pairs = sheet.iter_rows(max_row=8, max_col=2, values_only=True)
    return {str(pair[0]): str(pair[1]) for pair in pairs if len(pair) > 1 and pair[0]}


def _plain(row: Iterable[Any]) -> list[Cell]:
    found: list[Cell] = []
    for cell in row:
        value = cell.value
        if value is None:
            found.append(None)
        elif cell.data_type == "f":
            found.append(Odd(_FORMULA))
        elif cell.data_type == "e":
            found.append(Odd(_BROKEN))
        elif isinstance(value, str):
            # How the format writes a carriage return, and an underscore that could be taken for one.
            found.append(value.replace("_x000D_\n", "\n").replace("_x005F_", "_"))
        else:
            found.append(value if isinstance(value, int | float | bool | date | time) else str(value))
    return found


def _binary(checked: binary.Checked) -> Book:
    import xlrd

    meta: dict[str, str] = {}
    grids = []
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            book = xlrd.open_workbook(
                file_contents=checked.stream, logfile=nowhere, on_demand=True, ragged_rows=True
            )
            for number, formulas in enumerate(checked.formulas):
                sheet = book.sheet_by_index(number)
                if sheet.name == META:
                    pairs = (sheet.row_values(line) for line in range(min(sheet.nrows, 8)))
                    meta = {str(pair[0]): str(pair[1]) for pair in pairs if len(pair) > 1 and pair[0]}
                elif not sheet.visibility:
                    rows = (_old_row(sheet, line, formulas, book.datemode) for line in range(sheet.nrows))
                    grids.append(Grid(sheet.name, _limited(rows), bool(book.datemode)))
                book.unload_sheet(number)
    except (xlrd.XLRDError, *_UNREADABLE_BINARY) as error:
        raise safety.refused(safety.DAMAGED) from error
    return Book(grids, meta)


def _old_row(sheet: Any, line: int, formulas: frozenset[tuple[int, int]], datemode: int) -> list[Cell]:
    row: list[Cell] = []
    for column, (kind, value) in enumerate(zip(sheet.row_types(line), sheet.row_values(line), strict=True)):
        plain = _old_value(kind, value, datemode)
        if (line, column) in formulas:
            plain = Odd(_FORMULA, None if isinstance(plain, Odd) else plain)
        row.append(plain)
    return row


def _old_value(kind: int, value: Any, datemode: int) -> Cell:
    """A value as openpyxl gives it: whole numbers as such, days and times by the format of their cell."""
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT, xldate

    if kind == XL_CELL_TEXT:
        return str(value) if value else None
    if kind == XL_CELL_NUMBER:
        return int(value) if value.is_integer() else float(value)
    if kind == XL_CELL_DATE:
        try:
            instant: datetime = xldate.xldate_as_datetime(value, datemode)
        except (ValueError, ArithmeticError):
            return float(value)
        return instant.time() if 0 <= value < 1 else instant
    if kind == XL_CELL_BOOLEAN:
        return bool(value)
    return Odd(_BROKEN) if kind == XL_CELL_ERROR else None


def _limited(rows: Iterable[list[Cell]]) -> list[list[Cell]]:
    """The rows up to the last that holds something, each up to its last cell that does."""
    found: list[list[Cell]] = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        if len(row) > MOST_COLUMNS or len(found) > safety.MOST_ROWS + 100:
            raise TooLarge(safety.LONG)
        found.append(row)
    while found and not found[-1]:
        found.pop()
    return found


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(_UTF16) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise safety.refused(_NO_TEXT)


def _text_rows(text: str) -> list[list[Cell]]:
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        return _limited([_unguarded(cell) for cell in row] for row in reader)
    except csv.Error as error:
        raise safety.refused(_QUOTES) from error


def _unguarded(cell: str) -> Cell:
    """A text cell without the apostrophe that programs put before what looks like a formula."""
    plain = cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell
    return plain if plain.strip() else None
