"""The form of one report: computed cells, what remains to be typed, the period before beside both."""

from collections.abc import Mapping
from typing import Any

from renda.declarations import RecordType
from renda.directory.models import Organisation as OrganisationRow
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.kinds import Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import calendar, filling
from renda_tiers.reports.definitions import Line
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.web import history, links, words
from renda_tiers.web.cells import change, divided, evidence_address, heading, key
from renda_tiers.web.owed import templates_of

SAID = {
    "saved": _("Your entries are saved."),
    "submitted": _("The report has been sent. Keep the receipt number below."),
}
"""What a page says after the step that its address names."""


def drafted(request: Request) -> Draft:
    """The draft that the address names.

    Raises:
        NotFound: the organisation owes no such report, or not for periods of this kind.
        Invalid: there is no such period.
    """
    wanted = request.matchdict["template"]
    period = Period.parse(request.matchdict["period"])
    template = next((one for one in templates_of(request) if one.code == wanted), None)
    if template is None or period.kind is not template.period:
        raise NotFound
    code = request.context.organisation.code
    return filling.fill(request.db, code, template, period, today=request.today)


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The form, or what was sent where nothing may be changed any more."""
    return page(context, request, drafted(request), {}, {})


def page(
    context: Organisation,
    request: Request,
    draft: Draft,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """What the form's template needs; `typed` outranks what is stored, so that nothing typed is lost."""
    translate, period = request.translate, draft.period
    begun = period.start <= request.today
    editable = begun and not draft.locked and request.has_permission("fill", context)
    due = calendar.due_on(draft.template, period)
    shown = rows(request, draft, typed, errors, editable=bool(editable))
    return {
        "title": words.said(draft.template.titles, translate),
        "period": translate(period.title()),
        "state": words.state(draft.state),
        "due": due,
        "left": None if draft.submitted else words.days_left(due, request.today, translate),
        "begun": begun,
        "locked": draft.locked,
        "editable": bool(editable),
        "may_submit": bool(editable) and bool(request.has_permission("submit", context)),
        "returned": _returned(request, draft),
        "rows": shown,
        "counts": counts(draft),
        "errors": errors,
        "fields": [{"name": row["error_field"], "label": row["title"]} for row in shown if row["error"]],
        "revisions": history.sent(request, draft.organisation, draft.template.code, period.code),
        "back": links.to(request, "reports"),
        "flashes": _flashes(request),
    }


def _flashes(request: Request) -> list[dict[str, str]]:
    said = SAID.get(request.GET.get("said", ""))
    return [{"light": "ok", "text": request.translate(said)}] if said else []


def _returned(request: Request, draft: Draft) -> dict[str, str] | None:
    """What the level above said when it sent the current revision back."""
    if draft.state != "returned" or draft.decision is None:
        return None
    reviewer = request.db.get(OrganisationRow, draft.decision.reviewer)
    return {
        "reason": draft.decision.reason,
        "who": reviewer.name if reviewer else draft.decision.reviewer,
        "when": history.moment(draft.decision.issued),
    }


def counts(draft: Draft) -> dict[str, int]:
    """How many cells there are, how many are computed, lack a figure, and differ without an explanation."""
    return {
        "all": len(draft.cells),
        "computed": sum(one.source == "computed" for one in draft.cells),
        "missing": len(draft.missing),
        "unexplained": sum(one.differs and not one.explanation for one in draft.cells),
    }


def rows(
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
    nothing = ("fields", "records", "previous", "difference", "why", "explanation", "note", "error")
    return {
        **heading(request, line),
        **dict.fromkeys(nothing),
        "current": words.quotient(draft.ratios[line.indicator], line.unit),
        "derived": divided(request, draft.template, line),
    }


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
        "current": words.cell(cell.status, cell.value, cell.qualifier, cell.words, request.translate),
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
        "widget": "text" if cell.line.kind is Kind.TEXT else "number",
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
    if kind is None or f"{kind.module}:read" not in request.context.permissions:
        return None
    address: str = request.route_path("register", org=request.context.organisation.code, type=kind.name)
    return address


def fields_of(draft: Draft) -> dict[str, DraftCell]:
    """The cells by the key that names their fields."""
    return {key(one.line.indicator, one.dimension): one for one in draft.cells}
