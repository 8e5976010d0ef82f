"""What programs may read of deputies: the list with its filters, of sealed values what its page shows."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.api.resources import Parameter
from renda.api.schemas import NUMBER, TEXT, many, thing
from renda.deputies import listing
from renda.deputies.fields import PERSON, SEALED, SEAT
from renda.deputies.listing import Deputy
from renda.deputies.pages import wanted
from renda.directory import office
from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation

_NO_PAGE = _("The last page is ${pages}.")
_OR_NONE = {"type": ["string", "null"]}
_DEPUTY = {
    "person": TEXT,
    "mandate": TEXT,
    "state": {"type": "string", "enum": list(office.STATES)},
    **{name: kind.schema() for name, kind in PERSON.items() if name not in SEALED},
    **dict.fromkeys(SEALED, _OR_NONE),
    **{name: kind.schema() for name, kind in SEAT.items()},
    "group": _OR_NONE,
}


def deputies(context: Organisation, request: Request) -> Mapping[str, Any]:
    """A page of deputies, in the order of surnames' strokes."""
    asked = wanted(request)
    page = listing.listed(request.db, context.organisation.code, request.today, asked)
    if asked.page > page.pages:
        raise Invalid({"page": _(_NO_PAGE, mapping={"pages": page.pages})})
    return {
        "items": [_deputy(one, request) for one in page.deputies],
        "total": page.total,
        "page": page.number,
        "pages": page.pages,
    }


def _deputy(one: Deputy, request: Request) -> dict[str, Any]:
    plain = {
        name: kind.plain(getattr(one.person, name)) for name, kind in PERSON.items() if name not in SEALED
    }
    seat = {name: kind.plain(getattr(one.mandate, name)) for name, kind in SEAT.items() if name != "group"}
    return {
        "person": str(one.person.id),
        "mandate": str(one.mandate.id),
        "state": office.state(one.mandate, request.today),
        **plain,
        **{name: one.masked.get(name) for name in SEALED},
        **{name: None if value == "" else value for name, value in seat.items()},
        "group": next(iter(one.groups), None),
    }


def includeme(config: Configurator) -> None:
    """Mount the list below `/api/v1/organisations/{org}/core/`, under the permission of its page."""
    asked = [
        Parameter("q", _("Name or pinyin"), TEXT),
        Parameter("state", _("State"), {"type": "string", "enum": list(office.STATES)}),
        Parameter("group", _("Group"), TEXT),
        Parameter("delegation", _("Delegation"), TEXT),
        Parameter("constituency", _("Constituency"), TEXT),
        Parameter("term", _("Term"), {**NUMBER, "minimum": 1}),
        Parameter("page", _("Page"), {**NUMBER, "minimum": 1}),
    ]
    schema = thing({"items": many(thing(_DEPUTY)), "total": NUMBER, "page": NUMBER, "pages": NUMBER})
    config.add_resource(
        "deputies", "deputies", deputies, "read", title=_("Deputies"), schema=schema, parameters=asked
    )
