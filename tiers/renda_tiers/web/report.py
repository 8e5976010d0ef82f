"""A report that was sent: its figures, what was decided on it, and the direct parent's decision."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_minute
from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.reports import reviewing, shown
from renda_tiers.reports.reviewing import Decided
from renda_tiers.reports.shown import ShownCell, ShownReport
from renda_tiers.reports.standings import ENDORSE, RETURN
from renda_tiers.reports.template import Line
from renda_tiers.web import crumbs, given, history, links, words
from renda_tiers.web.cells import change, derived_row, evidence_address, heading

SAID = {
    ENDORSE: _("The report is endorsed."),
    RETURN: _("The report was returned; its sender sees the reason and your notes."),
}
"""What the page says after a decision that its address names."""

SEEN = "seen"
"""Field of the form that says which decision its reader saw."""

_ENDORSED: str = _(
    "${who} endorsed this report on ${when}, after you had opened it. Nothing was decided now."
)
_RETURNED: str = _(
    "${who} returned this report on ${when}, after you had opened it. Nothing was decided now."
)


def found(context: Organisation, request: Request) -> ShownReport:
    """The report that the address names.

    Raises:
        NotFound: there is none, or it is none of the reader's.
    """
    document = links.document(request.matchdict["document"])
    return shown.report(request.db, context.organisation.code, document)


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One revision, for its origin and whoever stood above it."""
    return page(context, request, found(context, request), {}, {})


def page(
    context: Organisation,
    request: Request,
    report: ShownReport,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """What the template needs; `typed` is what was sent and refused."""
    translate = request.translate
    reviewable = report.reviewable and bool(request.has_permission("review", context))
    said = SAID.get(request.GET.get("said", ""))
    superseded = {"light": "off", "text": _("Replaced by a newer revision")}
    return {
        "title": words.said(report.template.titles, translate),
        "name": report.name,
        "period": translate(report.period.title()),
        "state": superseded if report.state == "superseded" else words.state(report.state),
        "facts": _facts(request, report),
        "decision": history.decided(report.decision),
        "rows": _rows(request, report, typed, reviewable=reviewable),
        "reviewable": reviewable,
        "review": _review_field(typed, errors) if reviewable else None,
        "seen": {"name": SEEN, "widget": "hidden", "value": _stands(report)},
        "errors": errors,
        "changes": history.changes(request, report),
        "paper": links.paper(request, "report", document=report.document),
        "revisions": history.listed(request, report.history, report.document),
        "crumbs": crumbs.to_report(request, report),
        "flashes": [{"light": "ok", "text": translate(said)}] if said else [],
    }


def _stands(report: ShownReport) -> str:
    return report.decision.document.hex() if report.decision else ""


def _facts(request: Request, report: ShownReport) -> list[dict[str, str]]:
    late = f" · {request.translate(_('sent late'))}" if report.late else ""
    facts = [
        {"label": _("Receipt number"), "value": words.receipt_number(report.document)},
        {"label": _("Sent"), "value": f"{local_minute(report.issued)}{late}"},
    ]
    if report.reason:
        facts.append({"label": _("Reason of the correction"), "value": report.reason, "kind": "paragraph"})
    return facts


def _review_field(typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "reason",
        "label": _("Reason"),
        "help": _("To return a report, give a reason or write a note on a figure."),
        "widget": "paragraph",
        "value": typed.get("reason", ""),
        "error": errors.get("reason"),
    }


def _rows(
    request: Request, report: ShownReport, typed: Mapping[str, str], *, reviewable: bool
) -> list[dict[str, Any]]:
    found = []
    for line in report.template.lines:
        if line.kind is None:
            found.append(_derived(request, report, line))
        found += [
            _row(request, report, cell, typed, reviewable=reviewable)
            for cell in report.cells
            if cell.line.indicator == line.indicator
        ]
    return found


def _derived(request: Request, report: ShownReport, line: Line) -> dict[str, Any]:
    now = report.ratios[line.indicator]
    row = derived_row(request, report.template, line, now, report.cells)
    return row | dict.fromkeys(("explanation", "note", "field"))


def _row(
    request: Request, report: ShownReport, cell: ShownCell, typed: Mapping[str, str], *, reviewable: bool
) -> dict[str, Any]:
    head = heading(request, cell.line, cell.dimension)
    place = (report.document, cell.line.indicator, cell.dimension)
    href = evidence_address(request, *place, _way(request))
    name = f"note.{head['key']}"
    return {
        **head,
        "current": words.cell(cell, request.translate, href=href),
        "derived": None,
        "previous": {"value": cell.previous},
        "difference": change(request, cell.line, cell.value, cell.previous, marked=cell.differs),
        "explanation": cell.explanation,
        "note": cell.note,
        "field": {
            "name": name,
            "label": request.translate(_("Note on ${figure}", mapping={"figure": head["title"]})),
            "widget": "text",
            "value": typed.get(name, ""),
        }
        if reviewable
        else None,
    }


def _way(request: Request) -> dict[str, str]:
    """How the reader came, without the figure that they looked at."""
    way = crumbs.carried(request)
    return {name: way[name] for name in way if name not in {"indicator", "dimension"}}


def review(context: Organisation, request: Request) -> Any:
    """Endorse the report, or return it with a reason and notes on figures."""
    report = found(context, request)
    names = [f"note.{heading(request, one.line, one.dimension)['key']}" for one in report.cells]
    typed = {name: given.text(request.POST, name) for name in ("reason", *names)}
    decision = given.text(request.POST, "decision")
    notes = [
        (one.line.indicator, one.dimension, typed[name])
        for one, name in zip(report.cells, names, strict=True)
        if typed[name]
    ]
    try:
        reviewing.decide(
            request.db,
            context.organisation.code,
            report.document,
            decision,
            seen=given.text(request.POST, SEEN),
            reason=typed["reason"],
            notes=notes,
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return page(context, request, report, typed, error.errors)
    except Decided as error:
        refuse(request, error.status)
        return page(context, request, found(context, request), typed, {SEEN: decided(request, error)})
    query = {**crumbs.carried(request), "said": decision}
    return HTTPSeeOther(links.to(request, "report", query, document=report.document))


def decided(request: Request, error: Decided) -> str:
    """Who decided otherwise, how and when, as a sentence."""
    told = {
        "who": reviewing.decider(request.db, error.report, error.decision),
        "when": local_minute(error.decision.issued),
    }
    return request.translate(_(_RETURNED if error.decision.returned else _ENDORSED, mapping=told))
