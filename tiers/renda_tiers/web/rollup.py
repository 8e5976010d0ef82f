"""Totals of an organisation, each with its coverage beside it, and the way down to what one is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.kinds import EXTREMES, Kind
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports.template import Line
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Part, Total
from renda_tiers.web import chosen, crumbs, links, publishing, tiles, words
from renda_tiers.web.cells import divided, evidence_address, folded, heading, key
from renda_tiers.web.chosen import Chosen

PARTS = [
    {"key": "name", "title": _("Organisation")},
    {"key": "value", "title": _("Value"), "kind": "number"},
]


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every figure of a report, folded over the organisation and all below it, beside the period before."""
    choice = chosen.choose(request)
    if choice is None:
        return {"choice": None, "fields": [], "flashes": []}
    before = choice.period.previous()
    now, held = both(request, choice)
    return {
        "choice": choice,
        "period": request.translate(choice.period.title()),
        "before": request.translate(before.title()) if before else None,
        "fields": chosen.fields(request, choice),
        "standings": chosen.switch(request, "rollup", choice),
        "trail": chosen.trail(request, "rollup", choice),
        "rows": [_row(request, choice, one, held.get(place(one))) for one in now],
        "matrix": links.to(request, "matrix", choice.query()),
        "compare": links.to(request, "compare", choice.query()),
        "sheet": links.to(request, "rollup.sheet", choice.query()),
        "offered": publishing.offered(request, choice),
    }


def both(request: Request, choice: Chosen) -> tuple[Sequence[Total], Mapping[tuple[str, str, str], Total]]:
    """The totals of a period, and by their place those of the one before."""
    before = choice.period.previous()
    then = _totals(request, replace(choice, period=before)) if before else []
    return _totals(request, choice), {place(one): one for one in then}


def _totals(request: Request, choice: Chosen, indicator: str = "") -> list[Total]:
    scope = (choice.at, choice.template, choice.period, choice.standing)
    return explain.totals(request.db, *scope, indicator=indicator)


def place(one: Total) -> tuple[str, str, str]:
    """What tells a total from the others of its period."""
    return one.line.indicator, one.dimension, one.meaning


def _row(request: Request, choice: Chosen, one: Total, before: Total | None) -> dict[str, Any]:
    derived = one.line.kind is None
    figure = {"indicator": one.line.indicator, "dimension": one.dimension, "meaning": one.meaning}
    href = None if derived else links.to(request, "figure", choice.query(**figure))
    return {
        **heading(request, one.line, one.dimension),
        "current": _figure(request, one, href),
        "derived": divided(request, choice.template, one.line) if derived else None,
        "previous": _figure(request, before, None) if before else None,
        "difference": _change(request, one, before),
        "apart": one.side_by_side,
    }


def _change(request: Request, one: Total, before: Total | None) -> dict[str, Any] | None:
    if before is None or one.line.kind is Kind.TEXT:
        return None
    if one.line.kind is None:
        return words.moved(one.ratio, before.ratio, one.line.unit, request.translate)
    return words.difference(one.figure.value, before.figure.value, request.translate)


def _figure(request: Request, one: Total, href: str | None) -> dict[str, Any]:
    """A total as a table shows it, never without its coverage."""
    cover = words.coverage(one.coverage)
    if one.line.kind is None:
        return words.quotient(one.ratio, one.line.unit, coverage=cover)
    return {**folded(request, one.line, one.figure), "coverage": cover, "href": href}


def figure(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """One figure and the parts it is the fold of: the bodies below, and the organisation's own report.

    Raises:
        NotFound: the report has no such figure.
    """
    choice = chosen.choose(request)
    if choice is None:
        raise NotFound
    asked = {name: request.GET.get(name, "") for name in ("indicator", "dimension", "meaning")}
    total = _asked(_totals(request, choice, asked["indicator"]), asked)
    asked["meaning"] = total.meaning
    parts = explain.parts(
        request.db,
        choice.at,
        choice.template,
        choice.period,
        choice.standing,
        total.line.indicator,
        total.dimension,
        total.meaning,
    )
    head = heading(request, total.line, total.dimension)
    chart = tiles.wanted(request.GET.get("chart", ""))
    shown = {**asked, "chart": chart if chart != tiles.BAR else ""}
    rows = [_part(request, choice, total.line, one, shown) for one in parts]
    values = {one.organisation: row["cells"][1] for one, row in zip(parts, rows, strict=True) if not one.own}
    drawn = total.line.kind is not Kind.TEXT
    return {
        **head,
        "name": choice.name,
        "report": words.said(choice.template.titles, request.translate),
        "period": request.translate(choice.period.title()),
        "columns": [one | {"unit": head["unit"]} if "kind" in one else one for one in PARTS],
        "rows": [*rows, _sum(request, total)],
        "standings": chosen.switch(request, "figure", choice, **shown),
        "trail": chosen.trail(request, "figure", choice, **shown),
        "totals": links.to(request, "rollup", choice.query(at=None)),
        "rule": _rule(total.line),
        "drawn": drawn,
        "ways": _ways(request, choice, asked, chart) if drawn and values else [],
        "map": tiles.drawn(parts, values, request.translate)
        if drawn and values and chart == tiles.MAP
        else None,
        "remarks": _remarks(total, parts),
    }


def _ways(request: Request, choice: Chosen, asked: Mapping[str, str], current: str) -> list[dict[str, Any]]:
    """Links between the ways to draw the parts."""
    return [
        {
            "title": title,
            "href": links.to(
                request, "figure", choice.query(**asked, chart=name if name != tiles.BAR else "")
            ),
            "current": name == current,
        }
        for name, title in tiles.CHARTS.items()
    ]


def _asked(totals: Sequence[Total], asked: Mapping[str, str]) -> Total:
    for one in totals:
        same = (one.line.indicator, one.dimension) == (asked["indicator"], asked["dimension"])
        if same and one.line.kind is not None and asked["meaning"] in ("", one.meaning):
            return one
    raise NotFound(_("This report has no figure ${code}.", mapping={"code": asked["indicator"]}))


def _part(
    request: Request, choice: Chosen, line: Line, one: Part, asked: Mapping[str, str]
) -> dict[str, Any]:
    """A row: a body with others below leads on to them, any other to its report and its records."""
    way = crumbs.down(choice, "figure")
    query = {**way, **{name: asked[name] for name in ("indicator", "dimension")}}
    report = links.to(request, "report", query, document=one.report) if one.report else None
    at_cell = f"{report}#{key(asked['indicator'], asked['dimension'])}" if report else None
    inside = links.to(request, "figure", choice.query(at=one.organisation, **asked))
    name = request.translate(_("${name} itself", mapping={"name": one.name})) if one.own else one.name
    records = (
        evidence_address(request, one.report, asked["indicator"], asked["dimension"], way)
        if one.report
        else None
    )
    further = one.has_children and not one.own
    cover = words.coverage(one.coverage)
    value = {**folded(request, line, one.figure), "coverage": cover, "href": inside if further else records}
    return {"cells": [{"text": name, "href": inside if further else at_cell}, value]}


def _sum(request: Request, total: Total) -> dict[str, Any]:
    cover = words.coverage(total.coverage)
    cell = {**folded(request, total.line, total.figure), "coverage": cover}
    return {"total": True, "cells": [{"text": request.translate(_("All together"))}, cell]}


def _rule(line: Line) -> str:
    """How the rows make up the last one."""
    if line.kind is Kind.DISTINCT:
        return _("Each is counted once over all organisations, so that the rows may add up to more.")
    if line.kind in EXTREMES:
        return _("The last row is the extreme of the rows above it.")
    if line.kind is Kind.TEXT:
        return _("Remarks are listed and not added.")
    return _("The rows add up to the last one exactly.")


def _remarks(total: Total, parts: Sequence[Part]) -> list[dict[str, str]]:
    if total.line.kind is not Kind.TEXT:
        return []
    names = {one.organisation: one.name for one in parts}
    return [{"who": names.get(code, code), "text": text} for code, text in total.figure.texts]
