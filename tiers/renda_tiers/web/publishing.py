"""The last look before a period is published, publishing it, and what the totals' page says of it."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Conflict, NotFound
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.publications import drafting, publishing, reading, vintage
from renda_tiers.publications.drafting import Draft, NothingReported
from renda_tiers.publications.publishing import RollupChanged
from renda_tiers.web import chosen, given, links, words
from renda_tiers.web.cells import divided, heading
from renda_tiers.web.chosen import Chosen
from renda_tiers.web.comparison import covered
from renda_tiers.web.publications import numbered

SEEN = "seen"
"""Name of the hidden field that says what the page showed."""


def _choice(request: Request) -> Chosen:
    choice = chosen.choose(request)
    # What is below publishes for itself.
    if choice is None or choice.at != request.context.organisation.code:
        raise NotFound
    return choice


def confirm(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The figures as they would be frozen, how much is missing, and who publishes them."""
    return _page(context, request, _choice(request), {})


def _page(
    context: Organisation, request: Request, choice: Chosen, errors: Mapping[str, str]
) -> dict[str, Any]:
    shown = {
        "title": words.said(choice.template.titles, request.translate),
        "period": request.translate(choice.period.title()),
        "standing": words.STANDINGS[choice.standing],
        "standings": chosen.switch(request, "publish", choice),
        "errors": errors,
        "who": context.reader.name,
        "organisation_name": context.organisation.name,
        "back": links.to(request, "rollup", choice.query()),
        "rows": [],
        "hindrance": "",
        "draft": None,
    }
    try:
        found = _draft(request, choice)
    except NothingReported as error:
        return shown | {"hindrance": error.message}
    return shown | {
        "draft": found,
        "number": numbered(request, found.number),
        "counts": _counts(found),
        "rows": [
            {
                **heading(request, one.line, one.dimension),
                "value": covered(request, one),
                "derived": divided(request, found.template, one.line) if one.line.kind is None else None,
                "apart": one.side_by_side,
            }
            for one in found.figures
        ],
        "seen": {"name": SEEN, "widget": "hidden", "value": found.token},
        "last": links.to(request, "publication", document=found.last.document) if found.last else None,
        "since": len(reading.since(request.db, found.last)) if found.last else 0,
    }


def _draft(request: Request, choice: Chosen) -> Draft:
    return drafting.draft(request.db, choice.at, choice.template.code, choice.period, choice.standing)


def _counts(found: Draft) -> dict[str, int]:
    expected = max((one.coverage.expected for one in found.cells), default=0)
    return {
        "expected": expected,
        "reports": len(found.reports),
        "missing": max(0, expected - len(found.reports)),
        "not_endorsed": max((one.coverage.not_endorsed for one in found.cells), default=0),
    }


def publish(context: Organisation, request: Request) -> Any:
    """Publish what was looked at; a second click leads to the same vintage."""
    choice = _choice(request)
    try:
        done = publishing.publish(
            request.db,
            context.organisation.code,
            choice.template.code,
            choice.period,
            standing=choice.standing,
            seen=given.text(request.POST, SEEN),
            actor=context.reader.account,
            now=request.now,
        )
    except (RollupChanged, NothingReported) as error:
        return _refused(context, request, choice, error)
    said = "published" if done.new else "same"
    return HTTPSeeOther(links.to(request, "publication", {"said": said}, document=done.document))


def _refused(context: Organisation, request: Request, choice: Chosen, error: Conflict) -> dict[str, Any]:
    refuse(request, error.status)
    return _page(context, request, choice, {SEEN: error.message})


def offered(request: Request, choice: Chosen) -> dict[str, Any]:
    """What the totals' page says of publishing: where it is done, and what was published last."""
    context = request.context
    last = drafting.latest(request.db, choice.at, choice.template.code, choice.period.code)
    own = choice.at == context.organisation.code
    may = own and request.has_permission("publish", context)
    found: dict[str, Any] = {
        "publish": links.to(request, "publish", choice.query()) if may else None,
        "vintage": None,
    }
    if last is None:
        return found
    one = vintage.read(request.db, last)
    return found | {
        "vintage": numbered(request, one.number),
        "vintage_href": links.to(request, "publication", document=last),
        "since": len(reading.since(request.db, one)),
    }
