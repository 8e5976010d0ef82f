"""The page on which the reader chooses what is sent to them outside these pages."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.i18n import _
from renda.notices import choices, sending
from renda.notices.choices import Choice, Choices
from renda.notices.kinds import KINDS
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The form, with what was chosen."""
    return _page(request, choices.of(request.db, context.reader.account), {})


def _page(request: Request, chosen: Choices, errors: Mapping[str, str]) -> dict[str, Any]:
    known = sending.channels(request.registry)
    start, end = chosen.quiet or ("", "")
    return {
        "channels": [
            {
                "name": name,
                "title": one.title,
                "field": {
                    "name": f"address-{name}",
                    "label": one.address,
                    "widget": "text",
                    "value": chosen.channels[name].address if name in chosen.channels else "",
                    "max_length": 254,
                    "error": errors.get(f"address-{name}"),
                },
                "wrong_kinds": errors.get(f"kinds-{name}"),
                "kinds": [
                    {
                        "name": kind,
                        "title": title,
                        "chosen": name not in chosen.channels or kind in chosen.channels[name].kinds,
                    }
                    for kind, title in KINDS.items()
                ],
            }
            for name, one in known.items()
        ],
        "quiet": [
            _hour("quiet_start", _("Quiet from"), start, errors.get("quiet_start")),
            _hour("quiet_end", _("Quiet until"), end, None),
        ],
        "errors": errors,
        "back": request.route_path("notices", org=request.context.organisation.code),
        "flashes": [{"light": "ok", "text": request.translate(_("Your choice is kept."))}]
        if "kept" in request.GET
        else [],
    }


def _hour(name: str, label: str, value: int | str, error: str | None) -> dict[str, Any]:
    hours = [(str(hour), f"{hour:02}:00") for hour in choices.HOURS]
    empty = _("No quiet hours")
    return {
        "name": name,
        "label": label,
        "widget": "choice",
        "choices": hours,
        "empty": empty,
        "value": str(value),
        "error": error,
    }


def keep(context: Organisation, request: Request) -> Any:
    """Keep what the form sent, or show it again with what is wrong in it."""
    wanted = Choices(_channels(request), _quiet(request))
    try:
        choices.choose(request.db, context.reader.account, wanted, now=request.now)
    except Invalid as error:
        refuse(request, error.status)
        return _page(request, wanted, error.errors)
    place = context.organisation.code
    return HTTPSeeOther(request.route_path("notice_choices", org=place, _query={"kept": 1}))


def _channels(request: Request) -> dict[str, Choice]:
    found = {}
    for name in sending.channels(request.registry):
        address = str(request.POST.get(f"address-{name}", "")).strip()
        if address:
            found[name] = Choice(address, frozenset(map(str, request.POST.getall(f"kinds-{name}"))))
    return found


def _quiet(request: Request) -> tuple[int, int] | None:
    typed = [str(request.POST.get(name, "")) for name in ("quiet_start", "quiet_end")]
    if not any(typed):
        return None
    start, end = (int(text) if text.isascii() and text.isdigit() else -1 for text in typed)
    return start, end


def includeme(config: Configurator) -> None:
    """Mount the page; who plays no role at the organisation does not get as far."""
    config.add_route("notice_choices", "/o/{org}/notices/choices", factory=Organisation)
    page = {
        "route_name": "notice_choices",
        "permission": SIGNED_IN,
        "renderer": "renda:web/templates/notices/choices.jinja2",
    }
    config.add_view(show, request_method="GET", **page)
    config.add_view(keep, request_method="POST", **page)
