"""Which modules an organisation uses: all of them with their state, and each with what switching it means."""

from collections.abc import Iterable, Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda import migrate
from renda.declarations.modules import CORE
from renda.directory import modules, service
from renda.directory.consequences import foresee
from renda.directory.modules import OwnModules
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.plugins import Declared
from renda.types import Request
from renda.web.contexts import Organisation

OUTDATED = "outdated"
"""State of a module whose tables are older than what is installed, before all others."""

STATES: Mapping[str, tuple[str, str]] = {
    modules.REQUIRED: ("ok", _("Required")),
    modules.ENABLED: ("ok", _("Enabled")),
    modules.AVAILABLE: ("off", _("Can be enabled")),
    modules.FORBIDDEN: ("bad", _("Forbidden")),
    modules.BROKEN: ("warn", _("Broken")),
    modules.ABSENT: ("warn", _("Not installed")),
    modules.NOT_ALLOWED: ("off", _("Not for this body")),
    OUTDATED: ("warn", _("Can be upgraded")),
}
"""Light and words of what a module is to an organisation."""

ENABLE, DISABLE = "enable", "disable"
_DONE = {
    ENABLE: _("The module is enabled."),
    DISABLE: _("The module is disabled. Its data stay and return when it is enabled again."),
}


def listed(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every module with its state and the reason of it."""
    return {
        "modules": [
            {
                "title": _title(request, name),
                "summary": _summary(request, name),
                "href": _address(request, name),
                "state": _light(state),
                "why": _why(request, context.own_modules, name, state),
            }
            for name, state in _states(context, request).items()
        ]
    }


def _states(context: Organisation, request: Request) -> dict[str, str]:
    """What every module is to the organisation, by name."""
    connection = request.db.connection()
    outdated = {
        one.name: OUTDATED
        for one in request.registry.declared.components
        if one.name != CORE and migrate.pending(connection, one.name, one.package)
    }
    return dict(modules.overview(context.own_modules)) | outdated


def _title(request: Request, name: str) -> str:
    installed = request.registry.declared.modules
    return request.translate(installed[name].title) if name in installed else name


def _summary(request: Request, name: str) -> str:
    installed = request.registry.declared.modules
    return request.translate(installed[name].summary) if name in installed else ""


def _light(state: str) -> dict[str, str]:
    light, text = STATES[state]
    return {"light": light, "text": text}


def _why(request: Request, found: OwnModules, name: str, state: str) -> str:
    """Who or what makes a module's state, in one sentence; "" where it is the organisation's own choice."""
    rule = found.rules.get(name)
    if rule is not None:
        said = {"by": service.name_of(request.db, rule.by), "reason": rule.reason}
        word = (
            _("Forbidden by ${by}: ${reason}", mapping=said)
            if found.forbids(name)
            else _("Required by ${by}: ${reason}", mapping=said)
        )
        return " ".join([request.translate(word), _lack(request, found, name, state)]).strip()
    if name in found.fixed:
        return request.translate(_("The profile of this tier requires it."))
    return _lack(request, found, name, state)


def _lack(request: Request, found: OwnModules, name: str, state: str) -> str:
    if state == OUTDATED:
        return request.translate(
            _("Its tables are those of an earlier version. Ask the node's operator to run renda upgrade.")
        )
    if state == modules.ABSENT:
        return request.translate(_("This node does not have it. Ask the node's operator to install it."))
    if state == modules.NOT_ALLOWED:
        return request.translate(_("The profile of this tier does not allow it."))
    if state == modules.BROKEN:
        names = ", ".join(_title(request, one) for one in found.lacking(name))
        return request.translate(_(modules.LACKING, mapping={"names": names}))
    return ""


def shown(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One module: what it adds, what it needs, and what switching it now would change."""
    name, state = _named(context, request)
    found, installed = context.own_modules, request.registry.declared.modules
    action = DISABLE if name in found.in_use else ENABLE
    why = _why(request, found, name, state)
    obstacle = _obstacle(request, found, name, state, action)
    said = _DONE.get(request.GET.get("said", ""))
    return {
        "title": _title(request, name),
        "summary": _summary(request, name),
        "state": _light(state),
        "why": "" if obstacle else why,
        "adds": _adds(request, context, name),
        "needs": [_title(request, one) for one in installed[name].needs if one != CORE]
        if name in installed
        else [],
        "needed_by": [_title(request, one) for one in found.needing(name)],
        "action": action,
        "consequences": []
        if obstacle
        else foresee(
            request.db,
            context.organisation.code,
            name,
            enabling=action == ENABLE,
            say=request.translate,
        ),
        "obstacle": obstacle and (why or request.translate(obstacle)),
        "back": request.route_path("core.modules", org=context.organisation.code),
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def _named(context: Organisation, request: Request) -> tuple[str, str]:
    states = _states(context, request)
    name = request.matchdict["module"]
    if name not in states:
        raise NotFound
    return name, states[name]


def _obstacle(request: Request, found: OwnModules, name: str, state: str, action: str) -> str:
    if state == OUTDATED:
        return _lack(request, found, name, state)
    if name not in found.modules:
        return _("This node does not have it. Ask the node's operator to install it.")
    obstacle = service.obstacle_to_disabling if action == DISABLE else service.obstacle_to_enabling
    return obstacle(request.db, found, name)


def _adds(request: Request, context: Organisation, name: str) -> list[dict[str, Any]]:
    """What a module brings to this organisation, by kind; kinds of which it brings nothing are left out."""
    declared: Declared = request.registry.declared
    tier = context.organisation.tier
    kinds: Iterable[tuple[str, list[str]]] = (
        (_("Menu entries"), [entry.title for module, entry in declared.menu if module == name]),
        (
            _("Registers"),
            [one.title for one in declared.record_types.values() if one.module == name and not one.part_of],
        ),
        (
            _("Reports that it offers to this tier"),
            [one.title for one in declared.templates.values() if one.module == name and tier in one.tiers],
        ),
        (
            _("Figures"),
            [
                f"{code} {request.translate(one.title)}"
                for code, one in declared.indicators.items()
                if declared.module_of_indicator(code) == name
            ],
        ),
    )
    return [
        {"title": title, "names": [request.translate(one) for one in names]}
        for title, names in kinds
        if names
    ]


def switch(context: Organisation, request: Request) -> HTTPSeeOther:
    """Enable or disable a module from today on."""
    name, _state = _named(context, request)
    change = {ENABLE: service.enable, DISABLE: service.disable}.get(str(request.POST.get("do")))
    if change is None:
        raise Invalid({"do": _("A module is enabled or disabled.")})
    change(request.db, context.organisation.code, name, request.today, actor=context.reader.account)
    return HTTPSeeOther(_address(request, name, said=request.POST["do"]))


def _address(request: Request, name: str, **query: str) -> str:
    place = {"org": request.context.organisation.code, "module": name}
    address: str = request.route_path("core.module", **place, **({"_query": query} if query else {}))
    return address


def includeme(config: Configurator) -> None:
    """Mount the pages at `/o/{org}/m/core/modules`."""
    add, templates = config.add_page, "renda:web/templates/modules"
    one = "modules/{module}"
    add("modules", "modules", listed, "administer", renderer=f"{templates}/list.jinja2")
    add("module", one, shown, "administer", renderer=f"{templates}/module.jinja2")
    add("module", one, switch, "administer", request_method="POST")
