"""The same file given back: faulty cells filled and commented, and the reasons in a column of their own."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from renda.declarations import Message, RecordType
from renda.excel import safety
from renda.excel.columns import Layout
from renda.excel.grids import Odd
from renda.excel.verdicts import FAULTY, Verdict, reasons
from renda.i18n import Translate, _

AUTHOR = "renda"
"""Who wrote our comments, so that the next marking takes them away again."""
REASONS = _("What to correct")
_COPY = _("The marked file is an .xlsx workbook with the values of this sheet, without its formats.")
_RED, _RED_TEXT = "FFFFC7CE", "FF9C0006"
_MOST_COMMENT = 400


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Attributes:
        line: its number in the sheet.
        cells: what is wrong with its cells, by the index of their column.
        text: all of it in one line.
    """

    line: int
    cells: Mapping[int, Message]
    text: str


def mark(
    content: bytes, kind: RecordType, layout: Layout, verdicts: Iterable[Verdict], translate: Translate
) -> bytes:
    """The file of a register, in which every faulty row says what is wrong with it; see `marked`."""
    columns = {name: index for index, name in layout.fields.items()}
    faults = (
        Fault(
            one.line,
            {columns[name]: said for name, said in one.errors.items() if name in columns},
            reasons(kind, one, translate),
        )
        for one in verdicts
        if one.what == FAULTY
    )
    return marked(content, layout, faults, translate)


def marked(content: bytes, layout: Layout, faults: Iterable[Fault], translate: Translate) -> bytes:
    """A workbook with a file's own content, in which every faulty row says what is wrong with it.

    What earlier markings wrote is taken away. Of a text file and of an .xls the sheet alone comes back, its
    values without formats.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book, sheet = _opened(content, layout)
        _clean(sheet)
        last = _reasons_column(sheet, layout, translate)
        for one in faults:
            _mark_row(sheet, one, last=last, translate=translate)
        kept = BytesIO()
        book.save(kept)
    return kept.getvalue()


def file_name(name: str, translate: Translate) -> str:
    """What the marked file is called, after the file that was given."""
    return f"{name.rpartition('.')[0] or name}-{translate(_('to correct'))}.xlsx"


def note(content: bytes) -> Message:
    """What is to be said of the marked file, where it is another kind of file than what was given, or ""."""
    return "" if safety.is_archive(content) else _COPY


def _opened(content: bytes, layout: Layout) -> tuple[Any, Any]:
    import openpyxl

    if safety.is_archive(content):
        book = openpyxl.load_workbook(BytesIO(content), keep_links=False)
        return book, book[layout.grid.sheet]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = layout.grid.sheet or sheet.title
    for line, row in enumerate(layout.grid.rows, 1):
        for number, held in enumerate(row, 1):
            value = held.value if isinstance(held, Odd) else held
            if isinstance(value, str):
                _write_text(sheet.cell(line, number), value)
            elif value is not None:
                sheet.cell(line, number).value = value
    return book, sheet


def _write_text(cell: Any, text: str) -> None:
    """Write text as text: openpyxl takes what begins with an equals sign for a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


def _clean(sheet: Any) -> None:
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _reasons_column(sheet: Any, layout: Layout, translate: Translate) -> int:
    """The column for reasons, emptied: that of an earlier marking, or a new one behind all others."""
    from openpyxl.styles import Font

    known = {translate(REASONS), str(REASONS)}
    last = next((at for at, title in enumerate(layout.titles, 1) if title in known), 0)
    if last:
        for line in range(layout.header + 2, sheet.max_row + 1):
            if not _merged(sheet.cell(line, last)):
                sheet.cell(line, last).value = None
    else:
        last = 1 + max([len(layout.titles), *(len(row) for row in layout.grid.rows)])
    head = sheet.cell(layout.header + 1, last)
    if not _merged(head):
        _write_text(head, translate(REASONS))
        head.font = Font(bold=True, color=_RED_TEXT)
    sheet.column_dimensions[head.column_letter].width = 60
    return last


def _mark_row(sheet: Any, one: Fault, *, last: int, translate: Translate) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    for column, message in one.cells.items():
        cell = sheet.cell(one.line, column + 1)
        if not _merged(cell):
            cell.fill = PatternFill("solid", fgColor=_RED)
            cell.comment = Comment(translate(message)[:_MOST_COMMENT], AUTHOR, height=80, width=260)
    beside = sheet.cell(one.line, last)
    if not _merged(beside):
        _write_text(beside, one.text)
        beside.font = Font(color=_RED_TEXT)


def _merged(cell: Any) -> bool:
    """Whether the cell lies hidden in a merged range, where nothing can be written."""
    from openpyxl.cell.cell import MergedCell

    return isinstance(cell, MergedCell)
