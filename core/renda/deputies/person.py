"""The page of one deputy: particulars, seats over tiers and terms, households, flags, and what was done."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from renda.clock import local_minute
from renda.database import scope_to
from renda.declarations import Message
from renda.deputies import duties, flags, listing, people, reasons, secrets
from renda.deputies.fields import PERSON, SEALED, SEAT
from renda.deputies.registers import HOUSEHOLDS
from renda.directory import office
from renda.directory.models import Mandate, Person
from renda.directory.models import Organisation as OrganisationRow
from renda.directory.terms import TERM
from renda.i18n import _
from renda.records import tables
from renda.records.listing import ListQuery
from renda.records.listing import listed as records
from renda.records.ordinals import ordinal
from renda.search.pages import READ_PERSONS, rights
from renda.security.models import Account, AuditEntry
from renda.types import Request
from renda.web.contexts import Organisation

ACTS: Mapping[str, Message] = {
    "person.add": _("Entered"),
    "person.change": _("Particulars changed"),
    "person.open": _("Opened in full"),
    "person.publish": _("Publication changed"),
    "person.erase_asked": _("Erasing of personal data asked for"),
    "person.erase_declined": _("Erasing of personal data declined"),
    "person.erase": _("Personal data erased"),
    "mandate.give": _("Seat given"),
    "mandate.change": _("Seat corrected"),
    "mandate.suspend": _("Suspended"),
    "mandate.resume": _("Resumed"),
    "mandate.end": _("Ended"),
    "mandate.reopen": _("End taken back"),
}
"""What the history tells of; titles by the action of the audit trail."""


def shown(context: Organisation, request: Request) -> dict[str, Any]:
    """Everything about a deputy that the reader may see."""
    place = context.organisation.code
    person = people.at(request.db, place, request.matchdict["person"])
    here = request.route_path("core.deputy", org=place, person=person.id)
    held = _seats(context, request, person)
    masked = secrets.shown(request.db, place, [person.id]).get(person.id, {})
    own = [one for one in held if one.organisation == place]
    return {
        "title": person.name,
        "back": {
            "title": _("Deputies"),
            "href": request.route_path("core.deputies", org=place),
        },
        "state": _state(request, own),
        "actions": _actions(context, request, person, here, sealed=bool(masked)),
        "facts": _facts(request, person, masked),
        "flags": _flags(request, own),
        "seats": _rows(request, held, here),
        "groups": listing.groups_of(request.db, place, [person.id]).get(person.id, []),
        "households": _households(request, person),
        "duties": duties.shown(context, request, person),
        "timeline": _timeline(request, {str(person.id), *(str(one.id) for one in own)}),
    }


def _seats(context: Organisation, request: Request, person: Person) -> list[Mandate]:
    """All seats of a person in congresses whose deputies the reader may read, the newest first."""
    readable = {
        code for code, held in rights(context, request, everywhere=True).items() if READ_PERSONS in held
    }
    scope_to(request.db, readable)
    seats = select(Mandate).where(Mandate.person == person.id, Mandate.organisation.in_(readable))
    found = request.db.scalars(seats.order_by(Mandate.starts_on.desc(), Mandate.organisation)).all()
    scope_to(request.db, {context.organisation.code})
    return list(found)


def _state(request: Request, own: Collection[Mandate]) -> dict[str, str]:
    """What a person is here today: in office, if any seat is."""
    states = {office.state(one, request.today) for one in own}
    name = next(one for one in office.STATES if one in states)
    light, title = office.STATES[name]
    return {"light": light, "text": title}


def _actions(
    context: Organisation, request: Request, person: Person, here: str, *, sealed: bool
) -> list[dict[str, Any]]:
    found = []
    if person.erased_at is None:
        if request.has_permission("write", context):
            found.append({"title": _("Change"), "href": f"{here}/edit", "primary": True})
            if context.organisation.congress:
                found.append({"title": _("Add a seat"), "href": f"{here}/seat"})
        if sealed and request.has_permission("open", context):
            found.append({"title": _("Open in full"), "href": f"{here}/open"})
        if request.has_permission("publish", context):
            found.append({"title": _("Publication"), "href": f"{here}/public"})
        if request.has_permission("erase", context):
            found.append({"title": _("Erase"), "href": f"{here}/erase"})
    return found


def _facts(request: Request, person: Person, masked: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": kind.label,
            "value": masked.get(name)
            if name in SEALED
            else kind.show(getattr(person, name), request.translate),
            "kind": "text",
        }
        for name, kind in PERSON.items()
        if name != "name"
    ]


def _flags(request: Request, own: Collection[Mandate]) -> list[str]:
    found = flags.absences(request.db, request.context.organisation.code)
    told = _(
        "Absent from ${number} sessions of this congress without leave. If that is so, the law ends the "
        "seat (代表法第六十二条); people examine it and decide."
    )
    return [request.translate(_(told, mapping={"number": found[one.id]})) for one in own if one.id in found]


def _rows(request: Request, held: Collection[Mandate], here: str) -> list[dict[str, Any]]:
    place = request.context.organisation.code
    named = select(OrganisationRow.code, OrganisationRow.name).where(
        OrganisationRow.code.in_({one.organisation for one in held})
    )
    names = {row.code: row.name for row in request.db.execute(named)}
    found = []
    for one in held:
        light, title = office.STATES[office.state(one, request.today)]
        why = one.ended_because or one.suspended_because
        term = ordinal(TERM, one.term, request.translate)
        sign: dict[str, Any] = {"light": light, "text": title}
        if why:
            sign["note"] = reasons.said(why, request.translate)
        cells: list[Any] = [
            {"text": f"{names[one.organisation]} {term}"},
            one.seat,
            one.constituency or None,
            one.delegation or None,
            one.starts_on,
            one.ended_on,
            sign,
        ]
        if one.organisation == place:
            cells[0]["href"] = f"{here}/seats/{one.id}"
        if one.by_election:
            cells[0]["note"] = request.translate(_("By-election"))
        found.append({"cells": cells})
    return found


def _households(request: Request, person: Person) -> dict[str, Any]:
    place = request.context.organisation.code
    page = records(request.db, HOUSEHOLDS, place, ListQuery(filters={"deputy": str(person.id)}, size=500))
    path = request.route_path("register", org=place, type=HOUSEHOLDS.name)
    return {
        "columns": tables.columns(HOUSEHOLDS),
        "rows": tables.table_rows(HOUSEHOLDS, page, path, request.translate),
    }


def _timeline(request: Request, targets: Collection[str]) -> list[dict[str, Any]]:
    rows = request.db.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.detail, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.actor)
        .where(
            AuditEntry.organisation == request.context.organisation.code,
            AuditEntry.target.in_(targets),
            AuditEntry.action.in_(ACTS),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    return [
        {
            "when": local_minute(row.at),
            "title": ACTS[row.action],
            "who": row.name,
            "text": _told(request, json.loads(row.detail)),
            "light": "off",
        }
        for row in rows
    ]


def _told(request: Request, detail: Mapping[str, Any]) -> str:
    """What the trail says of an act, in words: its reason, purpose and decision, or the fields concerned."""
    labels = {name: kind.label for name, kind in {**SEAT, **PERSON}.items()}
    said = []
    if reason := detail.get("reason"):
        said.append(reasons.said(reason, request.translate))
    if purpose := detail.get("purpose"):
        said.append(request.translate(secrets.PURPOSES.get(purpose, purpose)))
    said += [str(detail[name]) for name in ("words", "day", "decision") if detail.get(name)]
    if not said:
        said += [request.translate(labels.get(name, name)) for name in detail.get("fields", ())]
    return "；".join(said)
