"""The page on which an organisation's administrator registers and closes its webhooks."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_minute
from renda.errors import Conflict, Invalid
from renda.i18n import _, thaw
from renda.records import forms
from renda.records.fields import Text
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda.webhooks import registering
from renda.webhooks.registering import TOPICS

_ADDRESS = Text(_("Address"), help=_("Where calls go; it begins with https://."), max_length=500)


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The organisation's webhooks, and the form of a new one."""
    return _page(context, request)


def register(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Register a webhook, whose secret is shown on this one page alone."""
    address, topics = request.POST.get("address", ""), request.POST.getall("topics")
    try:
        _made, secret = registering.register(
            request.db,
            account=context.reader.account,
            organisation=context.organisation.code,
            address=address,
            topics=topics,
            hosts=request.registry.values["webhook_hosts"],
            now=request.now,
        )
    except (Invalid, Conflict) as error:
        refuse(request, error.status)
        errors = error.errors if isinstance(error, Invalid) else {"": error.message}
        return _page(context, request, address=address, topics=topics, errors=errors)
    return {**_page(context, request), "made": secret}


def close(context: Organisation, request: Request) -> HTTPSeeOther:
    """Close one of the organisation's webhooks."""
    place = context.organisation.code
    registering.close(
        request.db, place, request.matchdict["webhook"], now=request.now, actor=context.reader.account
    )
    return HTTPSeeOther(request.route_path("core.webhooks", org=place))


def _page(
    context: Organisation,
    request: Request,
    *,
    address: str = "",
    topics: list[str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    place, wrong = context.organisation.code, errors or {}
    return {
        "title": _("Webhooks"),
        "made": "",
        "errors": wrong,
        "fields": [forms.control("address", _ADDRESS, address, wrong.get("address", ""))],
        "topics": [
            {"name": name, "title": title, "chosen": name in (topics or ())} for name, title in TOPICS.items()
        ],
        "wrong_topics": wrong.get("topics"),
        "hosts": request.registry.values["webhook_hosts"],
        "webhooks": [
            {
                "address": one.address,
                "topics": [TOPICS[name] for name in one.topics.split() if name in TOPICS],
                "told_at": local_minute(one.told_at) if one.told_at else None,
                "failing_since": local_minute(one.failing_since) if one.failing_since else None,
                "trouble": thaw(one.trouble) if one.trouble else "",
                "close": request.route_path("core.webhook", org=place, webhook=one.id),
            }
            for one in registering.listed(request.db, place)
        ],
        "action": request.route_path("core.webhooks", org=place),
    }


def includeme(config: Configurator) -> None:
    """Mount the page at `/o/{org}/m/core/webhooks`, for those who administer an organisation."""
    add, template = config.add_page, "renda:web/templates/api/webhooks.jinja2"
    add("webhooks", "webhooks", show, "administer", renderer=template)
    add("webhooks", "webhooks", register, "administer", request_method="POST", renderer=template)
    add("webhook", "webhooks/{webhook}/close", close, "administer", request_method="POST")
