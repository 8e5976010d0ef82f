"""Totals as a workbook: every figure with its coverage, and beside it what each body below has said."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import IO, Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.clock import local_minute
from renda.errors import NotFound
from renda.i18n import Translator, _
from renda.indicators.derived import Ratio
from renda.indicators.folds import Folded
from renda.indicators.kinds import Kind, Qualifier
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.downloads import download, file_name
from renda.word.paper import plain
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Part, Total
from renda_tiers.web import chosen, rollup, words
from renda_tiers.web.cells import key
from renda_tiers.web.chosen import Chosen

_COLUMNS: Mapping[str, int] = {
    _("Code"): 10,
    _("Figure"): 36,
    _("Unit"): 9,
    _("This period"): 16,
    _("Last period"): 16,
    **dict.fromkeys(words.COVERAGE.values(), 12),
}
"""Headers of the figures, with widths in characters."""
_NAME, _VALUE = 24, 16
_FONT = {"font_name": "宋体", "font_size": 11}
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {**_FONT, "bold": True, "font_size": 14},
    "note": {**_FONT, "font_color": "#595959"},
    "head": {**_FONT, "bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDEBF7"},
    "text": {**_FONT, "border": 1, "text_wrap": True, "valign": "top"},
    "number": {**_FONT, "border": 1, "num_format": "#,##0", "valign": "top"},
    "percent": {**_FONT, "border": 1, "num_format": "0.00%", "valign": "top"},
    "ratio": {**_FONT, "border": 1, "num_format": "#,##0.00", "valign": "top"},
}


def send(_context: Organisation, request: Request) -> Response:
    """The workbook of what the page of totals shows.

    Raises:
        NotFound: there is no report to add up.
    """
    choice = chosen.choose(request)
    if choice is None:
        raise NotFound
    translate = request.translate
    title = words.said(choice.template.titles, translate)
    name = file_name(choice.period.code, title, choice.name, translate(_("Totals")), ending="xlsx")
    plain_name = f"totals-{choice.template.code}-{choice.period.code}.xlsx"
    return download(_written(request, choice, title), name, plain=plain_name)


def _written(request: Request, choice: Chosen, title: str) -> IO[bytes]:
    """An open temporary file at its start; who gets it closes it."""
    import xlsxwriter

    translate, (now, before) = request.translate, rollup.both(request, choice)
    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target) as book:
            styles = {name: book.add_format(dict(said)) for name, said in _STYLES.items()}
            lines = [
                f"{choice.name} {title} {translate(choice.period.title())}",
                " · ".join(
                    (
                        translate(words.STANDINGS[choice.standing]),
                        translate(_("Printed ${when}", mapping={"when": local_minute(request.now)})),
                    )
                ),
            ]
            sheet = _sheet(book, translate(_("Totals")), lines, styles)
            _figures(sheet, now, before, styles, translate)
            sheet = _sheet(book, translate(_("By organisation")), lines, styles)
            _bodies(sheet, request, choice, now, styles)
        unless_done.pop_all()
    target.seek(0)
    return target


_HEAD = 3
"""Row of the headers, from 0."""


def _sheet(book: Any, name: str, lines: Sequence[str], styles: Mapping[str, Any]) -> Any:
    sheet = book.add_worksheet(name)
    for number, (text, style) in enumerate(zip(lines, ("title", "note"), strict=True)):
        sheet.write_string(number, 0, text, styles[style])
    sheet.freeze_panes(_HEAD + 1, 2)
    return sheet


def _figures(
    sheet: Any,
    now: Sequence[Total],
    before: Mapping[Any, Total],
    styles: Mapping[str, Any],
    translate: Translator,
) -> None:
    for column, (header, width) in enumerate(_COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEAD, column, translate(header), styles["head"])
    for number, one in enumerate(now, _HEAD + 1):
        then = before.get(rollup.place(one))
        unit = words.unit(one.line, translate)
        titles = (key(one.line.indicator, one.dimension), _title(one, translate), unit)
        for column, text in enumerate(titles):
            sheet.write_string(number, column, text, styles["text"])
        _total(sheet, (number, 3), one, styles, translate)
        _total(sheet, (number, 4), then, styles, translate)
        for column, name in enumerate(words.COVERAGE, 5):
            sheet.write_number(number, column, getattr(one.coverage, name), styles["number"])


def _title(one: Total, translate: Translator) -> str:
    title = words.said(one.line.titles, translate)
    named = f"{title} · {one.dimension}" if one.dimension else title
    if one.side_by_side:
        return f"{named}（{translate(words.APART)}）"
    return named


def _bodies(
    sheet: Any, request: Request, choice: Chosen, now: Sequence[Total], styles: Mapping[str, Any]
) -> None:
    """A row for each body, a column for each figure that is added up; derived ones and remarks are not."""
    translate = request.translate
    added = [one for one in now if one.line.kind not in {None, Kind.TEXT}]
    sheet.set_column(0, 0, _NAME)
    sheet.write_string(_HEAD, 0, translate(_("Organisation")), styles["head"])
    last = _HEAD + 1
    for column, one in enumerate(added, 1):
        unit = words.unit(one.line, translate)
        head = f"{_title(one, translate)}（{unit}）" if unit else _title(one, translate)
        sheet.set_column(column, column, _VALUE)
        sheet.write_string(_HEAD, column, head, styles["head"])
        parts = _parts(request, choice, one)
        for number, part in enumerate(parts, _HEAD + 1):
            if column == 1:
                sheet.write_string(number, 0, _name(part, translate), styles["text"])
            _number(sheet, (number, column), part.figure, styles, translate)
        last = _HEAD + 1 + len(parts)
        _number(sheet, (last, column), one.figure, styles, translate)
    if added:
        sheet.write_string(last, 0, translate(_("All together")), styles["head"])


def _parts(request: Request, choice: Chosen, one: Total) -> list[Part]:
    scope = (choice.at, choice.template, choice.period, choice.standing)
    return explain.parts(request.db, *scope, one.line.indicator, one.dimension, one.meaning)


def _name(part: Part, translate: Translator) -> str:
    return translate(_("${name} itself", mapping={"name": part.name})) if part.own else part.name


def _total(
    sheet: Any, at: tuple[int, int], one: Total | None, styles: Mapping[str, Any], translate: Translator
) -> None:
    if one is None:
        sheet.write_blank(*at, None, styles["text"])
    elif one.line.kind is None:
        _ratio(sheet, at, one.ratio, one.line.unit, styles)
    elif one.line.kind is Kind.TEXT:
        sheet.write_number(*at, one.figure.reported, styles["number"])
    else:
        _number(sheet, at, one.figure, styles, translate)


def _number(
    sheet: Any, at: tuple[int, int], figure: Folded, styles: Mapping[str, Any], translate: Translator
) -> None:
    """A number as a number; one that is about or at least so much in words."""
    if figure.value is None:
        sheet.write_blank(*at, None, styles["text"])
    elif figure.qualifier == Qualifier.EXACT:
        sheet.write_number(*at, figure.value, styles["number"])
    else:
        shown = {"value": figure.value, "qualifier": words.qualifier_name(figure.qualifier)}
        sheet.write_string(*at, plain(shown, translate), styles["text"])


def _ratio(
    sheet: Any, at: tuple[int, int], found: Ratio | None, unit: str, styles: Mapping[str, Any]
) -> None:
    if found is None:
        sheet.write_blank(*at, None, styles["text"])
    else:
        style = "percent" if unit == words.PERCENT else "ratio"
        sheet.write_number(*at, found.value / found.scale, styles[style])


def includeme(config: Configurator) -> None:
    """Mount the workbook."""
    config.add_page("rollup.sheet", "rollup/totals.xlsx", send, "read")
