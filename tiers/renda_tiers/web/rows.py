"""The rows of a report's form: what each cell holds, what may be typed into it, and where it comes from."""

from collections.abc import Mapping
from typing import Any

from renda.declarations import RecordType
from renda.i18n import _
from renda.indicators.kinds import Kind, Qualifier, Status
from renda.security.identity import qualified
from renda.types import Request
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.reports.template import Line
from renda_tiers.web import words
from renda_tiers.web.cells import change, derived_row, evidence_address, heading, key


def counts(draft: Draft) -> dict[str, int]:
    """How many cells there are, how many are computed, lack a figure, and differ without an explanation."""
    return {
        "all": len(draft.cells),
        "computed": sum(one.source == "computed" for one in draft.cells),
        "missing": len(draft.missing),
        "unexplained": sum(one.differs and not one.explanation for one in draft.cells),
    }


def listed(
    request: Request,
    draft: Draft,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    editable: bool,
) -> list[dict[str, Any]]:
    """A row for every figure, in the template's order, the derived ones computed from the others."""
    cells = {one.line.indicator: one for one in draft.cells}
    return [
        _row(request, draft, cells[line.indicator], typed, errors, editable=editable)
        if line.indicator in cells
        else _derived(request, draft, line)
        for line in draft.template.lines
    ]


def _derived(request: Request, draft: Draft, line: Line) -> dict[str, Any]:
    row = derived_row(request, draft.template, line, draft.ratios[line.indicator], draft.cells)
    return row | dict.fromkeys(("field", "records", "why", "explanation", "note", "error"))


def _row(
    request: Request,
    draft: Draft,
    cell: DraftCell,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    editable: bool,
) -> dict[str, Any]:
    head, computed = heading(request, cell.line), cell.source == "computed"
    value, why = f"value.{head['key']}", f"why.{head['key']}"
    explanation = typed.get(why, cell.explanation)
    return {
        **head,
        "current": words.cell(cell, request.translate),
        "field": _field(head["title"], value, cell, typed, errors) if editable and not computed else None,
        "records": _records(request, draft, cell) if computed else None,
        "previous": {"value": cell.previous},
        "difference": change(request, cell.line, cell.value, cell.previous, marked=cell.differs),
        "why": _explanation(request, head["title"], why, explanation, errors) if editable else None,
        "explanation": explanation,
        "note": cell.note,
        "error": errors.get(value) or errors.get(why),
        "error_field": value if value in errors else why,
        "derived": None,
    }


def _field(
    title: str, name: str, cell: DraftCell, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "name": name,
        "label": title,
        "widget": "paragraph" if cell.line.kind is Kind.TEXT else "number",
        "value": typed.get(name, written(cell)),
        "error": errors.get(name),
    }


def _explanation(
    request: Request, title: str, name: str, text: str, errors: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "name": name,
        "label": f"{title}: {request.translate(_('Explanation'))}",
        "widget": "text",
        "value": text,
        "error": errors.get(name),
    }


def written(cell: DraftCell) -> str:
    """A cell as the clerk would type it; see `renda_tiers.reports.entering.read`."""
    if cell.status is Status.NOT_APPLICABLE:
        return "/"
    if cell.words is not None:
        return cell.words
    if cell.value is None:
        return ""
    sign = {Qualifier.ABOUT: "约", Qualifier.AT_LEAST: "≥"}.get(cell.qualifier, "")
    return f"{sign}{cell.value}"


def _records(request: Request, draft: Draft, cell: DraftCell) -> dict[str, Any]:
    """How many records a computed cell counts, and where they can be seen."""
    text = request.translate(_("computed from ${n} records", mapping={"n": cell.records}))
    if draft.submitted and draft.state in {"reported", "endorsed"}:
        return {"text": text, "href": evidence_address(request, draft.submitted, cell.line.indicator)}
    return {"text": text, "href": _register(request, cell.line.indicator)}


def _register(request: Request, indicator: str) -> str | None:
    """Where the records of a figure are kept, if the reader may read them; parts lie with their whole."""
    declared = request.registry.declared
    measured = declared.indicators.get(indicator)
    kind: RecordType | None = (
        declared.record_types.get(measured.measure.records) if measured and measured.measure else None
    )
    if kind and kind.part_of:
        kind = declared.record_types.get(kind.part_of)
    if kind is None or qualified("read", kind.module) not in request.context.permissions:
        return None
    address: str = request.route_path("register", org=request.context.organisation.code, type=kind.name)
    return address


def fields_of(draft: Draft) -> dict[str, DraftCell]:
    """The cells by the key that names their fields."""
    return {key(one.line.indicator, one.dimension): one for one in draft.cells}
