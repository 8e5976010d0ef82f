"""Pages of two-step verification: the second step of a sign-in, and where a reader turns it on and off."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.declarations import Message
from renda.i18n import _
from renda.security import half_way, second_factor, second_step, sessions, totp
from renda.security.errors import SignInLocked, SignInNeeded, SignInRefused
from renda.security.models import Account
from renda.security.policy import EVERYONE, SIGNED_IN
from renda.security.vault import CannotUnseal
from renda.types import Request
from renda.web.addresses import local_path
from renda.web.entrance import TEMPLATES, Page, below_root, lead_on, let_in, sent

try:
    import segno
except ModuleNotFoundError:  # The key as text is enough.
    segno = None  # type: ignore[assignment]

_TITLE = _("Two-step verification")
_GROUP = 4
_LONGEST_DOMAIN = 253
"""Of the Domain Name System; a browser may say anything, and a QR code does not hold everything."""
_TURN_ON = {"label": _("Turn on"), "kind": "primary"}
_SIGN_IN = {"label": _("Sign in"), "kind": "primary"}
_CODE: Mapping[str, Any] = {
    "name": "code",
    "label": _("One-time code"),
    "widget": "text",
    "required": True,
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "max_length": 40,
}
_APP_OR_RECOVERY: Mapping[str, Any] = {
    **_CODE,
    "help": _("The six digits that the app on your phone shows now; without the phone, a recovery code."),
}
_PASSWORD: Mapping[str, Any] = {
    "name": "password",
    "label": _("Password"),
    "widget": "password",
    "required": True,
    "autocomplete": "current-password",
}


def code_form(request: Request) -> Page:
    """The second step of a sign-in; who is not half-way in, or no more, begins with the first."""
    account = _half_way_in(request)
    if account is None:
        return _to_sign_in(request)
    following = local_path(request.GET.get("next", ""))
    return _step_page(request, account, following)


def give_code(request: Request) -> Page:
    """Take the code and begin a session; or, from who must have a second factor and has none, set it up."""
    account = _half_way_in(request)
    if account is None:
        return _to_sign_in(request)
    following = local_path(sent(request, "next"))
    how: dict[str, Any] = {"address": request.remote_addr or "", "now": request.now}
    sealed, typed = _sealed(request, account), sent(request, "code")
    try:
        if second_factor.find(request.db, account.id) is not None:
            return lead_on(request, second_step.give_code(request.db, account, typed, **how), following)
        token, codes = second_step.set_up(request.db, account, sealed, typed, **how)
    except (SignInRefused, SignInLocked) as refusal:
        request.response.status_int = refusal.status
        return _step_page(request, account, following, sealed, {"code": refusal.message})
    request.response.headerlist.extend(let_in(request, token))
    return _codes_page(codes, below_root(request, following))


def _half_way_in(request: Request) -> Account | None:
    ticket = request.cookies.get(half_way.ticket_name(request.registry), "")
    return half_way.find(request.db, ticket, request.now)


def _to_sign_in(request: Request) -> HTTPSeeOther:
    return HTTPSeeOther(f"{request.script_name}/sign-in")


def _step_page(
    request: Request,
    account: Account,
    following: str,
    sealed: bytes | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    following_field: Mapping[str, Any] = {"name": "next", "widget": "hidden", "value": following}
    again = [{"title": _("Sign in anew"), "href": f"{request.script_name}/sign-in", "primary": False}]
    if second_factor.find(request.db, account.id) is not None:
        fields = [_APP_OR_RECOVERY, following_field]
        return _page(_TITLE, [], fields, errors, submit=_SIGN_IN, links=again)
    sealed = sealed or second_factor.offered(request.db, account.id)
    said = [_("Your role needs a second step at sign-in. Set it up now; nothing else opens before.")]
    fields = [_CODE, following_field, _sealed_field(sealed)]
    offer = _offer(request, account, sealed)
    return _page(_TITLE, said, fields, errors, submit=_TURN_ON, links=again, offer=offer)


def own_form(request: Request) -> Page:
    """Where a reader turns it on, or off."""
    return _own_page(request, _reader(request)[0])


def change_own(request: Request) -> Page:
    """Turn it on and show the recovery codes once; or turn it off, and begin a new session."""
    account, key = _reader(request)
    how: dict[str, Any] = {
        "password": sent(request, "password"),
        "typed": sent(request, "code"),
        "address": request.remote_addr or "",
        "now": request.now,
    }
    sealed = _sealed(request, account) if "sealed" in request.POST else None
    try:
        if sealed is None:
            return lead_on(request, second_step.turn_off(request.db, account, **how), "/two-step")
        codes = second_step.turn_on(request.db, account, sealed, here=key, **how)
    except (SignInRefused, SignInLocked) as refusal:
        request.response.status_int = refusal.status
        return _own_page(request, account, sealed, {"code": refusal.message})
    return _codes_page(codes, f"{request.script_name}/two-step")


def _reader(request: Request) -> tuple[Account, bytes]:
    """The reader's account and the key of this session."""
    current = sessions.current(request)
    if current is None:
        raise SignInNeeded
    return request.db.get_one(Account, current.identity.account), current.key


def _own_page(
    request: Request,
    account: Account,
    sealed: bytes | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    if second_factor.find(request.db, account.id) is not None:
        left = second_factor.codes_left(request.db, account.id)
        said = [
            _("It is on: signing in takes your password and a code of the app on your phone."),
            _("Recovery codes that are left: ${count}.", mapping={"count": left}),
            _("For a new phone or new recovery codes, turn it off and on again."),
        ]
        off = {"label": _("Turn off"), "kind": "danger"}
        return _page(_TITLE, said, [_PASSWORD, _APP_OR_RECOVERY], errors, submit=off)
    sealed = sealed or second_factor.offered(request.db, account.id)
    said = [_("It is off. Once it is on, a stolen password alone lets nobody in.")]
    fields = [_PASSWORD, _CODE, _sealed_field(sealed)]
    return _page(_TITLE, said, fields, errors, submit=_TURN_ON, offer=_offer(request, account, sealed))


def _codes_page(codes: Sequence[str], on: str) -> Page:
    said = [
        _("Two-step verification is on. Without your phone, each of these recovery codes lets you in once."),
        _("They are shown only now. Print them or write them down, and keep them apart from the phone."),
    ]
    links = [{"title": _("I have kept them"), "href": on, "primary": True}]
    return _page(_("Your recovery codes"), said, [], None, codes=codes, links=links)


def _page(
    title: Message,
    said: Sequence[Message],
    fields: Sequence[Mapping[str, Any]],
    errors: Mapping[str, Message] | None,
    **more: Any,
) -> Page:
    wrong = errors or {}
    drawn = [{**one, "error": wrong.get(one["name"])} for one in fields]
    nothing: dict[str, Any] = {"offer": None, "codes": (), "links": (), "submit": None}
    return {**nothing, "title": title, "said": said, "fields": drawn, "errors": wrong, **more}


def _sealed_field(sealed: bytes) -> Mapping[str, Any]:
    return {"name": "sealed", "widget": "hidden", "value": base64.urlsafe_b64encode(sealed).decode()}


def _sealed(request: Request, account: Account) -> bytes:
    """The secret that the form was made with; a new one where it was tampered with, which fits no code."""
    try:
        sealed = base64.urlsafe_b64decode(sent(request, "sealed"))
        second_factor.secret_of(request.db, account.id, sealed)
    except (binascii.Error, ValueError, CannotUnseal):
        return second_factor.offered(request.db, account.id)
    return sealed


def _offer(request: Request, account: Account, sealed: bytes) -> Mapping[str, Any]:
    secret = second_factor.secret_of(request.db, account.id, sealed)
    issuer = request.translate(_("People's congress work platform"))
    address = totp.address(secret, issuer=issuer, label=f"{account.login}@{request.domain[:_LONGEST_DOMAIN]}")
    spelt = totp.spelt(secret)
    groups = [spelt[start : start + _GROUP] for start in range(0, len(spelt), _GROUP)]
    return {"address": address, "groups": groups, "qr": drawn(address)}


def drawn(address: str) -> Markup | None:
    """A QR code as SVG, black on white in every colour scheme; None where the library is not installed."""
    if segno is None:
        return None
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=4, light="white", svgclass=None, lineclass=None))  # noqa: S704 - made of squares


def includeme(config: Configurator) -> None:
    """Mount both pages."""
    pages = (
        ("sign-in-code", "/sign-in/code", EVERYONE, {"GET": code_form, "POST": give_code}),
        ("two-step", "/two-step", SIGNED_IN, {"GET": own_form, "POST": change_own}),
    )
    for name, pattern, permission, views in pages:
        config.add_route(name, pattern)
        for method, view in views.items():
            config.add_view(
                view,
                route_name=name,
                request_method=method,
                permission=permission,
                renderer=f"{TEMPLATES}/two_step.jinja2",
            )
