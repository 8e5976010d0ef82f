"""The page on which a person's data are erased: one asks, and one, or another, carries it out."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from renda.clock import local_minute
from renda.deputies import erasure, people
from renda.deputies.controls import sent
from renda.directory.kinds import profile_of
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.forms import control
from renda.security.models import Account
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

TEMPLATE = "renda:deputies/templates/erasure.jinja2"


def show(context: Organisation, request: Request) -> dict[str, Any]:
    """What erasing does, and what stands against it or waits for a second person."""
    return _page(context, request, {}, {})


def _page(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    asked = erasure.waiting(request.db, place, person.id)
    apart = erasure.apart(profile_of(request.db, place))
    return {
        "back": {
            "title": person.name,
            "href": request.route_path("core.deputy", org=place, person=person.id),
        },
        "obstacle": erasure.obstacle(request.db, person, request.now),
        "apart": apart,
        "asked": asked
        and {
            "who": request.db.scalar(select(Account.name).where(Account.id == asked.asked_by)),
            "when": local_minute(asked.asked_at),
            "what": erasure.FORM["what"].show(asked.what, request.translate),
            "reason": asked.reason,
            "mine": asked.asked_by == context.reader.account,
        },
        "fields": [
            control(name, kind, typed.get(name, ""), errors.get(name, ""))
            for name, kind in erasure.FORM.items()
        ],
        "errors": errors,
    }


def act(context: Organisation, request: Request) -> Any:
    """Ask, carry out, or decline."""
    place, do = context.organisation.code, request.POST.get("do", "")
    person = people.at(request.db, place, request.matchdict["person"])
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    if do == "ask":
        typed = sent(request.POST, erasure.FORM)
        try:
            erasure.ask(request.db, place, person, typed, **who)
        except Invalid as error:
            refuse(request, error.status)
            return _page(context, request, typed, error.errors)
    else:
        row = erasure.waiting(request.db, place, person.id)
        if row is None or do not in {"erase", "decline"}:
            raise Conflict
        erasure.decide(request.db, person, row, erase=do == "erase", **who)
    return HTTPSeeOther(request.route_path("core.deputy", org=place, person=person.id))


def card(request: Request) -> Mapping[str, Any] | None:
    """What waits for a second person, for the to-do list of everybody else who may erase."""
    place, me = request.context.organisation.code, request.context.reader.account
    tasks = [
        {
            "what": request.translate(_("Erase personal data")),
            "from": name,
            "light": "warn",
            "state": _("To be decided"),
            "href": request.route_path("core.deputy_erase", org=place, person=row.person),
        }
        for row, name in erasure.undecided(request.db, place)
        if row.asked_by != me
    ]
    return {"title": _("Personal data"), "lines": [], "tasks": tasks} if tasks else None


def includeme(config: Configurator) -> None:
    """Mount the page."""
    pattern = "deputies/{person:[0-9a-f-]{36}}/erase"
    config.add_page("deputy_erase", pattern, show, "erase", renderer=TEMPLATE)
    config.add_page(
        "deputy_erase", pattern, act, "erase", renderer=TEMPLATE, request_method="POST", judges_text=True
    )
