"""The phone number of whoever gave an opinion: opened for a purpose that is written down, or deleted.

A masked field that is left empty in a form stays as it is, so that deleting needs a button of its own
(个人信息保护法, art. 47).
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from renda.deputies.secrets import WORDS
from renda.errors import Invalid
from renda.i18n import _
from renda.records import engine
from renda.records.forms import control
from renda.records.kinds import Choice, Rejected
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_liaison.opinions import OPINIONS, PublicOpinionItem
from renda_liaison.strangers import TEMPLATES, typed

PURPOSES: Mapping[str, str] = {
    "ask": _("Asking what is meant"),
    "reply": _("Telling the reply"),
    "request": _("Their own request to see or correct it"),
    "inquiry": _("An inquiry or audit"),
}
"""What a number may be opened for."""
_FIELDS = {"purpose": Choice(_("Purpose"), choices=tuple(PURPOSES.items())), "words": WORDS}


def ask(context: Organisation, request: Request) -> dict[str, Any]:
    """The form that asks what for."""
    return _page(context, request, _item(context, request), {}, {})


def act(context: Organisation, request: Request) -> dict[str, Any]:
    """The number in full, on this answer alone, which the audit trail keeps; or the page without a number."""
    if request.POST.get("do") == "delete":
        item = _item(context, request)
        who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
        engine.update(request.db, OPINIONS, item, {"phone": None}, lock=item.lock, **who)
        return _page(context, request, item, {}, {})
    return _show(context, request)


def _show(context: Organisation, request: Request) -> dict[str, Any]:
    item, said, errors, purpose = _item(context, request), typed(request, *_FIELDS), {}, {}
    for name, what in _FIELDS.items():
        try:
            purpose[name] = what.clean(said[name])
        except Rejected as error:
            errors[name] = error.message
    if errors:
        refuse(request, Invalid.status)
        return _page(context, request, item, said, errors)
    if item.phone is not None:
        who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
        engine.log(request.db, OPINIONS, [item], "open_phone", {"fields": ["phone"], **purpose}, **who)
    return _page(context, request, item, {}, {}, number=item.phone)


def _item(context: Organisation, request: Request) -> PublicOpinionItem:
    found = engine.find(request.db, OPINIONS, context.organisation.code, request.matchdict["opinion"])
    assert isinstance(found, PublicOpinionItem)  # noqa: S101 - the type's own class
    return found


def _page(
    context: Organisation,
    request: Request,
    item: PublicOpinionItem,
    said: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    number: str | None = None,
) -> dict[str, Any]:
    register = request.route_path("register", org=context.organisation.code, type=OPINIONS.name)
    return {
        "back": {"title": item.subject, "href": f"{register}/{item.id}"},
        "number": number,
        "nothing": item.phone is None,
        "fields": [
            control(name, what, said.get(name, ""), errors.get(name, "")) for name, what in _FIELDS.items()
        ],
        "errors": errors,
    }


def includeme(config: Configurator) -> None:
    """Mount the page."""
    pattern, renderer = "opinions/{opinion:[0-9a-f-]{36}}/phone", f"{TEMPLATES}/phone.jinja2"
    config.add_page("phone", pattern, ask, "open", renderer=renderer)
    config.add_page("phone", pattern, act, "open", renderer=renderer, request_method="POST", judges_text=True)
