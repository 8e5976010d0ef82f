"""What one cell of a report was made from: the contributions that travelled with it, and their fold."""

from collections.abc import Mapping, Sequence
from typing import Any

from renda.declarations.modules import CORE
from renda.directory import service
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.indicators.kinds import Kind, Status
from renda.security.identity import permissions, qualified
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import evidence as parts
from renda_tiers.reports import figures, shown
from renda_tiers.reports.figures import Contribution
from renda_tiers.reports.shown import ShownCell, ShownReport
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Evidence, EvidenceRow
from renda_tiers.web import crumbs, links, words
from renda_tiers.web.cells import heading, key

MOST_ROWS = 500
"""Rows that the page shows; what it says about the fold is about all of them."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The evidence of a cell, for the report's origin and whoever stood above it.

    Raises:
        NotFound: the report has no such cell.
    """
    document = links.document(request.matchdict["document"])
    report = shown.report(request.db, context.organisation.code, document)
    cell = _cell(report, request.GET.get("indicator", ""), request.GET.get("dimension", ""))
    found = explain.evidence(
        request.db, context.organisation.code, document, cell.line.indicator, cell.dimension
    )
    may = _permissions_at(request, report.organisation)
    translate = request.translate
    sent = links.to(request, "report", crumbs.carried(request), document=document)
    return {
        **heading(request, cell.line, cell.dimension),
        "name": report.name,
        "period": translate(report.period.title()),
        "current": words.cell(cell, translate),
        "report": {
            "title": words.said(report.template.titles, translate),
            "href": f"{sent}#{key(cell.line.indicator, cell.dimension)}",
        },
        "crumbs": crumbs.to_report(request, report),
        "erased": found.erased,
        "withheld": found.withheld,
        "unreadable": found.unreadable,
        "columns": _columns(request, cell, found),
        "rows": _rows(request, report, cell, found, may),
        "total": len(found.rows),
        "barred": _barred(request, report, found, may),
        "unused": _unused(context, request, report, found),
        "left_out": max(0, len(found.rows) - MOST_ROWS),
        "folds": _folds(cell, found) if found.rows else None,
        "changed": len(found.changed_since or ()),
    }


def _cell(report: ShownReport, indicator: str, dimension: str) -> ShownCell:
    for one in report.cells:
        if (one.line.indicator, one.dimension) == (indicator, dimension) and one.status is not None:
            return one
    raise NotFound(_("This report has no figure ${code}.", mapping={"code": indicator}))


def _columns(request: Request, cell: ShownCell, found: Evidence) -> list[dict[str, Any]]:
    declared = request.registry.declared
    kind = found.rows[0].type if found.rows else ""
    shown_columns = [{"title": parts.title(declared, kind, name)} for name in found.columns]
    counted = _("Person") if cell.line.kind is Kind.DISTINCT else _("Adds")
    return [
        {"title": _("Row")},
        *shown_columns,
        {"title": counted, "kind": "number"},
    ]


def _rows(
    request: Request, report: ShownReport, cell: ShownCell, found: Evidence, may: frozenset[str]
) -> list[dict[str, Any]]:
    """A row for each contribution; of a distinct figure equal numbers mean the same person."""
    if not found.rows:
        return []
    numbers = {one: number for number, one in enumerate(dict.fromkeys(row.key for row in found.rows), 1)}
    distinct = cell.line.kind is Kind.DISTINCT
    changed = found.changed_since or frozenset()
    rows: list[dict[str, Any]] = [
        {
            "cells": [
                {
                    "text": str(number),
                    "href": _record(request, report.organisation, row, may),
                    "note": request.translate(_("changed since")) if row.record in changed else None,
                    "note_light": "warn",
                },
                *_values(request, found, row),
                {"text": request.translate(_("No. ${n}", mapping={"n": numbers[row.key]}))}
                if distinct
                else row.value,
            ],
        }
        for number, row in enumerate(found.rows[:MOST_ROWS], 1)
    ]
    whole = words.cell(cell, request.translate)
    rows.append(
        {
            "total": True,
            "cells": [
                {"text": request.translate(_("All together"))},
                *([{"text": ""}] * len(found.columns)),
                whole,
            ],
        }
    )
    return rows


def _record(request: Request, organisation: str, row: EvidenceRow, may: frozenset[str]) -> str | None:
    """The address of the live record, for those who may read it there."""
    kind = request.registry.declared.record_types.get(row.type)
    if kind is None or qualified("read", kind.module) not in may:
        return None
    address: str = request.route_path("entry", org=organisation, type=row.type, id=row.record)
    return address


def _barred(request: Request, report: ShownReport, found: Evidence, may: frozenset[str]) -> bool:
    """Whether there are records that the reader may not open where they are kept."""
    kinds = request.registry.declared.record_types
    return any(
        row.type in kinds and _record(request, report.organisation, row, may) is None for row in found.rows
    )


def _unused(context: Organisation, request: Request, report: ShownReport, found: Evidence) -> bool:
    """Whether they are the reader's own organisation's, which has disabled their module since."""
    kinds = request.registry.declared.record_types
    modules = {kinds[row.type].module for row in found.rows if row.type in kinds}
    return report.organisation == context.organisation.code and not modules <= {CORE, *context.modules}


def _values(request: Request, found: Evidence, row: EvidenceRow) -> list[dict[str, str]]:
    declared = request.registry.declared
    return [
        {"text": parts.show(declared, row.type, name, value, request.translate)}
        for name, value in zip(found.columns, row.values, strict=False)
    ]


def _permissions_at(request: Request, organisation: str) -> frozenset[str]:
    """What the reader may do at the organisation whose records these are."""
    context = request.context
    if organisation == context.organisation.code:
        own: frozenset[str] = context.permissions
        return own
    reader = context.reader
    if not reader.plays_at(organisation):
        return frozenset()
    used = service.modules_in_use(request.db, organisation, request.today)
    return permissions(reader, organisation, request.registry.declared, used)


def _folds(cell: ShownCell, found: Evidence) -> bool:
    """Whether the contributions fold to the cell, computed here and now."""
    try:
        again = figures.cell(cell.line, _contributions(cell, found.rows), cell.dimension)
    except Invalid:
        # A person without a key, say: nothing that this figure could be made of.
        return False
    return (again.status, again.value) == (cell.status or Status.NIL, cell.value)


def _contributions(cell: ShownCell, rows: Sequence[EvidenceRow]) -> list[Contribution]:
    place = (cell.line.indicator, cell.dimension)
    return [Contribution(*place, row.type, row.record, row.value, row.key) for row in rows]
