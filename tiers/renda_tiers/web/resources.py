"""What programs may read of the chain: reports that are owed, reports that were sent, and totals.

Who may see what is decided where the pages ask, too; here it is only put into JSON.
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.api.resources import Parameter
from renda.api.schemas import INSTANT, NUMBER, TEXT, many, thing
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.derived import Ratio
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import shown
from renda_tiers.reports.models import STANDINGS
from renda_tiers.reports.shown import ShownCell
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Total
from renda_tiers.web import chosen, links, words
from renda_tiers.web.cells import heading
from renda_tiers.web.owed import Owed, owed, templates_of

_FLAG: Mapping[str, Any] = {"type": "boolean"}


def _or_none(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": [kind, "null"], **more}


_RATIO = {**thing({"numerator": NUMBER, "denominator": NUMBER, "scale": NUMBER}), "type": ["object", "null"]}
_FIGURE = {
    "indicator": TEXT,
    "dimension": TEXT,
    "title": TEXT,
    "unit": TEXT,
    "kind": _or_none("string"),
    "status": _or_none("string"),
    "value": _or_none("integer"),
    "qualifier": TEXT,
}
_OWED = {
    "template": TEXT,
    "title": TEXT,
    "period": TEXT,
    "state": TEXT,
    "due": _or_none("string", format="date"),
    "late": _FLAG,
    "revision": NUMBER,
    "document": _or_none("string"),
}
_REPORT = {
    "document": TEXT,
    "organisation": TEXT,
    "template": TEXT,
    "title": TEXT,
    "period": TEXT,
    "revision": NUMBER,
    "issued": INSTANT,
    "late": _FLAG,
    "current": _FLAG,
    "endorsed": _FLAG,
    "state": TEXT,
    "reason": TEXT,
    "cells": many(thing({**_FIGURE, "words": _or_none("string"), "explanation": TEXT, "note": TEXT})),
}
_COVERAGE = ("expected", "reported", "nil", "not_applicable", "late", "missing", "not_endorsed")
_TOTAL = {
    **_FIGURE,
    "ratio": _RATIO,
    "texts": many(thing({"organisation": TEXT, "text": TEXT})),
    "coverage": thing(dict.fromkeys(_COVERAGE, NUMBER)),
}
_ROLLUP = {
    "organisation": TEXT,
    "template": TEXT,
    "title": TEXT,
    "period": TEXT,
    "standing": {"type": "string", "enum": list(STANDINGS)},
    "templates": many(TEXT),
    "periods": many(TEXT),
    "figures": many(thing(_TOTAL)),
}


def reports(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The reports of the present periods, and how far each of them is."""
    return {"items": [_owed(request, one) for one in owed(request, templates_of(request))]}


def _owed(request: Request, one: Owed) -> dict[str, Any]:
    return {
        "template": one.template.code,
        "title": words.said(one.template.titles, request.translate),
        "period": one.period.code,
        "state": one.state,
        "due": one.due.isoformat() if one.due else None,
        "late": one.late,
        "revision": one.revision,
        "document": one.report.hex() if one.report else None,
    }


def report(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One revision of a report, for its origin and whoever stood above it."""
    document = links.document(request.matchdict["document"])
    found = shown.report(request.db, context.organisation.code, document)
    return {
        "document": found.document.hex(),
        "organisation": found.organisation,
        "template": found.template.code,
        "title": words.said(found.template.titles, request.translate),
        "period": found.period.code,
        "revision": found.revision,
        "issued": found.issued.isoformat(),
        "late": found.late,
        "current": found.current,
        "endorsed": found.endorsed,
        "state": found.state,
        "reason": found.reason,
        "cells": [_cell(request, one) for one in found.cells],
    }


def _figure(request: Request, one: ShownCell | Total) -> dict[str, Any]:
    """What a cell and a total say of themselves alike."""
    head = heading(request, one.line, one.dimension)
    return {
        "indicator": one.line.indicator,
        "dimension": one.dimension,
        "title": head["title"],
        "unit": head["unit"],
        "kind": one.line.kind,
    }


def _cell(request: Request, one: ShownCell) -> dict[str, Any]:
    return {
        **_figure(request, one),
        "status": one.status,
        "value": one.value,
        "qualifier": words.qualifier_name(one.qualifier),
        "words": one.words,
        "explanation": one.explanation,
        "note": one.note,
    }


def rollup(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every figure of a report, folded over an organisation and all below it, with its coverage.

    Raises:
        NotFound: nobody owes any report here.
    """
    choice = chosen.choose(request)
    if choice is None:
        raise NotFound(_("There is no such report."))
    totals = explain.totals(request.db, choice.at, choice.template, choice.period, choice.standing)
    return {
        "organisation": choice.at,
        "template": choice.template.code,
        "title": words.said(choice.template.titles, request.translate),
        "period": choice.period.code,
        "standing": choice.standing,
        "templates": [one.code for one in choice.templates],
        "periods": [one.code for one in choice.periods],
        "figures": [_total(request, one) for one in totals],
    }


def _total(request: Request, one: Total) -> dict[str, Any]:
    return {
        **_figure(request, one),
        "status": one.figure.status,
        "value": one.figure.value,
        "qualifier": words.qualifier_name((one.ratio or one.figure).qualifier),
        "ratio": _ratio(one.ratio),
        "texts": [{"organisation": code, "text": text} for code, text in one.figure.texts],
        "coverage": {name: getattr(one.coverage, name) for name in _COVERAGE},
    }


def _ratio(ratio: Ratio | None) -> dict[str, int] | None:
    if ratio is None:
        return None
    return {"numerator": ratio.numerator, "denominator": ratio.denominator, "scale": ratio.scale}


def includeme(config: Configurator) -> None:
    """Mount them below `/api/v1/organisations/{org}/tiers/`, under the permission of their pages."""
    add = config.add_resource
    add(
        "reports", "reports", reports, "read", title=_("Reports"), schema=thing({"items": many(thing(_OWED))})
    )
    document = Parameter("document", _("Hash of the report"), TEXT)
    add(
        "report",
        "reports/{document}",
        report,
        "read",
        title=_("Report"),
        schema=thing(_REPORT),
        parameters=[document],
    )
    asked = [
        Parameter("template", _("Report"), TEXT),
        Parameter("period", _("Period"), TEXT),
        Parameter("standing", _("Standing"), {"type": "string", "enum": list(STANDINGS)}),
        Parameter("at", _("Code of the organisation, of one below this one"), TEXT),
    ]
    add("rollup", "rollup", rollup, "read", title=_("Totals"), schema=thing(_ROLLUP), parameters=asked)
