"""What a receipt code opens: how far the opinion is, the reply, the rating, and the receipt as a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import func, select

from renda.clock import local_day
from renda.errors import Conflict, Invalid, RendaError
from renda.i18n import _
from renda.records.models import TransitionLog
from renda.security.calls import TooOften
from renda.security.policy import EVERYONE
from renda.types import Request
from renda.web.downloads import download
from renda.web.errors import refuse
from renda_liaison import giving, limits
from renda_liaison.opinions import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    DECLINED,
    HANDLED,
    KINDS,
    RATINGS,
    RECEIVED,
    PublicOpinionItem,
)
from renda_liaison.strangers import BASE, FORMS, TEMPLATES, Place, own_form, typed

_LONGEST_TYPED = 60
STATES: Mapping[str, tuple[str, str]] = {
    RECEIVED: ("todo", _("Received, to be assigned")),
    ASSIGNED: ("busy", _("In handling")),
    ANSWERED: ("ok", _("Answered")),
    CLOSED: ("ok", _("Answered and closed")),
    DECLINED: ("bad", _("Not accepted")),
}
"""Light and words of a state, as whoever holds the code reads it."""


def show(context: Place, request: Request) -> dict[str, Any]:
    """The form that asks for the code."""
    return _page(context, request, "", {}, None)


def look(context: Place, request: Request) -> dict[str, Any]:
    """How far it is; with `rating` among what was sent, rate the reply first."""
    own_form(request)
    said = typed(request, "code", "rating")
    item = None
    try:
        limits.ask(request)
        item = giving.find(request.db, said["code"])
        if said["rating"]:
            giving.rate(request.db, item, said["rating"], now=request.now)
    except (Invalid, Conflict, TooOften) as error:
        refuse(request, error.status)
        return _page(context, request, said["code"], _errors(error), item)
    return _page(context, request, said["code"], {}, item)


def keep(context: Place, request: Request) -> Any:
    """The receipt as a small file of text, to be kept on the phone."""
    own_form(request)
    code = typed(request, "code")["code"]
    try:
        limits.ask(request)
        item = giving.find(request.db, code)
    except (Invalid, TooOften) as error:
        refuse(request, error.status)
        return _page(context, request, code, _errors(error), None)
    say = request.translate
    lines = (
        say(_("Receipt for an opinion to the deputies")),
        f"{item.place or context.name}　{item.received_on.isoformat()}",
        say(_("Receipt code: ${code}", mapping={"code": code})),
        say(
            _(
                "Progress and reply: ${address}",
                mapping={"address": request.route_url("liaison-progress", org=context.code)},
            )
        ),
        say(_("Whoever has the code can read the reply. Nobody can find it again for you.")),
    )
    content = "\ufeff" + "".join(f"{line}\r\n" for line in lines)
    name = say(_("Receipt")) + f"-{code[:4]}.txt"
    return download(content.encode(), name, plain="receipt.txt", media_type="text/plain")


def _errors(error: RendaError) -> Mapping[str, str]:
    return error.errors if isinstance(error, Invalid) else {"rating": error.message}


def _page(
    context: Place, request: Request, code: str, errors: Mapping[str, str], item: PublicOpinionItem | None
) -> dict[str, Any]:
    return {
        "place": context.name,
        "fields": [
            {
                "name": "code",
                "label": _("Receipt code"),
                "widget": "text",
                "value": code[:_LONGEST_TYPED],
                "required": True,
                "max_length": _LONGEST_TYPED,
                "autocomplete": "off",
                "help": _("Twenty letters and digits, with or without dashes."),
                "error": errors.get("code", ""),
            }
        ],
        "errors": errors,
        "found": _found(request, item, code) if item is not None else None,
    }


def _found(request: Request, item: PublicOpinionItem, code: str) -> dict[str, Any]:
    light, words = STATES[item.state]
    handled = item.state in HANDLED
    facts = [
        (_("Given on"), item.received_on.isoformat()),
        (_("Station or place"), item.place),
        (_("Kind"), request.translate(dict(KINDS)[item.kind]) if item.kind else None),
        (_("Handled by"), item.handler if item.state != RECEIVED else None),
        (_("Last step"), _last_step(request, item).isoformat()),
        (_("Reason"), giving.reason_of(request.db, item) or None),
        (_("Reply"), item.reply if handled else None),
        (_("Your rating"), request.translate(dict(RATINGS)[item.rating]) if item.rating else None),
    ]
    return {
        "light": light,
        "text": words,
        "facts": [
            {"label": label, "value": value, "kind": "paragraph"}
            for label, value in facts
            if value is not None
        ],
        "ratings": RATINGS if handled and item.rating is None else (),
        "code": code,
    }


def _last_step(request: Request, item: PublicOpinionItem) -> date:
    """The day of the last step, or of its coming: what the staff change in between is theirs."""
    last = request.db.scalar(select(func.max(TransitionLog.at)).where(TransitionLog.record == item.id))
    return local_day(last or item.created_at)


def includeme(config: Configurator) -> None:
    """Mount the page of progress, and the address that gives the receipt as a file."""
    renderer = f"{TEMPLATES}/progress.jinja2"
    open_to_all: dict[str, Any] = {"permission": EVERYONE, "renderer": renderer}
    config.add_route("liaison-progress", f"{BASE}/progress", factory=Place)
    config.add_route("liaison-receipt", f"{BASE}/receipt", factory=Place)
    progress = {"route_name": "liaison-progress", **open_to_all}
    config.add_view(show, request_method="GET", **progress)
    config.add_view(look, request_method="POST", **progress, **FORMS)
    config.add_view(keep, route_name="liaison-receipt", request_method="POST", **open_to_all, **FORMS)
