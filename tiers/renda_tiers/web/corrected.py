"""Corrections between vintages in words: whose report, why, and each figure before and after."""

from collections.abc import Collection, Mapping
from typing import Any

from renda.i18n import _
from renda.indicators.kinds import Kind, Status
from renda.types import Request
from renda_tiers.publications import proving
from renda_tiers.publications.vintage import Change, Correction, Stated, Vintage
from renda_tiers.reports import standings
from renda_tiers.web import links, words
from renda_tiers.web.cells import heading


def listed(request: Request, one: Vintage, names: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The corrections of a vintage; None where their list was withheld or erased."""
    if one.corrections is None:
        return None
    documents = [
        document
        for correction in one.corrections
        for document in (correction.old, correction.new)
        if document is not None
    ]
    may = readable(request, one, documents)
    return [_correction(request, correction, names, may) for correction in one.corrections]


def readable(request: Request, one: Vintage, documents: Collection[bytes]) -> set[bytes]:
    """Those of a vintage's reports that the organisation at hand holds and may open."""
    here, day = request.context.organisation.code, one.period.end
    origins = {document: code for code, document in (one.reports or {}).items()}
    for correction in one.corrections or ():
        origins |= {side: correction.organisation for side in (correction.old, correction.new) if side}
    above = standings.ancestry(request.db, set(origins.values()))
    held = proving.held(request.db, documents)
    return {document for document in held if here in above(origins[document], day)}


def _correction(
    request: Request, one: Correction, names: Mapping[str, str], may: Collection[bytes]
) -> dict[str, Any]:
    if one.old is None:
        what = _("reported since")
    elif one.new is None:
        what = _("counts no more")
    else:
        what = _("corrected")
    return {
        "who": names[one.organisation],
        "what": what,
        "old": _report(request, one.old, may),
        "new": _report(request, one.new, may),
        "reasons": one.reasons,
        "changes": [_change(request, change) for change in one.changes],
    }


def _report(request: Request, document: bytes | None, may: Collection[bytes]) -> dict[str, Any] | None:
    if document is None:
        return None
    href = links.to(request, "report", document=document) if document in may else None
    return {"text": words.receipt_number(document), "href": href}


def _change(request: Request, one: Change) -> dict[str, Any]:
    note = None
    if one.left or one.came:
        said = _("${left} not counted any more, ${came} counted now")
        note = request.translate(_(said, mapping={"left": one.left, "came": one.came}))
    return {
        **heading(request, one.line, one.dimension),
        "before": _said(request, one, one.before),
        "after": _said(request, one, one.after),
        "note": note,
    }


def _said(request: Request, change: Change, cell: Stated | None) -> dict[str, Any]:
    translate = request.translate
    if cell is None:
        return {"text": None}
    if cell.status is Status.NOT_APPLICABLE:
        return {"text": translate(_("not applicable"))}
    if change.line.kind is Kind.TEXT:
        return {"text": translate(_("a remark"))}
    noted = {"note": translate(_("nil report"))} if cell.status is Status.NIL else {}
    return {"value": cell.value, "qualifier": words.qualifier_name(cell.qualifier), **noted}
