"""What a clerk types into the form: all of it is kept, or none and the form says what is wrong."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.reports import entering
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.filling import Draft
from renda_tiers.web import form, given, links, rows


def save(context: Organisation, request: Request) -> Any:
    """Keep what was typed; `do=check` leads on to the page that asks for confirmation."""
    draft = form.drafted(request)
    typed = sent(draft, request.POST)
    try:
        entering.enter(
            request.db,
            draft.organisation,
            draft.template,
            draft.period,
            entries(draft, typed),
            author=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return form.page(context, request, draft, typed, named(draft, error))
    return onward(context, request, check=given.text(request.POST, "do") == "check")


def onward(context: Organisation, request: Request, *, check: bool) -> HTTPSeeOther:
    """To the page that asks for confirmation, where the reader may send the report; else back to the form."""
    if check and request.has_permission("submit", context):
        return HTTPSeeOther(address(request, "confirm"))
    return HTTPSeeOther(address(request, "form", said="saved"))


def address(request: Request, page: str, **query: str) -> str:
    """A page about the report of this address."""
    match = request.matchdict
    return links.to(request, page, query, template=match["template"], period=match["period"])


def sent(draft: Draft, posted: Mapping[str, str]) -> dict[str, str]:
    """What the form sent for the cells of a draft, by field name; a computed cell takes no value."""
    found: dict[str, str] = {}
    for name, cell in rows.fields_of(draft).items():
        fields = [f"why.{name}"] if cell.source == "computed" else [f"value.{name}", f"why.{name}"]
        found |= {field: given.text(posted, field) for field in fields}
    return found


def entries(draft: Draft, typed: Mapping[str, str]) -> dict[tuple[str, str], Entered]:
    """The typed text, read.

    Raises:
        Invalid: what cannot be read, by indicator.
    """
    found: dict[tuple[str, str], Entered] = {}
    wrong: dict[str, str] = {}
    for name, cell in rows.fields_of(draft).items():
        text, why = typed.get(f"value.{name}", ""), typed[f"why.{name}"]
        try:
            found[cell.line.indicator, cell.dimension] = entering.read(cell.line, text, why)
        except Invalid as error:
            wrong[cell.line.indicator] = error.message
    if wrong:
        raise Invalid(wrong)
    return found


def named(draft: Draft, error: Invalid) -> dict[str, str]:
    """Errors by indicator as errors by field; those that belong to no cell keep their name."""
    open_to_typing = {
        one.line.indicator: "value" if one.source != "computed" else "why" for one in draft.cells
    }
    return {
        f"{open_to_typing[name]}.{name}" if name in open_to_typing else name: message
        for name, message in error.errors.items()
    }
