"""The form of a new directive and its confirmation: to whom exactly it goes, until when, with which files."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.notices import remaining
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.directives import bodies, held, orders, selections
from renda_tiers.directives.held import Held
from renda_tiers.documents.attached import ENDINGS
from renda_tiers.web import given
from renda_tiers.web.directives import address, fields, reading

_CONFIRM = "renda_tiers:templates/tiers/directive_confirm.jinja2"


def outer_of(context: Organisation, request: Request) -> Held | None:
    """The directive that the form breaks down, if the address names one.

    Raises:
        NotFound: it is none of the organisation's.
        Conflict: it has ended.
    """
    named = request.params.get("parent", "")
    if not isinstance(named, str) or not named:
        return None
    outer = held.find(request.db, named, context.organisation.code)
    if context.organisation.code not in outer.body["targets"]:
        raise NotFound
    outer.ensure_open()
    return outer


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The empty form."""
    return _page(context, request, outer_of(context, request), {}, {})


def _page(
    context: Organisation,
    request: Request,
    outer: Held | None,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "outer": outer and _outer(request, outer),
        "groups": fields.groups(request, outer, typed, errors),
        "people": fields.choices_below(request, context.organisation.code, typed),
        "figures": [] if outer else fields.figures(typed, errors),
        "errors": errors,
        "back": request.route_path("tiers.directives", org=context.organisation.code),
    }


def _outer(request: Request, outer: Held) -> dict[str, Any]:
    return {
        "subject": outer.subject,
        "title": outer.body["title"],
        "text": outer.body["text"],
        "steps": outer.body["steps"],
        "due": outer.due,
        "href": address.to(request, "directive", outer.subject),
    }


def send(context: Organisation, request: Request) -> Any:
    """Show whom the directive goes to; with `do=issue`, issue it; with `do=edit`, back to the form."""
    outer = outer_of(context, request)
    typed = reading.typed(request)
    do = given.text(request.POST, "do")
    if do == "edit":
        return _page(context, request, outer, typed, {})
    try:
        order = reading.order(outer, typed)
        if do == "issue":
            return HTTPSeeOther(_issue(context, request, outer, order, typed))
        draft = orders.draft(request.db, context.organisation.code, order, request.today)
        _ensure_in_time(outer, draft["due"])
        page = _confirmation(context, request, outer, draft, typed)
    except (Invalid, NotFound, Conflict) as error:
        refuse(request, error.status)
        errors = error.errors if isinstance(error, Invalid) else {"targets": error.message}
        return _page(context, request, outer, typed, errors)
    request.override_renderer = _CONFIRM
    return page


def _ensure_in_time(outer: Held | None, due: str) -> None:
    """Tell before the confirmation what the ledger would refuse after it."""
    if outer is not None and due > outer.body["due"]:
        message = _("This directive is due later than the one that it breaks down.")
        raise Invalid({"due": message}, message)


def _issue(
    context: Organisation, request: Request, outer: Held | None, order: orders.Order, typed: Mapping[str, Any]
) -> str:
    code = context.organisation.code
    found = orders.issue(
        request.db,
        code,
        order,
        given.files(request.POST, "files"),
        parent=outer.subject if outer else "",
        actor=context.reader.account,
        now=request.now,
    )
    if name := typed.get("save_as", ""):
        selections.save(request.db, code, name, found.body["targets"])
    return address.to(request, "directive", found.subject, {"said": "issued"})


def _confirmation(
    context: Organisation,
    request: Request,
    outer: Held | None,
    draft: Mapping[str, Any],
    typed: Mapping[str, Any],
) -> dict[str, Any]:
    names = fields.names(request, draft["targets"])
    due = date.fromisoformat(draft["due"])
    return {
        "outer": outer and _outer(request, outer),
        "draft": draft,
        "names": names,
        "left": remaining.left(request, due),
        "report": fields.asked(request, outer, typed),
        "endings": ENDINGS,
        "kept": reading.kept(typed),
        "who": context.reader.name,
        "organisation_name": context.organisation.name,
        "is_list": draft["selection"]["rule"] == bodies.LIST,
    }
