"""Publications: the vintages that concern an organisation, and one of them as it was published."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from renda.clock import local_minute
from renda.directory.models import Organisation as OrganisationRow
from renda.excel.shown import Table
from renda.i18n import _
from renda.slices import slices
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.publications import proving, reading
from renda_tiers.publications.reading import Listed
from renda_tiers.publications.vintage import Vintage
from renda_tiers.reports import standings
from renda_tiers.rollup import explain
from renda_tiers.web import corrected, given, links, words
from renda_tiers.web.cells import divided, heading
from renda_tiers.web.comparison import covered
from renda_tiers.web.owed import book

PER_PAGE = 50
COLUMNS = [
    {"title": _("Vintage")},
    {"title": _("Report")},
    {"title": _("Period")},
    {"title": _("Published by")},
    {"title": _("Which reports count")},
    {"title": _("Published")},
]
SAID = {
    "published": _("The totals are published."),
    "same": _("Nothing has changed since this vintage, so nothing was published."),
}
"""What the page says after publishing, as its address names it."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The vintages that the organisation, those above it and those below it have published."""
    wanted, found, titles = _asked(context, request)
    pages = max(1, -(-len(found) // PER_PAGE))
    number = given.text(request.GET, "page")
    page = min(int(number), pages) if number.isdecimal() and int(number) else 1

    def address(to: int) -> str | None:
        query = {"template": wanted, "page": to}
        return links.to(request, "publications", query) if 0 < to <= pages else None

    field = {
        "name": "template",
        "label": _("Report"),
        "widget": "choice",
        "empty": _("All reports"),
        "value": wanted,
        "choices": sorted(titles.items()),
    }
    some = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return {
        "columns": COLUMNS,
        "rows": [{"cells": _cells(request, one, titles)} for one in some],
        "fields": [field],
        "pager": {
            "total": len(found),
            "page": page,
            "pages": pages,
            "previous": address(page - 1),
            "next": address(page + 1),
        },
        "rollup": links.to(request, "rollup"),
        "sheet": links.to(request, "publications.sheet", {"template": wanted}),
    }


def _asked(context: Organisation, request: Request) -> tuple[str, Sequence[Listed], Mapping[str, str]]:
    """The report that is asked for, or "" for all; its vintages; and the title of every report."""
    wanted = given.text(request.GET, "template")
    every = book(request).every(request.today)
    titles = {one.code: words.said(one.titles, request.translate) for one in every}
    return wanted, reading.listed(request.db, context.organisation.code, template=wanted), titles


def table(context: Organisation, request: Request) -> Table:
    """The whole list, for a workbook."""
    wanted, found, titles = _asked(context, request)
    rows = [{"cells": _cells(request, one, titles)} for one in found]
    return Table(_("Publications"), COLUMNS, rows, [titles.get(wanted, wanted) or _("All reports")])


def _cells(request: Request, one: Listed, titles: Mapping[str, str]) -> list[Any]:
    fork = {"note": request.translate(_("One of several with this number")), "note_light": "warn"}
    return [
        {
            "text": numbered(request, one.number),
            "href": links.to(request, "publication", document=one.document),
            **(fork if one.fork else {}),
        },
        titles.get(one.template, one.template),
        request.translate(one.period.title()),
        one.name,
        request.translate(words.STANDINGS[one.standing]),
        local_minute(one.issued),
    ]


def numbered(request: Request, number: int) -> str:
    """What people call a vintage."""
    return request.translate(_("Vintage ${number}", mapping={"number": number}))


def vintage(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One vintage: its figures with the coverage of then, the reports that it folds, and what it corrects."""
    return page(context, request, found(context, request))


def found(context: Organisation, request: Request) -> Vintage:
    """The vintage that the address names.

    Raises:
        NotFound: there is none, or it is none of the reader's.
    """
    document = links.document(request.matchdict["document"])
    return reading.opened(request.db, context.organisation.code, document)


def page(context: Organisation, request: Request, one: Vintage) -> dict[str, Any]:
    """What the template needs."""
    names = names_of(request, one)
    said = SAID.get(request.GET.get("said", ""))
    others = reading.listed(
        request.db,
        context.organisation.code,
        organisation=one.organisation,
        template=one.template.code,
        period=one.period.code,
    )
    return {
        "title": words.said(one.template.titles, request.translate),
        "name": names[one.organisation],
        "period": request.translate(one.period.title()),
        "number": numbered(request, one.number),
        "facts": _facts(request, one, names, others),
        "fork": any(other.fork for other in others if other.document == one.document),
        "since": _since(context, request, one, others),
        "rows": _rows(request, one),
        "corrections": corrected.listed(request, one, names),
        "follows": one.predecessor is not None,
        "reports": None if one.reports is None else _reports(request, one, names),
        "vintages": [_other(request, other, one.document) for other in others],
        "paper": links.paper(request, "publication", document=one.document),
        "back": links.to(request, "publications"),
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def names_of(request: Request, one: Vintage) -> dict[str, str]:
    """Names of the publisher and of all whose reports count or are corrected, by code."""
    codes = {one.organisation, *(one.reports or {}), *(other.organisation for other in one.corrections or ())}
    columns = (OrganisationRow.code, OrganisationRow.name)
    held = {
        row.code: row.name
        for some in slices(sorted(codes))
        for row in request.db.execute(select(*columns).where(OrganisationRow.code.in_(some)))
    }
    return {code: held.get(code, code) for code in codes}


def _facts(
    request: Request, one: Vintage, names: Mapping[str, str], others: Sequence[Listed]
) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Published by"), "value": names[one.organisation]},
        {"label": _("Published"), "value": local_minute(one.issued)},
        {"label": _("Which reports count"), "value": request.translate(words.STANDINGS[one.standing])},
        {"label": _("Receipt number"), "value": words.receipt_number(one.document)},
        {"label": _("Check"), "value": _proof(request, one)},
    ]
    for other in others:
        if other.document == one.predecessor:
            href = links.to(request, "publication", document=other.document)
            before = {"text": numbered(request, other.number), "href": href}
            facts.append({"label": _("Follows"), "value": before})
    return facts


def _proof(request: Request, one: Vintage) -> dict[str, Any]:
    """Whether the figures are the fold of the named reports, as far as this node can tell."""
    faults = proving.faults(request.db, one)
    if faults is None:
        note = _("Not all of the reports are held here, so the figures cannot be computed anew.")
        return {"light": "off", "text": _("Not checked"), "note": request.translate(note)}
    if faults:
        note = _("Not what the reports add up to: ${codes}", mapping={"codes": ", ".join(faults)})
        return {"light": "bad", "text": _("Differs"), "note": request.translate(note)}
    note = _("Computed anew from the reports: the same")
    return {"light": "ok", "text": _("Agrees"), "note": request.translate(note)}


def _since(
    context: Organisation, request: Request, one: Vintage, others: Sequence[Listed]
) -> dict[str, Any] | None:
    """How many corrections arrived after the last vintage, for those who hold what counts."""
    above = standings.ancestors_on(request.db, one.organisation, one.period.end)
    if context.organisation.code not in above or others[0].document != one.document:
        return None
    count = len(reading.since(request.db, one))
    if not count:
        return None
    own = context.organisation.code == one.organisation and request.has_permission("publish", context)
    query = {"template": one.template.code, "period": one.period.code, "standing": one.standing}
    return {
        "count": count,
        "number": one.number + 1,
        "publish": links.to(request, "publish", query) if own else None,
    }


def _rows(request: Request, one: Vintage) -> list[dict[str, Any]]:
    return [
        {
            **heading(request, total.line, total.dimension),
            "value": covered(request, total),
            "derived": divided(request, one.template, total.line) if total.line.kind is None else None,
            "apart": total.side_by_side,
        }
        for total in explain.arranged(one.template, one.cells)
    ]


def _reports(request: Request, one: Vintage, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The exact reports, each opened by those who may see it."""
    readable = corrected.readable(request, one, (one.reports or {}).values())
    return [
        {
            "cells": [
                names[code],
                {
                    "text": words.receipt_number(document),
                    "href": links.to(request, "report", document=document) if document in readable else None,
                },
            ]
        }
        for code, document in sorted((one.reports or {}).items())
    ]


def _other(request: Request, one: Listed, shown: bytes) -> dict[str, Any]:
    here = one.document == shown
    return {
        "title": numbered(request, one.number),
        "when": local_minute(one.issued),
        "standing": words.STANDINGS[one.standing],
        "current": here,
        "href": links.to(request, "publication", document=one.document),
        "compare": None
        if here
        else links.to(request, "vintages", {"with": one.document.hex()}, document=shown),
    }
