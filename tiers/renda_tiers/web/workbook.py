"""A report as a workbook: what is computed stands in it, protected; the rest is filled in and given back."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from renda.declarations import Message
from renda.errors import Invalid
from renda.excel.columns import folded
from renda.excel.grids import META, Book, Cell, Odd
from renda.i18n import Translator, _
from renda.indicators.kinds import Qualifier
from renda_tiers.reports import entering
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.reports.template import Line
from renda_tiers.web import words
from renda_tiers.web.cells import key
from renda_tiers.web.rows import written

CODE, FIGURE, UNIT, VALUE, BEFORE, WHY = (
    _("Code"),
    _("Figure"),
    _("Unit"),
    _("This period"),
    _("Last period"),
    _("Explanation"),
)
COLUMNS: Mapping[Message, int] = {CODE: 10, FIGURE: 32, UNIT: 9, VALUE: 16, BEFORE: 16, WHY: 48}
"""Headers, in order, with widths in characters."""
FILLED = (VALUE, WHY)
"""Columns that people write into."""

_LOOKED_AT = 20
"""Rows among which the headers are sought: people put titles above."""
_FONT = {"font_name": "宋体", "font_size": 11, "border": 1}

_NO_COLUMNS = _(
    "The file has no columns “Code” and “This period”. Download the template of this report, and fill that."
)
_OTHER_FORM = _("This file is the template of another report. Open that report, and enter it there.")
_OTHER_PLACE: str = _("This file is the template of another organisation (${code}).")
_OTHER_PERIOD: str = _("This file is the template of another period (${period}).")
_COMPUTED = _(
    "The file says ${said}. This figure is computed from records: correct the records, or explain it."
)
_TWICE = _("This figure stands twice in the file.")


@dataclass
class Read:
    """What a file says.

    Attributes:
        typed: texts by the name of the form's field, as the file has them.
        entries: what is to be kept, by (indicator, dimension).
        errors: sentences by the name of the form's field; what stands at no field, by the figure's code.
    """

    typed: dict[str, str] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entered] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)


def meta(draft: Draft) -> dict[str, str]:
    """What the hidden sheet says: report, version, organisation and period."""
    return {
        "form": f"report:{draft.template.code}",
        "version": draft.template.document.hex()[:12],
        "organisation": draft.organisation,
        "period": draft.period.code,
    }


def write(draft: Draft, translate: Translator) -> IO[bytes]:
    """The workbook of a draft, as an open temporary file at its start; who gets it closes it."""
    import xlsxwriter

    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet(draft.period.code)
            _head(book, sheet, translate)
            told = book.add_format({**_FONT, "locked": True, "bg_color": "#F2F2F2", "num_format": "#,##0"})
            asked = book.add_format({**_FONT, "locked": False, "text_wrap": True, "num_format": "#,##0"})
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
    style = {**_FONT, "bold": True, "valign": "vcenter", "locked": True}
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
        sheet.write_string(number, column, text, told)
    if meaning := words.said(line.texts, translate):
        sheet.write_comment(number, 1, meaning, {"x_scale": 2})
    style = told if cell.source == "computed" else asked
    exact = cell.value is not None and cell.qualifier is Qualifier.EXACT
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


def read(book: Book, draft: Draft, translate: Translator) -> Read:
    """What a filled workbook, or a table of the clerk's own with the same headers, says of a draft.

    A figure whose row is not in the file keeps what was typed; one whose cell is empty loses it.

    Raises:
        Invalid: the file as a whole is another report's, organisation's or period's, or no such table.
    """
    _ensure_ours(book.meta, draft)
    rows, columns = _table(book, translate)
    cells = {folded(key(one.line.indicator, one.dimension)): one for one in draft.cells}
    derived = {folded(line.indicator) for line in draft.template.lines if line.kind is None}
    found = Read()
    for row in rows:
        texts = {title: _text(row, column) for title, column in columns.items()}
        code = folded(texts[CODE])
        if not code or code in derived:
            continue
        if code in cells:
            _take(found, cells[code], texts, translate)
        elif any(texts[title] for title in FILLED if title in texts):
            found.errors[texts[CODE]] = _(
                "The template has no figure ${code}.", mapping={"code": texts[CODE]}
            )
    return found


def _ensure_ours(said: Mapping[str, str], draft: Draft) -> None:
    ours = meta(draft)
    wrong: Message = ""
    if said.get("form", ours["form"]) != ours["form"]:
        wrong = _OTHER_FORM
    elif said.get("organisation", ours["organisation"]) != ours["organisation"]:
        wrong = _(_OTHER_PLACE, mapping={"code": said["organisation"]})
    elif said.get("period", ours["period"]) != ours["period"]:
        wrong = _(_OTHER_PERIOD, mapping={"period": said["period"]})
    if wrong:
        raise Invalid({"file": wrong}, wrong)


def _table(book: Book, translate: Translator) -> tuple[Sequence[Sequence[Cell]], dict[Message, int]]:
    """The rows below the headers of the first sheet that has them, and where each column stands."""
    titles = {folded(word): title for title in COLUMNS for word in (title, translate(title))}
    for grid in book.grids:
        for number, row in enumerate(grid.rows[:_LOOKED_AT]):
            columns: dict[Message, int] = {}
            for column, cell in enumerate(row):
                if isinstance(cell, str) and (title := titles.get(folded(cell))):
                    columns.setdefault(title, column)
            if CODE in columns and VALUE in columns:
                return grid.rows[number + 1 :], columns
    raise Invalid({"file": _NO_COLUMNS}, _NO_COLUMNS)


def _text(row: Sequence[Cell], column: int) -> Any:
    """A cell as the clerk would type it; what has no value of its own stays as it is."""
    cell = row[column] if column < len(row) else None
    if cell is None or isinstance(cell, Odd):
        return cell or ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _take(found: Read, cell: DraftCell, texts: Mapping[Message, Any], translate: Translator) -> None:
    place = key(cell.line.indicator, cell.dimension)
    value, why = f"value.{place}", f"why.{place}"
    odd = next((one for one in texts.values() if isinstance(one, Odd)), None)
    said = "" if odd else texts[VALUE]
    reason = "" if odd else texts.get(WHY, cell.explanation)
    found.typed |= {value: said, why: reason}
    at = why if cell.source == "computed" else value
    if odd:
        found.errors[at] = odd.message
    elif (cell.line.indicator, cell.dimension) in found.entries:
        found.errors[at] = _TWICE
    elif cell.source == "computed":
        if said and said != written(cell):
            found.errors[at] = _(_COMPUTED, mapping={"said": said})
        found.entries[cell.line.indicator, cell.dimension] = Entered(explanation=reason)
    else:
        try:
            found.entries[cell.line.indicator, cell.dimension] = entering.read(
                cell.line, said, reason, unit=_unit(cell.line, texts.get(UNIT, ""), translate)
            )
        except Invalid as error:
            found.errors[at] = error.message


def _unit(line: Line, said: str, translate: Translator) -> str:
    """The unit that a file names, as the template names its own; "" where it names none or the same."""
    own = {folded(word) for word in ("", line.unit, words.unit(line, translate))}
    return "" if folded(said) in own else said
