"""Deputies' groups: what there is, with its members, and a new one."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from renda.deputies.fields import cleaned
from renda.directory.models import DeputyGroup, GroupMember, Mandate
from renda.directory.office import held
from renda.errors import Invalid
from renda.i18n import _
from renda.records.forms import control
from renda.records.kinds import Field, Text
from renda.records.quantities import Day
from renda.security import audit
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

TEMPLATE = "renda:deputies/templates/groups.jinja2"
_FIELDS: Mapping[str, Field] = {
    "name": Text(_("Name of the group"), max_length=60),
    "starts_on": Day(_("Starts on")),
}
_THERE = _("There is a group of this name.")


def _counted(session: Session, organisation: str, today: Any) -> list[tuple[str, str, Any, int]]:
    """Id, name, first day and number of members in office of every group at work."""
    in_office = and_(
        Mandate.person == GroupMember.person,
        Mandate.organisation == DeputyGroup.organisation,
        held(today),
    )
    number = func.count(Mandate.person.distinct())
    rows = session.execute(
        select(DeputyGroup.id, DeputyGroup.name, DeputyGroup.starts_on, number.label("members"))
        .outerjoin(GroupMember, GroupMember.group == DeputyGroup.id)
        .outerjoin(Mandate, in_office)
        .where(DeputyGroup.organisation == organisation, DeputyGroup.ended_on.is_(None))
        .group_by(DeputyGroup.id, DeputyGroup.name, DeputyGroup.starts_on)
        .order_by(DeputyGroup.name)
    )
    return [(str(row.id), row.name, row.starts_on, row.members) for row in rows]


def listed(context: Organisation, request: Request) -> dict[str, Any]:
    """Every group with its number of members."""
    return _page(context, request, {"starts_on": request.today.isoformat()}, {})


def _page(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    place = context.organisation.code
    deputies = request.route_path("core.deputies", org=place)
    may_write = request.has_permission("write", context)
    return {
        "back": {"title": _("Deputies"), "href": deputies},
        "rows": [
            {"cells": [{"text": name, "href": f"{deputies}?group={one}"}, since, members]}
            for one, name, since, members in _counted(request.db, place, request.today)
        ],
        "fields": [
            control(name, kind, typed.get(name, ""), errors.get(name, "")) for name, kind in _FIELDS.items()
        ]
        if may_write
        else [],
        "errors": errors,
    }


def add(context: Organisation, request: Request) -> Any:
    """A new group; a deputy joins it on the form of the seat, or by a roster."""
    place, typed = context.organisation.code, {name: str(request.POST.get(name, "")) for name in _FIELDS}
    try:
        values = cleaned(_FIELDS, typed, _FIELDS)
        _require_new(request.db, place, values["name"])
    except Invalid as error:
        refuse(request, error.status)
        return _page(context, request, typed, error.errors)
    group = DeputyGroup(organisation=place, **values)
    request.db.add(group)
    request.db.flush()
    audit.record(
        request.db,
        actor=context.reader.account,
        organisation=place,
        action="group.add",
        target=group.id,
        now=request.now,
        detail={"name": group.name},
    )
    return HTTPSeeOther(request.route_path("core.groups", org=place))


def _require_new(session: Session, organisation: str, name: str) -> None:
    there = select(DeputyGroup.id).where(
        DeputyGroup.organisation == organisation,
        DeputyGroup.name == name,
        DeputyGroup.ended_on.is_(None),
    )
    if session.scalar(there) is not None:
        raise Invalid({"name": _THERE})


def includeme(config: Configurator) -> None:
    """Mount the page."""
    config.add_page("groups", "groups", listed, "read", renderer=TEMPLATE)
    config.add_page(
        "groups", "groups", add, "write", renderer=TEMPLATE, request_method="POST", judges_text=True
    )
