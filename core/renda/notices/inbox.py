"""The inbox: what the reader was told, at all organisations where they have a part, the latest first."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select

from renda.clock import local_minute
from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _, thaw
from renda.notices import sending, telling
from renda.notices.kinds import KINDS, LIGHTS
from renda.notices.models import Delivery, Notice
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation

PAGE = 50
ALL = "all"
_MOST_PAGES = 100_000
COLUMNS = [
    {"title": _("Matter")},
    {"title": _("Kind")},
    {"title": _("Organisation")},
    {"title": _("Time")},
    {"title": _("Sent by")},
]


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One page of the notices, those that nobody has read or all."""
    everything = request.GET.get("show") == ALL
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number[:9]) < _MOST_PAGES else 1
    wanted = [Notice.account == context.reader.account]
    if not everything:
        wanted.append(Notice.read_at.is_(None))
    total = request.db.scalar(select(func.count()).select_from(Notice).where(*wanted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    rows = request.db.execute(
        select(Notice, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == Notice.organisation)
        .where(*wanted)
        .order_by(Notice.at.desc(), Notice.id.desc())
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    ).all()
    sent = _deliveries(request, [one.id for one, _name in rows])

    def at(number: int) -> str | None:
        query = {"show": ALL if everything else "", "page": number}
        return _address(request, query) if 1 <= number <= pages else None

    return {
        "tabs": [
            {
                "title": _("Unread"),
                "href": _address(request),
                "current": not everything,
                "count": context.unread,
            },
            {"title": _("All"), "href": _address(request, {"show": ALL}), "current": everything},
        ],
        "columns": COLUMNS,
        "rows": [_row(request, one, name, sent.get(one.id, ())) for one, name in rows],
        "unread": context.unread,
        "pager": {
            "total": total,
            "page": page,
            "pages": pages,
            "previous": at(page - 1),
            "next": at(page + 1),
        },
        "choices": request.route_path("notice_choices", org=context.organisation.code),
    }


def _address(request: Request, query: Mapping[str, Any] | None = None) -> str:
    kept = {name: value for name, value in (query or {}).items() if value}
    more = {"_query": kept} if kept else {}
    address: str = request.route_path("notices", org=request.context.organisation.code, **more)
    return address


def _deliveries(request: Request, notices: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Delivery]]:
    found: dict[uuid.UUID, list[Delivery]] = {}
    rows = select(Delivery).where(Delivery.notice.in_(notices)).order_by(Delivery.channel)
    for one in request.db.scalars(rows):
        found.setdefault(one.notice, []).append(one)
    return found


def _row(request: Request, one: Notice, name: str, sent: Sequence[Delivery]) -> dict[str, Any]:
    translate, channels = request.translate, request.registry.declared.channels
    ways = []
    for way in sent:
        title = channels[way.channel].title if way.channel in channels else way.channel
        ways.append(f"{translate(title)} {translate(sending.STATES[way.state][1])}")
    failed = any(way.state == sending.FAILED for way in sent)
    # Who plays no part there any more would be told that there is no such page.
    open_to_reader = request.context.reader.plays_at(one.organisation)
    address = f"{request.script_name}/o/{one.organisation}/{one.path}"
    return {
        "select": str(one.id) if one.read_at is None else None,
        "cells": [
            {
                "text": translate(thaw(one.title)),
                "href": address if open_to_reader else None,
            },
            {"light": LIGHTS.get(one.kind, "busy"), "text": KINDS.get(one.kind, one.kind)},
            name,
            local_minute(one.at),
            {"text": "、".join(ways) or None, "light": "bad" if failed else None},
        ],
    }


def read(context: Organisation, request: Request) -> HTTPSeeOther:
    """Mark the ticked notices as read, or all."""
    marked = None if request.POST.get("do") == ALL else list(_ids(request.POST.getall("notice")))
    telling.mark_read(request.db, context.reader.account, marked, request.now)
    return HTTPSeeOther(_address(request))


def _ids(texts: Sequence[Any]) -> Sequence[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except (ValueError, AttributeError, TypeError):
            continue
    return found


def includeme(config: Configurator) -> None:
    """Mount the page; who plays no role at the organisation does not get as far."""
    config.add_route("notices", "/o/{org}/notices", factory=Organisation)
    template = "renda:web/templates/notices/inbox.jinja2"
    config.add_view(show, route_name="notices", request_method="GET", permission=SIGNED_IN, renderer=template)
    config.add_view(read, route_name="notices", request_method="POST", permission=SIGNED_IN)
