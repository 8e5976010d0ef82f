"""The last look before a report is sent, and sending it."""

from collections.abc import Collection, Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.reports import seen, submission
from renda_tiers.reports.filling import Draft
from renda_tiers.reports.seen import FiguresChanged
from renda_tiers.reports.submission import NothingChanged
from renda_tiers.web import form, given, rows, words
from renda_tiers.web.saving import address

SEEN = "seen"
"""Name of the hidden field that says what the page showed."""


def confirm(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Its figures, what is missing, and who sends it."""
    return _page(context, request, form.drafted(request), "", {})


def _page(
    context: Organisation,
    request: Request,
    draft: Draft,
    reason: str,
    errors: Mapping[str, str],
    *,
    changed: Collection[str] = (),
) -> dict[str, Any]:
    counts, closed = rows.counts(draft), form.closed(request, draft)
    if not closed and not counts["missing"] and submission.unchanged(request.db, draft, today=request.today):
        closed = NothingChanged.message
    return {
        "title": words.said(draft.template.titles, request.translate),
        "period": request.translate(draft.period.title()),
        "rows": rows.listed(request, draft, {}, {}, editable=False),
        "counts": counts,
        "correcting": draft.submitted is not None,
        "ready": not counts["missing"] and not closed,
        "closed": closed,
        "fields": [_reason(reason, errors)] if draft.submitted else [],
        "seen": {"name": SEEN, "widget": "hidden", "value": seen.of(draft).token},
        "changed": changed,
        "errors": errors,
        "who": context.reader.name,
        "organisation_name": context.organisation.name,
        "back": address(request, "form"),
    }


def _changed(request: Request, draft: Draft, error: FiguresChanged) -> str:
    """Which figures are others now, by their titles."""
    if not error.indicators:
        return error.message
    titles = {one.line.indicator: words.said(one.line.titles, request.translate) for one in draft.cells}
    figures = ", ".join(titles.get(code, code) for code in error.indicators)
    message = _(
        "These figures changed since you looked: ${figures}. Look at them again before you send the report.",
        mapping={"figures": figures},
    )
    return request.translate(message)


def _reason(reason: str, errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "reason",
        "label": _("Reason of the correction"),
        "widget": "paragraph",
        "required": True,
        "value": reason,
        "error": errors.get("reason"),
    }


def submit(context: Organisation, request: Request) -> Any:
    """Send the report as the clerk saw it; a second click on the same page leads to the same receipt."""
    template, period = form.named(request)
    reason = given.text(request.POST, "reason")
    try:
        submission.submit(
            request.db,
            context.organisation.code,
            template.code,
            period,
            reason=reason,
            before=seen.read(given.text(request.POST, SEEN)),
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _page(context, request, form.drafted(request), reason, error.errors)
    except FiguresChanged as error:
        refuse(request, error.status)
        draft = form.drafted(request)
        errors = {SEEN: _changed(request, draft, error)}
        return _page(context, request, draft, reason, errors, changed=error.indicators)
    return HTTPSeeOther(address(request, "form", said="submitted"))
