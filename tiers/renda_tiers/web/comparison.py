"""A period beside the one before, the same of last year and the year so far; and a figure over time."""

from collections.abc import Mapping
from typing import Any

from renda.errors import NotFound
from renda.excel.shown import Table
from renda.i18n import Translator, _
from renda.indicators.kinds import Kind
from renda.indicators.periods import comparable
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports.template import Line
from renda_tiers.rollup import compared
from renda_tiers.rollup.compared import Compared, Place, Point
from renda_tiers.rollup.explain import Total
from renda_tiers.web import chosen, given, links, words
from renda_tiers.web.cells import divided, folded, heading
from renda_tiers.web.chosen import Chosen

OVER_TIME = [
    {"key": "period", "title": _("Period")},
    {"key": "value", "title": _("Value"), "kind": "number"},
    {"title": _("Against the period before")},
    {"title": _("Against last year")},
]


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every figure of a period beside those that it is compared with."""
    choice = chosen.choose(request)
    if choice is None:
        return {"choice": None, "fields": [], "flashes": []}
    last, same = comparable(choice.period)
    found = compared.compared(request.db, choice.at, choice.template, choice.period, choice.standing)
    return {
        "choice": choice,
        "period": request.translate(choice.period.title()),
        "last": request.translate(last.title()) if last else None,
        "same": request.translate(same.title()) if same else None,
        "fields": chosen.fields(request, choice),
        "standings": chosen.switch(request, "compare", choice),
        "trail": chosen.trail(request, "compare", choice),
        "rows": [_row(request, choice, one) for one in found],
        "totals": links.to(request, "rollup", choice.query()),
        "sheet": links.to(request, "compare.sheet", choice.query()),
    }


def table(context: Organisation, request: Request) -> Table:
    """The same, for a workbook.

    Raises:
        NotFound: there is no report.
    """
    shown = show(context, request)
    choice = shown["choice"]
    if choice is None:
        raise NotFound
    columns = [("now", shown["period"], "number")]
    if shown["last"]:
        columns += [("before", shown["last"], "number"), ("change", _("Against the period before"), "")]
    if shown["same"]:
        columns += [("year_before", shown["same"], "number"), ("year_change", _("Against last year"), "")]
        columns.append(("so_far", _("This year so far"), "number"))
    rows = [
        {"cells": [*_titled(row, request.translate), *(row[name] for name, _title, _kind in columns)]}
        for row in shown["rows"]
    ]
    heads = [{"title": title, "kind": kind} for _name, title, kind in columns]
    heads = [{"title": _("Figure")}, {"title": _("Unit")}, *heads]
    return Table(_("Compare periods"), heads, rows, chosen.words_of(request, choice))


def _titled(row: Mapping[str, Any], translate: Translator) -> list[Any]:
    notes = [row["derived"], translate(words.APART) if row["apart"] else ""]
    return [{"text": row["title"], "note": " · ".join(filter(None, notes))}, row["unit"]]


def _row(request: Request, choice: Chosen, one: Compared) -> dict[str, Any]:
    place = {"indicator": one.line.indicator, "dimension": one.dimension, "meaning": one.meaning}
    return {
        **heading(request, one.line, one.dimension),
        "href": None if one.line.kind is Kind.TEXT else links.to(request, "trend", choice.query(**place)),
        "derived": divided(request, choice.template, one.line) if one.line.kind is None else None,
        "apart": one.apart,
        "now": covered(request, one.now),
        "before": covered(request, one.before),
        "change": changed(request, one.line, one.now, one.before),
        "year_before": covered(request, one.year_before),
        "year_change": changed(request, one.line, one.now, one.year_before),
        "so_far": covered(request, one.so_far),
    }


def covered(request: Request, one: Total | None) -> dict[str, Any] | None:
    """A total as a table shows it, with its coverage; None where it belongs to no such period."""
    if one is None:
        return None
    cover = words.coverage(one.coverage)
    if one.line.kind is None:
        return words.quotient(one.ratio, one.line.unit, coverage=cover)
    return {**folded(request, one.line, one.figure), "coverage": cover}


def changed(request: Request, line: Line, now: Total | None, before: Total | None) -> dict[str, Any] | None:
    """The difference of two totals of one meaning, and its share of the earlier one."""
    if now is None or before is None or line.kind is Kind.TEXT:
        return None
    if line.kind is None:
        return words.moved(now.ratio, before.ratio, line.unit, request.translate)
    return words.difference(now.figure.value, before.figure.value, request.translate)


def trend(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """One figure in this year's and last year's periods.

    Raises:
        NotFound: the report has no such figure.
    """
    choice = chosen.choose(request)
    if choice is None:
        raise NotFound
    place = (request.GET.get("indicator", ""), request.GET.get("dimension", ""), _meaning(request, choice))
    points = compared.trend(
        request.db, choice.at, choice.template, choice.period, choice.standing, place=place
    )
    line = next((one.total.line for one in points if one.total and one.total.meaning == place[2]), None)
    if line is None or line.kind is Kind.TEXT:
        raise NotFound(_("This report has no figure ${code}.", mapping={"code": place[0]}))
    asked = dict(zip(("indicator", "dimension", "meaning"), place, strict=True))
    head = heading(request, line, place[1])
    return {
        **head,
        "name": choice.name,
        "report": words.said(choice.template.titles, request.translate),
        "period": request.translate(choice.period.title()),
        "columns": [
            one | {"unit": head["unit"]} if "kind" in one and line.kind else one for one in OVER_TIME
        ],
        "rows": [_point(request, choice, place, number, points) for number in range(len(points))],
        "standings": chosen.switch(request, "trend", choice, **asked),
        "compare": links.to(request, "compare", choice.query()),
        "drawn": len(points) > 1,
    }


def _meaning(request: Request, choice: Chosen) -> str:
    if meaning := given.text(request.GET, "meaning"):
        return meaning
    indicator = request.GET.get("indicator", "")
    return next((one.meaning for one in choice.template.lines if one.indicator == indicator), "")


def _point(
    request: Request, choice: Chosen, place: Place, number: int, points: list[Point]
) -> dict[str, Any]:
    """A row: the figure, and its difference from the rows that it is compared with."""
    one = points[number]
    by_period = {point.period: None if point.apart else point.total for point in points}
    last, same = comparable(one.period)
    figure = {"indicator": place[0], "dimension": place[1]}
    value = covered(request, one.total) or {"value": None}
    if one.apart:
        note = request.translate(words.APART)
        # Without a number of its own the chart leaves the point out.
        value |= {"raw": "", "note": note, "note_light": "warn"}
    changes: list[dict[str, Any] | None] = [
        changed(request, one.total.line, one.total, by_period.get(other))
        if one.total and other and not one.apart
        else None
        for other in (last, same)
    ]
    page = "rollup" if one.total is None or one.total.line.kind is None else "figure"
    href = links.to(request, page, choice.query(period=one.period.code, **figure))
    title = request.translate(one.period.title())
    return {"cells": [{"text": title, "href": href}, value, *changes]}
