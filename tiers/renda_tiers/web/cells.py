"""Cells and their folds as pages show them: a draft's and a sent report's look alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from renda.i18n import _
from renda.indicators.derived import Ratio
from renda.indicators.folds import Folded
from renda.indicators.kinds import Kind
from renda.types import Request
from renda_tiers.reports import figures
from renda_tiers.reports.template import Line, Template
from renda_tiers.web import links, words


def key(indicator: str, dimension: str = "") -> str:
    """What names a cell in a form's fields and in the page's anchors."""
    return f"{indicator}.{dimension}" if dimension else indicator


def heading(request: Request, line: Line, dimension: str = "") -> dict[str, Any]:
    """Title, definition and unit of a figure, in the reader's words; and whether it holds words itself."""
    translate = request.translate
    title = words.said(line.titles, translate)
    return {
        "code": line.indicator,
        "dimension": dimension,
        "key": key(line.indicator, dimension),
        "title": f"{title} · {dimension}" if dimension else title,
        "text": words.said(line.texts, translate),
        "wordy": line.kind is Kind.TEXT,
        "unit": words.unit(line, translate),
    }


def divided(request: Request, template: Template, line: Line) -> str:
    """What a derived figure is divided from, in the titles of the two."""
    above, below = (
        words.said(template.line(code).titles, request.translate)
        for code in (line.numerator, line.denominator)
    )
    return f"{above} ÷ {below}"


def quotients_before(template: Template, cells: Iterable[Any]) -> Mapping[str, Ratio | None]:
    """The derived figures of the period before, by indicator, divided from what stands beside the cells."""
    before = {one.line.indicator: Folded(value=one.previous) for one in cells if not one.dimension}
    return figures.ratios(template, before)


def derived_row(
    request: Request, template: Template, line: Line, now: Ratio | None, cells: Iterable[Any]
) -> dict[str, Any]:
    """The row of a derived figure: what it is, what it was, and what it is divided from."""
    before = quotients_before(template, cells)[line.indicator]
    return {
        **heading(request, line),
        "current": words.quotient(now, line.unit),
        "previous": words.quotient(before, line.unit),
        "difference": words.moved(now, before, line.unit, request.translate),
        "derived": divided(request, template, line),
    }


def change(request: Request, line: Line, value: int | None, before: int | None, *, marked: bool) -> Any:
    """The difference from the period before; a remark has none."""
    if line.kind is Kind.TEXT:
        return {"text": None}
    return words.difference(value, before, request.translate, marked=marked)


def folded(request: Request, line: Line, figure: Folded) -> dict[str, Any]:
    """A fold as a table shows it; of remarks their number."""
    if line.kind is Kind.TEXT:
        return {"value": figure.reported, "unit": request.translate(_("remarks"))}
    return {"value": figure.value, "qualifier": words.qualifier_name(figure.qualifier)}


def evidence_address(
    request: Request,
    document: bytes,
    indicator: str,
    dimension: str = "",
    way: Mapping[str, Any] | None = None,
) -> str:
    """The page with what one cell of a report was made from; `way` says how the reader came."""
    query = {**(way or {}), "indicator": indicator, "dimension": dimension}
    return links.to(request, "evidence", query, document=document)
