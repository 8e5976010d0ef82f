"""The workbook of a draft: what is computed from records stands in it, protected; the rest is open."""

import tempfile
from contextlib import ExitStack
from typing import IO, Any

from renda.excel.grids import META
from renda.i18n import Translator
from renda.indicators.kinds import Qualifier
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.web import words
from renda_tiers.web.cells import key
from renda_tiers.web.rows import written
from renda_tiers.web.workbook.layout import COLUMNS, FILLED, meta

_STYLE = {"font_name": "宋体", "font_size": 11, "border": 1, "valign": "top", "text_wrap": True}


def write(draft: Draft, translate: Translator) -> IO[bytes]:
    """The workbook, as an open temporary file at its start; who gets it closes it."""
    import xlsxwriter

    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet(draft.period.code)
            _head(book, sheet, translate)
            told = book.add_format({**_STYLE, "locked": True, "bg_color": "#F2F2F2", "num_format": "#,##0"})
            asked = book.add_format({**_STYLE, "locked": False, "num_format": "#,##0"})
            for number, cell in enumerate(draft.cells, 1):
                _row(sheet, number, cell, (told, asked), translate)
            sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
            hidden = book.add_worksheet(META)
            hidden.hide()
            for number, fact in enumerate(meta(draft).items()):
                hidden.write_row(number, 0, fact)
        unless_done.pop_all()
    target.seek(0)
    return target


def _head(book: Any, sheet: Any, translate: Translator) -> None:
    style = {**_STYLE, "bold": True, "locked": True}
    asked, told = (book.add_format({**style, "bg_color": colour}) for colour in ("#FCE4D6", "#DDEBF7"))
    sheet.freeze_panes(1, 2)
    for number, (title, width) in enumerate(COLUMNS.items()):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, translate(title), asked if title in FILLED else told)


def _row(sheet: Any, number: int, cell: DraftCell, formats: tuple[Any, Any], translate: Translator) -> None:
    (told, asked), line = formats, cell.line
    names = (
        key(line.indicator, cell.dimension),
        words.said(line.titles, translate),
        words.unit(line, translate),
    )
    for column, text in enumerate(names):
        _write(sheet, (number, column), text, told)
    if meaning := words.said(line.texts, translate):
        sheet.write_comment(number, 1, meaning, {"x_scale": 2})
    exact = cell.value is not None and cell.qualifier is Qualifier.EXACT
    style = told if cell.source == "computed" else asked
    _write(sheet, (number, 3), cell.value if exact else written(cell), style)
    _write(sheet, (number, 4), cell.previous, told)
    _write(sheet, (number, 5), cell.explanation, asked)


def _write(sheet: Any, place: tuple[int, int], value: int | str | None, style: Any) -> None:
    """A number, or a text as text, whatever it begins with."""
    if isinstance(value, int):
        sheet.write_number(*place, value, style)
    elif value:
        sheet.write_string(*place, value, style)
    else:
        sheet.write_blank(*place, None, style)
