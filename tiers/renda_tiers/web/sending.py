"""The last look before a report is sent, and sending it."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import submission
from renda_tiers.reports.filling import Draft
from renda_tiers.web import form, rows, words
from renda_tiers.web.saving import address


def confirm(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Its figures, what is missing, and who sends it."""
    return _page(context, request, form.drafted(request), "", {})


def _page(
    context: Organisation, request: Request, draft: Draft, reason: str, errors: Mapping[str, str]
) -> dict[str, Any]:
    counts = rows.counts(draft)
    return {
        "title": words.said(draft.template.titles, request.translate),
        "period": request.translate(draft.period.title()),
        "rows": rows.listed(request, draft, {}, {}, editable=False),
        "counts": counts,
        "correcting": draft.submitted is not None,
        "ready": not counts["missing"] and not draft.locked,
        "locked": draft.locked,
        "fields": [_reason(reason, errors)] if draft.submitted else [],
        "errors": errors,
        "who": context.reader.name,
        "organisation_name": context.organisation.name,
        "back": address(request, "form"),
    }


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
    """Send the report; it is computed once more in the transaction that signs it."""
    draft = form.drafted(request)
    reason = request.POST.get("reason", "").strip()
    try:
        submission.submit(
            request.db,
            draft.organisation,
            draft.template.code,
            draft.period,
            reason=reason,
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        request.tm.doom()
        request.response.status_int = error.status
        return _page(context, request, draft, reason, error.errors)
    return HTTPSeeOther(address(request, "form", said="submitted"))
