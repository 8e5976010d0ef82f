"""The page on which the owner of an account makes and closes the tokens of their programs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_day, local_minute
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.fields import Day, Rejected, Text
from renda.records.forms import control
from renda.security import tokens
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

USUAL = timedelta(days=90)
"""For how long a token is good where nobody says otherwise."""

VERBS: Mapping[str, str] = {
    "read": _("look at it"),
    "write": _("enter and change"),
    "decide": _("decide"),
}
"""What the verbs that the interface asks for are called."""

_NAME = Text(_("Name of the token"), _("What uses it, such as the name of a program."), max_length=64)
_LAST_DAY = Day(_("Last day"))


def last_day(text: object) -> datetime:
    """When a token ends whose last day a person has typed.

    Raises:
        Invalid: it is no day.
    """
    try:
        return tokens.end_of(_LAST_DAY.clean(text))
    except Rejected as error:
        raise Invalid({"expires_on": error.message}) from None


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The reader's tokens at this organisation, and the form of a new one."""
    return _page(context, request, {}, {})


def add(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Make a token, which is shown on this one page alone."""
    typed = {
        "name": request.POST.get("name", ""),
        "expires_on": request.POST.get("expires_on", ""),
        "permissions": request.POST.getall("permissions"),
    }
    try:
        _made, text = tokens.issue(
            request.db,
            account=context.reader.account,
            organisation=context.organisation.code,
            name=str(typed["name"]),
            permissions=[str(one) for one in typed["permissions"]],
            held=context.permissions,
            expires_at=last_day(typed["expires_on"]),
            now=request.now,
            actor=context.reader.account,
        )
    except (Invalid, Conflict) as error:
        refuse(request, error.status)
        errors = error.errors if isinstance(error, Invalid) else {"": error.message}
        return _page(context, request, typed, errors)
    return {**_page(context, request, {}, {}), "made": text}


def close(context: Organisation, request: Request) -> HTTPSeeOther:
    """Close one of the reader's tokens."""
    who = context.reader.account
    tokens.close(request.db, request.matchdict["token"], owner=who, now=request.now, actor=who)
    return HTTPSeeOther(request.route_path("tokens", org=context.organisation.code))


def _page(
    context: Organisation, request: Request, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, Any]:
    place = context.organisation.code
    usual = (request.today + USUAL).isoformat()
    return {
        "title": _("Tokens for programs"),
        "made": "",
        "errors": errors,
        "fields": [
            control("name", _NAME, typed.get("name", ""), errors.get("name", "")),
            control("expires_on", _LAST_DAY, typed.get("expires_on", usual), errors.get("expires_on", "")),
        ],
        "permissions": [
            {"name": one, "title": _title(request, one), "chosen": one in typed.get("permissions", ())}
            for one in sorted(context.permissions)
            if one.rpartition(":")[2] in _asked(request)
        ],
        "wrong_permissions": errors.get("permissions"),
        "tokens": [
            {
                "name": one.name,
                "permissions": [_title(request, permission) for permission in one.permissions.split()],
                "last_day": local_day(one.expires_at - timedelta(seconds=1)).isoformat(),
                "over": one.expires_at <= request.now,
                "used_at": local_minute(one.used_at) if one.used_at else None,
                "close": request.route_path("token", org=place, token=one.id),
            }
            for one in tokens.listed(request.db, context.reader.account, place)
        ],
        "action": request.route_path("tokens", org=place),
        "document": request.route_path("api"),
    }


def _asked(request: Request) -> set[str]:
    """The verbs that the interface asks for; a token has no use for any other."""
    types = request.registry.declared.record_types.values()
    return {"read", "write"} | {step.verb for kind in types for step in kind.workflow.transitions}


def _title(request: Request, permission: str) -> str:
    """A permission in words: of which module, and what; of a module that is gone its name."""
    name, _colon, verb = permission.partition(":")
    modules = request.registry.declared.modules
    module = modules[name].title if name in modules else name
    said = _("${module}: ${verb}", mapping={"module": module, "verb": VERBS.get(verb, verb)})
    return request.translate(said)


def includeme(config: Configurator) -> None:
    """Mount the page; who plays no role at the organisation does not get as far."""
    config.add_route("tokens", "/o/{org}/tokens", factory=Organisation)
    config.add_route("token", "/o/{org}/tokens/{token}/close", factory=Organisation)
    page = {"permission": SIGNED_IN, "renderer": "renda:web/templates/api/tokens.jinja2"}
    config.add_view(show, route_name="tokens", request_method="GET", **page)
    config.add_view(add, route_name="tokens", request_method="POST", **page)
    config.add_view(close, route_name="token", request_method="POST", permission=SIGNED_IN)
