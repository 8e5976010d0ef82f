"""Opening what is sealed of a deputy: for a purpose that is written down, and shown once."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.deputies import people, secrets
from renda.deputies.fields import PERSON
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.forms import control
from renda.records.kinds import Choice
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

TEMPLATE = "renda:deputies/templates/opened.jinja2"
_FIELDS = {
    "purpose": Choice(_("Purpose"), choices=tuple(secrets.PURPOSES.items())),
    "words": secrets.WORDS,
}


def ask(context: Organisation, request: Request) -> dict[str, Any]:
    """The form that asks what for."""
    return _page(context, request, {}, {}, {})


def show(context: Organisation, request: Request) -> dict[str, Any]:
    """The values in full, on this answer alone; that they were seen is in the audit trail.

    To see them again takes another purpose: the page has no address of its own.
    """
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    if person.erased_at is not None:
        raise Conflict
    typed = {name: str(request.POST.get(name, "")) for name in _FIELDS}
    try:
        found = secrets.opened(
            request.db,
            place,
            person,
            purpose=typed["purpose"],
            words=typed["words"],
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _page(context, request, typed, error.errors, {})
    return _page(context, request, {}, {}, found)


def _page(
    context: Organisation,
    request: Request,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    found: Mapping[str, str],
) -> dict[str, Any]:
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    here = request.route_path("core.deputy", org=place, person=person.id)
    return {
        "title": _("Open in full"),
        "back": {"title": person.name, "href": here},
        "facts": [
            {"label": PERSON[name].label, "value": value, "kind": "text"} for name, value in found.items()
        ],
        "fields": [
            control(name, kind, typed.get(name, ""), errors.get(name, "")) for name, kind in _FIELDS.items()
        ],
        "errors": errors,
        "nothing": not secrets.shown(request.db, place, [person.id]),
    }


def includeme(config: Configurator) -> None:
    """Mount the page."""
    pattern = "deputies/{person:[0-9a-f-]{36}}/open"
    config.add_page("deputy_open", pattern, ask, "open", renderer=TEMPLATE)
    config.add_page(
        "deputy_open", pattern, show, "open", renderer=TEMPLATE, request_method="POST", judges_text=True
    )
