"""Handing practice packs on: what this body has, what came and waits for its decision, where it may go."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_minute
from renda.directory import service
from renda.errors import NotFound
from renda.i18n import _
from renda.packs import decisions, keeping
from renda.packs.declared import SHIPPED, Pack, is_made_by
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.packs import sharing
from renda_tiers.policies import deciding
from renda_tiers.reports import standings
from renda_tiers.web import links

SEND, PUBLISH = "send", "publish"
COLUMNS = [
    {"title": _("Practice pack")},
    {"title": _("Received from")},
    {"title": _("Handed on")},
    {"title": _("Hand on")},
]
REPORTED = "publish-report"
_NEW, _NEWER = _("To be enabled or declined"), _("New version")
_DONE = {
    decisions.KEEP: _("The pack stays in use."),
    decisions.DECLINE: _("The pack is not used here. A newer version is asked about again."),
    SEND: _("The pack is sent to the body above."),
    PUBLISH: _("The pack is published to all below."),
    REPORTED: _("The pack is published to all below, with its report."),
}


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The packs of this body, from whom they are, and links to hand them on."""
    code = context.organisation.code
    said = sharing.last_said(request.db, code)
    told = _DONE.get(request.GET.get("said", ""))
    return {
        "columns": COLUMNS,
        "rows": [_row(context, request, row, said.get(row.name)) for row in keeping.held(request.db, code)],
        "back": request.route_path("core.packs", org=code),
        "flashes": [{"light": "ok", "text": request.translate(told)}] if told else [],
    }


def _row(context: Organisation, request: Request, row: Any, said: Any) -> dict[str, Any]:
    code = context.organisation.code
    here = row.given_by == code
    return {
        "cells": [
            request.registry.declared.packs[row.name].module.title,
            request.translate(_("Installed here")) if here else service.name_of(request.db, row.given_by),
            local_minute(said) if said else None,
            {
                "text": request.translate(_("Send or publish")),
                "href": links.to(request, "pack", pack=row.name),
            },
        ]
    }


def look(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One pack, and what handing it on would do."""
    code, pack = context.organisation.code, _named(context, request)
    path = standings.ancestors_on(request.db, code, request.today)
    author = standings.ancestors_on(request.db, pack.author, request.today)
    ours = is_made_by(pack.name, code)
    ways = []
    if path[1:] and ours:
        above = {"name": service.name_of(request.db, path[1])}
        ways.append((SEND, _("Send to ${name}", mapping=above)))
    if deciding.has_children(request.db, code, request.today) and (pack.author == SHIPPED or code in author):
        ways.append((PUBLISH, _("Publish to all below")))
    return {
        "title": pack.module.title,
        "summary": pack.module.summary,
        "version": pack.version,
        "registers": [one.title for one in pack.record_types],
        "figures": [f"{one.title}：{one.definition}" for one in pack.indicators],
        "reports": [one.title for one in pack.templates],
        "is_ours": ours,
        "decision": _decision(context, request, pack),
        "ways": [(name, request.translate(text)) for name, text in ways],
        "back": links.to(request, "packs"),
    }


def _undecided(context: Organisation, request: Request) -> list[decisions.Undecided]:
    return decisions.undecided(request.db, context.organisation.code, context.own_modules)


def _decision(context: Organisation, request: Request, pack: Pack) -> dict[str, Any] | None:
    """What is to be decided on a pack that came, or None."""
    one = next((one for one in _undecided(context, request) if one.name == pack.name), None)
    return one and {
        "by": service.name_of(request.db, one.given_by),
        "version": one.version,
        "used": one.used,
        "module": request.route_path("core.module", org=context.organisation.code, module=one.name),
        "value": decisions.KEEP if one.used else decisions.DECLINE,
    }


def card(request: Request) -> Mapping[str, Any] | None:
    """The packs that came and on which nothing was decided, for those who may enable them."""
    titles = request.registry.declared.packs
    tasks = [
        {
            "what": titles[one.name].module.title,
            "from": service.name_of(request.db, one.given_by),
            "light": "off",
            "state": request.translate(_NEWER if one.used else _NEW),
            "href": links.to(request, "pack", pack=one.name),
        }
        for one in _undecided(request.context, request)
    ]
    return {"title": _("Practice packs"), "tasks": tasks} if tasks else None


def _named(context: Organisation, request: Request) -> Pack:
    return keeping.exported(request.db, context.organisation.code, request.matchdict["pack"])


def hand_on(context: Organisation, request: Request) -> HTTPSeeOther:
    """Sign it, and let it go; or say that it is used, or not."""
    pack, way = _named(context, request), str(request.POST.get("do"))
    who: dict[str, Any] = {"actor": context.reader.account, "now": request.now}
    if way in {decisions.KEEP, decisions.DECLINE}:
        decisions.decide(request.db, context.organisation.code, pack.name, keep=way == decisions.KEEP, **who)
        return HTTPSeeOther(links.to(request, "packs", {"said": way}))
    say = {SEND: sharing.send, PUBLISH: sharing.publish}.get(way)
    if say is None:
        raise NotFound
    say(request.db, context.organisation.code, pack.name, **who)
    done = REPORTED if way == PUBLISH and pack.templates else way
    return HTTPSeeOther(links.to(request, "packs", {"said": done}))
