"""A table of a page as a workbook: numbers are numbers there, days are days, and all else is text."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from pyramid.response import Response

from renda.clock import local_minute
from renda.i18n import Translate, _
from renda.types import Request
from renda.web.downloads import download, file_name
from renda.word.paper import plain

MOST_CHARACTERS = 32_767
"""Characters of a cell; a writer leaves a longer text out without a word."""
_A4 = 9
_HEAD = 3
"""Row of the headers, from 0; above it stand what the table is and which part of it."""
_WIDTHS: Mapping[str, int] = {"number": 16, "day": 12, "paragraph": 48, "note": 24}
_WIDE = 28
_FONT = {"font_name": "宋体", "font_size": 11}
_BODY = {**_FONT, "border": 1, "text_wrap": True, "valign": "top"}
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {**_FONT, "bold": True, "font_size": 14},
    "about": {**_FONT, "font_color": "#595959"},
    "head": {**_BODY, "bold": True, "valign": "vcenter", "bg_color": "#DDEBF7"},
    "text": _BODY,
    "day": {**_BODY, "num_format": "yyyy-mm-dd"},
    "number": {**_BODY, "num_format": "#,##0"},
    "ratio": {**_BODY, "num_format": "#,##0.00"},
    "percent": {**_BODY, "num_format": "0.00%"},
}
_COUNTED = _("counted %(counted)s of %(expected)s")
_LACKS: Mapping[str, str] = {
    "late": _("%(n)s late"),
    "missing": _("%(n)s missing"),
    "nil": _("%(n)s nil"),
    "not_endorsed": _("%(n)s not endorsed"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """What a page's table shows.

    Attributes:
        title: what it is; the file is called so.
        columns, rows: as `data_table` of `macros/tables.jinja2` takes them, the rows of all pages; links
            are left out, and notes stand in a column beside, so that values stay what they are.
        about: which part is shown, in words, such as the period or what a filter is set to.
    """

    title: str
    columns: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    about: Sequence[str] = ()


def view(table: Callable[[Any, Request], Table]) -> Callable[[Any, Request], Response]:
    """A view that hands out a table as a workbook, for a page below an organisation.

    Args:
        table: what the page shows, of its context and request; it may raise what the page raises.
    """

    def send(context: Any, request: Request) -> Response:
        made, place = table(context, request), context.organisation.name
        title = request.translate(made.title)
        printed = _("Printed ${when}", mapping={"when": local_minute(request.now)})
        about = " · ".join(request.translate(one) for one in (*made.about, printed) if one)
        content = written(made, f"{place} {title}", about, request.translate)
        return download(content, file_name(str(request.today), title, place, ending="xlsx"))

    return send


def written(table: Table, title: str, about: str, translate: Translate) -> IO[bytes]:
    """An open temporary file at its start; who gets it closes it.

    Args:
        table: what is written.
        title: the line above it.
        about: the line below that.
        translate: into the words of the reader.
    """
    import xlsxwriter

    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target) as book:
            styles = {name: book.add_format(dict(said)) for name, said in _STYLES.items()}
            sheet = book.add_worksheet()
            sheet.write_string(0, 0, title, styles["title"])
            sheet.write_string(1, 0, about, styles["about"])
            place = 0
            for number, column in enumerate(table.columns):
                cells = [row["cells"][number] for row in table.rows]
                for header, kind, values in _columns(column, cells, translate):
                    sheet.set_column(place, place, _WIDTHS.get(kind, _WIDE))
                    sheet.write_string(_HEAD, place, header, styles["head"])
                    for line, value in enumerate(values, _HEAD + 1):
                        _write(sheet, (line, place), value, styles, translate)
                    place += 1
            _finish(sheet, len(table.rows), place)
        unless_done.pop_all()
    target.seek(0)
    return target


def _columns(
    column: Mapping[str, Any], cells: Sequence[Any], translate: Translate
) -> Iterator[tuple[str, str, Sequence[Any]]]:
    """Header, kind and values of a column; and of what is noted in it, where anything is."""
    title, unit = translate(column["title"]), column.get("unit")
    yield f"{title}（{translate(unit)}）" if unit else title, column.get("kind", ""), cells
    notes = [_note(cell, translate) for cell in cells]
    if any(notes):
        yield translate(_("${title}: note", mapping={"title": title})), "note", notes


def _note(cell: Any, translate: Translate) -> str:
    if not isinstance(cell, Mapping):
        return ""
    cover, found = cell.get("coverage"), [cell.get("note")]
    if cover:
        found.append(translate(_COUNTED) % cover)
        found += [translate(text) % {"n": cover[name]} for name, text in _LACKS.items() if cover.get(name)]
    return " · ".join(translate(one) for one in found if one)


def _finish(sheet: Any, rows: int, columns: int) -> None:
    """What makes it easy to read on a screen and on paper."""
    sheet.freeze_panes(_HEAD + 1, 1)
    sheet.autofilter(_HEAD, 0, _HEAD + rows, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.repeat_rows(_HEAD)
    sheet.fit_to_pages(1, 0)


def _write(
    sheet: Any, at: tuple[int, int], cell: Any, styles: Mapping[str, Any], translate: Translate
) -> None:
    """Write one cell; text is text, whatever it begins with."""
    value, style = _value(cell, translate)
    if value is None or value == "":
        sheet.write_blank(*at, None, styles["text"])
    elif style == "text":
        sheet.write_string(*at, str(value)[:MOST_CHARACTERS], styles[style])
    elif style == "day":
        sheet.write_datetime(*at, value, styles[style])
    else:
        sheet.write_number(*at, value, styles[style])


def _value(cell: Any, translate: Translate) -> tuple[Any, str]:
    """What is written of a cell, and in which style; an estimate is no number but words."""
    shown = cell.get("value", cell.get("text")) if isinstance(cell, Mapping) else cell
    exact = not isinstance(cell, Mapping) or (cell.get("qualifier") or "exact") == "exact"
    if exact and isinstance(cell, Mapping) and cell.get("scale"):
        return cell["raw"] / cell["scale"], "percent" if str(shown).endswith("%") else "ratio"
    if exact and isinstance(shown, int):
        return shown, "number"
    if isinstance(shown, date):
        return shown, "day"
    if shown is None or not isinstance(cell, Mapping):
        return shown, "text"
    return plain({name: cell[name] for name in cell if name != "note"}, translate), "text"
