"""A deputy's public page: nothing is on it until somebody publishes it, field by field, and takes it back.

Deputies' basic particulars are published by law (代表法, art. 58). What never is: identity number, phone and
home address, and the exact day of birth.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.database import scope_to
from renda.declarations import Message
from renda.deputies import people
from renda.deputies.fields import PERSON, SEAT
from renda.deputies.listing import Deputy, groups_of
from renda.directory.models import Mandate, Person, PublicField
from renda.directory.models import Organisation as OrganisationRow
from renda.directory.office import held
from renda.directory.strokes import official
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import Translate, _
from renda.security import audit
from renda.security.policy import EVERYONE
from renda.types import Request
from renda.web.contexts import Organisation

PUBLIC: Mapping[str, Message] = {
    **{name: PERSON[name].label for name in ("name", "gender", "ethnicity", "party", "position")},
    **{name: SEAT[name].label for name in ("term", "constituency", "delegation", "group")},
}
"""What may be published; whatever is not listed here never is."""

_NAMELESS = _("A page needs the name. Publish the name, too, or nothing.")
_NEVER = _("This is never published.")
TEMPLATES = "renda:deputies/templates"


def published(session: Session, organisation: str, person: uuid.UUID) -> frozenset[str]:
    """Names of the fields that an organisation shows of a person."""
    rows = select(PublicField.field).where(
        PublicField.organisation == organisation, PublicField.person == person
    )
    return frozenset(session.scalars(rows))


def publish(
    session: Session,
    organisation: str,
    person: Person,
    fields: Collection[str],
    *,
    now: datetime,
    actor: uuid.UUID,
) -> None:
    """Show exactly these fields of a person to everybody from now on; none withdraws the page.

    Raises:
        Conflict: the person's data were erased.
        Invalid: a field is never published, or the name is not among them.
    """
    if person.erased_at is not None:
        raise Conflict(people.ERASED)
    if unknown := sorted(set(fields) - PUBLIC.keys()):
        raise Invalid(dict.fromkeys(unknown, _NEVER))
    if fields and "name" not in fields:
        raise Invalid({"name": _NAMELESS})
    before = published(session, organisation, person.id)
    wanted = set(fields)
    if wanted == before:
        return
    withdraw(session, person, organisation)
    session.add_all(PublicField(organisation=organisation, person=person.id, field=one) for one in wanted)
    session.flush()
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="person.publish",
        target=person.id,
        now=now,
        detail={"fields": sorted(wanted), "withdrawn": sorted(before - wanted)},
    )


def withdraw(session: Session, person: Person, organisation: str | None = None) -> None:
    """Take a person's page back, at one organisation or at all that the session sees."""
    at = () if organisation is None else (PublicField.organisation == organisation,)
    session.execute(delete(PublicField).where(PublicField.person == person.id, *at))


def deputies(session: Session, organisation: str, day: date) -> list[tuple[Deputy, frozenset[str]]]:
    """Deputies in office with a public page, in official order, each with the fields that it shows."""
    shown: dict[uuid.UUID, set[str]] = {}
    fields = select(PublicField.person, PublicField.field).where(PublicField.organisation == organisation)
    for row in session.execute(fields):
        shown.setdefault(row.person, set()).add(row.field)
    rows = session.execute(
        select(Mandate, Person)
        .join(Person, Person.id == Mandate.person)
        .where(
            Mandate.organisation == organisation,
            held(day),
            Person.id.in_(shown),
        )
    ).all()
    groups = groups_of(session, organisation, shown)
    found = [
        (Deputy(seat, person, groups.get(person.id, ()), {}), frozenset(shown[person.id]))
        for seat, person in rows
    ]
    return sorted(found, key=lambda one: (official(one[0].person.name), one[0].mandate.id))


def facts(one: Deputy, fields: Collection[str], translate: Translate) -> list[dict[str, Any]]:
    """What a public page says; only fields that are published."""
    values = {
        **{name: getattr(one.person, name, None) for name in PUBLIC if name in PERSON},
        **{name: getattr(one.mandate, name, None) for name in PUBLIC if name in SEAT},
        "group": "、".join(one.groups),
    }
    kinds = {**PERSON, **SEAT}
    return [
        {"label": label, "value": kinds[name].show(values[name], translate), "kind": "text"}
        for name, label in PUBLIC.items()
        if name in fields and name != "name" and values[name]
    ]


class Public:
    """Context of the pages that need no sign-in: a body of this node, and nothing but what it published."""

    def __init__(self, request: Request) -> None:
        code = request.matchdict["org"]
        name = request.db.scalar(select(OrganisationRow.name).where(OrganisationRow.code == code))
        if name is None:
            raise NotFound
        scope_to(request.db, {code})
        self.code, self.name = code, name


def show_list(context: Public, request: Request) -> dict[str, Any]:
    """The deputies that a body shows to everybody."""
    return {
        "place": context.name,
        "rows": [
            {
                "cells": [
                    {"text": one.person.name, "href": f"{request.path}/{one.person.id}"},
                    one.mandate.constituency if "constituency" in fields else None,
                    one.person.position if "position" in fields else None,
                ]
            }
            for one, fields in deputies(request.db, context.code, request.today)
        ],
    }


def show_one(context: Public, request: Request) -> dict[str, Any]:
    """One deputy, as far as published."""
    for one, fields in deputies(request.db, context.code, request.today):
        if str(one.person.id) == request.matchdict["person"]:
            return {
                "place": context.name,
                "title": one.person.name,
                "back": request.route_path("public-deputies", org=context.code),
                "facts": facts(one, fields, request.translate),
            }
    raise NotFound


def ask(context: Organisation, request: Request) -> dict[str, Any]:
    """The form that says which fields everybody may see."""
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    if person.erased_at is not None:
        raise Conflict(people.ERASED)
    shown = published(request.db, place, person.id)
    address = request.route_url("public-deputy", org=place, person=person.id)
    return {
        "back": {
            "title": person.name,
            "href": request.route_path("core.deputy", org=place, person=person.id),
        },
        "fields": [
            {"name": name, "label": label, "widget": "flag", "value": name in shown, "required": False}
            for name, label in PUBLIC.items()
        ],
        "address": address if shown else None,
    }


def decide(context: Organisation, request: Request) -> HTTPSeeOther:
    """Publish the fields that are ticked, and take back all others."""
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    fields = [name for name in request.POST if name != "csrf_token"]
    publish(request.db, place, person, fields, now=request.now, actor=context.reader.account)
    return HTTPSeeOther(request.path)


def includeme(config: Configurator) -> None:
    """Mount the pages of those who publish, and those of everybody below `/public`."""
    pattern, form = "deputies/{person:[0-9a-f-]{36}}/public", f"{TEMPLATES}/publication.jinja2"
    config.add_page("deputy_public", pattern, ask, "publish", renderer=form)
    config.add_page("deputy_public", pattern, decide, "publish", renderer=form, request_method="POST")
    for name, rest, view in (
        ("public-deputies", "", show_list),
        ("public-deputy", "/{person:[0-9a-f-]{36}}", show_one),
    ):
        config.add_route(name, f"/public/{{org}}/deputies{rest}", factory=Public)
        renderer = f"{TEMPLATES}/{name.replace('-', '_')}.jinja2"
        config.add_view(view, route_name=name, request_method="GET", permission=EVERYONE, renderer=renderer)
