"""Two vintages of one period beside each other: what changed, whose correction it was, and why."""

from collections.abc import Mapping
from typing import Any

from renda.clock import local_minute
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.publications import reading
from renda_tiers.publications.vintage import Vintage
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Total
from renda_tiers.web import corrected, links, words
from renda_tiers.web.cells import heading
from renda_tiers.web.comparison import changed, covered
from renda_tiers.web.publications import names_of, numbered


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every figure in both, and the corrections that lead from the earlier one to the later one.

    Raises:
        NotFound: one of them is not there, or they are not of one roll-up.
    """
    pair = [
        reading.opened(request.db, context.organisation.code, links.document(text))
        for text in (request.matchdict["document"], request.GET.get("with", ""))
    ]
    earlier, later = sorted(pair, key=lambda one: (one.number, one.issued, one.document))
    if _scope(earlier) != _scope(later):
        raise NotFound
    steps = reading.steps(request.db, context.organisation.code, earlier, later)
    return {
        "title": words.said(later.template.titles, request.translate),
        "period": request.translate(later.period.title()),
        "earlier": _head(request, earlier),
        "later": _head(request, later),
        "rows": _rows(request, earlier, later),
        "steps": None
        if steps is None
        else [
            {**_head(request, one), "corrections": corrected.listed(request, one, names_of(request, one))}
            for one in steps
        ],
        "back": links.to(request, "publication", document=later.document),
    }


def _scope(one: Vintage) -> tuple[str, str, str]:
    return one.organisation, one.template.code, one.period.code


def _head(request: Request, one: Vintage) -> dict[str, Any]:
    return {
        "number": numbered(request, one.number),
        "when": local_minute(one.issued),
        "standing": words.STANDINGS[one.standing],
        "href": links.to(request, "publication", document=one.document),
    }


def _rows(request: Request, earlier: Vintage, later: Vintage) -> list[dict[str, Any]]:
    """The figures of both, by what they mean; those of another meaning are not subtracted."""
    then, now = (_placed(one) for one in (earlier, later))
    return [_row(request, then.get(place), now.get(place)) for place in {**now, **then}]


def _placed(one: Vintage) -> dict[tuple[str, str], Total]:
    return {(total.meaning, total.dimension): total for total in explain.arranged(one.template, one.cells)}


def _row(request: Request, then: Total | None, now: Total | None) -> dict[str, Any]:
    line, dimension = _known(now, then)
    difference = changed(request, line, now, then)
    same = difference is not None and (
        now is not None
        and then is not None
        and (now.figure.value, now.ratio) == (then.figure.value, then.ratio)
    )
    return {
        **heading(request, line, dimension),
        "then": covered(request, then),
        "now": covered(request, now),
        "difference": difference,
        "changed": not same and line.kind is not Kind.TEXT,
        "apart": (now or then) is not None and (now is None or then is None),
    }


def _known(*sides: Total | None) -> tuple[Any, str]:
    for one in sides:
        if one is not None:
            return one.line, one.dimension
    raise NotFound(_("There is no such publication."))
