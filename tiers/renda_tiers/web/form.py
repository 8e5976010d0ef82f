"""The form of one report: computed cells, what remains to be typed, the period before beside both."""

from collections.abc import Mapping
from typing import Any

from renda.clock import local_minute
from renda.directory.models import Organisation as OrganisationRow
from renda.errors import NotFound
from renda.excel.safety import ENDINGS
from renda.i18n import _
from renda.indicators.periods import Period
from renda.notices import remaining
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import calendar, filling, owing, progress, standings
from renda_tiers.reports.filling import Draft
from renda_tiers.reports.template import Template
from renda_tiers.web import given, history, links, rows, words
from renda_tiers.web.owed import book, set_above

SAID = {
    "saved": _("Your entries are saved."),
    "submitted": _("The report has been sent. Keep the receipt number below."),
}
"""What a page says after the step that its address names."""

_NOT_IN_USE = _(
    "No such report is owed for this period: its module is not in use here on the period's last day."
)

FILE: Mapping[str, Any] = {
    "name": "file",
    "label": _("Filled workbook"),
    "widget": "file",
    "accept": ",".join(ENDINGS),
    "required": True,
}
"""The control that takes a report's workbook."""


def named(request: Request) -> tuple[Template, Period]:
    """Template and period that the address names.

    Raises:
        NotFound: the organisation owes no such report, or not for periods of this kind.
        Invalid: there is no such period.
    """
    wanted = request.matchdict["template"]
    period = given.period(request.matchdict["period"])
    held = book(request)
    template = held.of(wanted, period)
    if template is None or wanted not in {one.code for one in set_above(request, held)}:
        raise NotFound
    code = request.context.organisation.code
    mine = owing.of(request.db, code)
    # Whatever was sent can be corrected.
    if mine.owes(template, period) or progress.of(request.db, code, wanted, period.code).report is not None:
        return template, period
    raise NotFound(_NOT_IN_USE if mine.fills(template, period) else "")


def drafted(request: Request) -> Draft:
    """The draft that the address names.

    Raises:
        NotFound, Invalid: see `named`.
    """
    code = request.context.organisation.code
    return filling.fill(request.db, code, *named(request), today=request.today)


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
    shown = rows.listed(request, draft, typed, errors, editable=bool(editable))
    return {
        "title": words.said(draft.template.titles, translate),
        "period": translate(period.title()),
        "state": words.state(draft.state),
        "due": due,
        "left": None if draft.submitted else remaining.left(request, due),
        "begun": begun,
        "locked": locked(request, draft),
        "running": calendar.too_early(period) if begun and calendar.is_running(period, request.today) else "",
        "editable": bool(editable),
        "may_submit": bool(
            editable
            and not calendar.is_running(period, request.today)
            and request.has_permission("submit", context)
        ),
        "correcting": draft.submitted is not None,
        "returned": _returned(request, draft),
        "rows": shown,
        "counts": rows.counts(draft),
        "errors": errors,
        "fields": [
            *({"name": row["error_field"], "label": row["title"]} for row in shown if row["error"]),
            {"name": "file", "label": FILE["label"]},
        ],
        "action": _address(request, draft, "form"),
        "sheet": _sheet(request, draft, errors) if editable else None,
        "revisions": history.sent(request, draft.organisation, draft.template.code, period.code),
        "back": links.to(request, "reports"),
        "flashes": _flashes(request),
    }


def _sheet(request: Request, draft: Draft, errors: Mapping[str, str]) -> dict[str, Any]:
    """Where the report's workbook is fetched and given back."""
    return {
        "href": _address(request, draft, "sheet"),
        "action": _address(request, draft, "filled"),
        "marked": None,
        "field": {**FILE, "error": errors.get("file"), "value": ""},
    }


def _address(request: Request, draft: Draft, page: str) -> str:
    return links.to(request, page, template=draft.template.code, period=draft.period.code)


def closed(request: Request, draft: Draft) -> str:
    """Why the report cannot be sent today, and what can be done about it; "" where it can."""
    if calendar.is_running(draft.period, request.today):
        return calendar.too_early(draft.period)
    return locked(request, draft)


def locked(request: Request, draft: Draft) -> str:
    """That the report is locked, and what can be done about it; "" where it is not."""
    if not draft.locked:
        return ""
    above = standings.ancestors_on(request.db, draft.organisation, draft.period.end)[1:]
    if draft.submitted and above:
        return _("This period is locked. It opens again when the level above returns the report.")
    setter = request.db.get(OrganisationRow, draft.template.origin)
    name = {"name": setter.name if setter else draft.template.origin}
    if draft.submitted:
        return _(
            "This period is locked, and there is no level above that could return the report: it stands as it"
            " was sent. Only ${name}, which set this report, can open it, by setting a later last day.",
            mapping=name,
        )
    return _(
        "This period is locked, and nothing was sent that could be returned. Only ${name}, which set this"
        " report, can open it, by setting a later last day.",
        mapping=name,
    )


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
        "when": local_minute(draft.decision.issued),
    }
