"""Pages for coming in and going out, for one's password, and for one's language."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.security import forget, remember

from renda.errors import Invalid
from renda.i18n import LOCALES, _
from renda.security import entrance, half_way, sessions
from renda.security.errors import SignInLocked, SignInRefused
from renda.security.policy import EVERYONE, SIGNED_IN
from renda.types import Request
from renda.web.addresses import local_path
from renda.web.shell import language_cookie
from renda.web.static import YEAR

TEMPLATES = "renda:web/templates"

Page: TypeAlias = Mapping[str, Any] | Response


def sent(request: Request, name: str) -> str:
    """A text that a form sent, or "" where it sent none."""
    value = request.POST.get(name, "")
    return value if isinstance(value, str) else ""


def sign_in_form(request: Request) -> Page:
    """The sign-in form; who is signed in already is led on."""
    following = local_path(request.GET.get("next", ""))
    if request.reader is not None:
        return HTTPSeeOther(request.script_name + following)
    return _sign_in_page(request, "", following)


def sign_in(request: Request) -> Page:
    """Begin a session and lead to the page that was asked for."""
    login, following = sent(request, "login"), local_path(sent(request, "next"))
    try:
        found = entrance.sign_in(
            request.db,
            login=login,
            password=sent(request, "password"),
            address=request.remote_addr or "",
            now=request.now,
        )
    except (SignInRefused, SignInLocked) as refusal:
        request.response.status_int = refusal.status
        return _sign_in_page(request, login, following, refusal.message)
    return lead_on(request, found, following)


def _sign_in_page(request: Request, login: str, following: str, error: str | None = None) -> Page:
    return {
        "action": None,
        "ended": request.method == "GET" and "ended" in request.GET,
        "login": login,
        "next": following,
        "error": error,
        "providers": [],
        "first_time": f"{request.script_name}/first-sign-in",
    }


def lead_on(request: Request, found: str | entrance.Ticket, following: str = "/") -> Response:
    """Hand out what was found: a session's token; or a ticket, with which the second step comes next."""
    if isinstance(found, str):
        return HTTPSeeOther(below_root(request, following), headers=let_in(request, found))
    query = {} if following == "/" else {"next": following}
    response = HTTPSeeOther(request.route_path("sign-in-code", _query=query))
    _keep_ticket(request, response, found.text, half_way.LASTS)
    return response


def let_in(request: Request, token: str) -> list[tuple[str, str]]:
    """Headers that hand out a session's token and take the ticket back; what this browser had before ends."""
    before = sessions.current(request)
    if before is not None:
        sessions.close_session(request.db, before.key, request.now)
    taken_back = Response()
    if half_way.ticket_name(request.registry) in request.cookies:
        _keep_ticket(request, taken_back, "", timedelta(0))
    cookies = (("Set-Cookie", one) for one in taken_back.headers.getall("Set-Cookie"))
    return [*remember(request, token), *cookies]


def _keep_ticket(request: Request, response: Response, ticket: str, lasts: timedelta) -> None:
    name, options = half_way.ticket_name(request.registry), sessions.cookie_options(request.registry)
    response.set_cookie(name, ticket, max_age=lasts, **options)


def below_root(request: Request, path: str) -> str:
    """A path of ours as a browser has to ask for it, where the application is mounted below another path."""
    root = request.script_name
    return path if root and path.startswith(f"{root}/") else root + path


def sign_out(request: Request) -> Response:
    """End the session on the server, and empty what the browser kept."""
    current = sessions.current(request)
    if current is not None:
        entrance.sign_out(request.db, current, request.now)
    response = HTTPSeeOther(f"{request.script_name}/sign-in", headers=forget(request))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


_CODE_FIELDS = (
    ("login", _("Account"), "text", "username"),
    ("code", _("Sign-in code"), "text", "one-time-code"),
    ("password", _("New password"), "password", "new-password"),
)
_PASSWORD_FIELDS = (
    ("old", _("Old password"), "password", "current-password"),
    ("new", _("New password"), "password", "new-password"),
)


def _form(
    title: str, fields: tuple[tuple[str, str, str, str], ...], request: Request, errors: Mapping[str, str]
) -> Page:
    return {
        "title": title,
        "back": None,
        "fields": [
            {
                "name": name,
                "label": label,
                "widget": widget,
                "autocomplete": autocomplete,
                "required": True,
                "value": sent(request, name) if widget == "text" and request.method == "POST" else "",
                "error": errors.get(name),
            }
            for name, label, widget, autocomplete in fields
        ],
        "errors": errors,
        "action": None,
        "cancel_href": f"{request.script_name}/",
        "submit": None,
    }


def first_sign_in_form(request: Request) -> Page:
    """Where the owner of a one-time code chooses a password."""
    return _form(_("Choose your password"), _CODE_FIELDS, request, {})


def first_sign_in(request: Request) -> Page:
    """Take the code, keep the password, and begin a session."""

    def act() -> str | entrance.Ticket:
        return entrance.redeem_code(
            request.db,
            login=sent(request, "login"),
            code=sent(request, "code"),
            password=sent(request, "password"),
            address=request.remote_addr or "",
            now=request.now,
        )

    return _answered(request, act, _("Choose your password"), _CODE_FIELDS)


def password_form(request: Request) -> Page:
    """Where a reader changes their password."""
    return _form(_("Change your password"), _PASSWORD_FIELDS, request, {})


def change_password(request: Request) -> Page:
    """Replace the reader's password; only this browser stays signed in."""
    current = sessions.current(request)

    def act() -> str:
        if current is None:
            raise SignInRefused
        return entrance.change_password(
            request.db,
            account_id=current.identity.account,
            old=sent(request, "old"),
            new=sent(request, "new"),
            address=request.remote_addr or "",
            now=request.now,
        )

    return _answered(request, act, _("Change your password"), _PASSWORD_FIELDS)


def _answered(
    request: Request,
    act: Callable[[], str | entrance.Ticket],
    title: str,
    fields: tuple[tuple[str, str, str, str], ...],
) -> Page:
    try:
        return lead_on(request, act())
    except Invalid as refusal:
        errors, status = refusal.errors, refusal.status
    except (SignInRefused, SignInLocked) as refusal:
        errors, status = {fields[0][0]: refusal.message}, refusal.status
    request.response.status_int = status
    return _form(title, fields, request, errors)


def language(request: Request) -> Response:
    """Keep the reader's choice of language in a cookie; strangers, who have no session, follow a link."""
    chosen, following = (str(request.params.get(name, "")) for name in ("locale", "next"))
    response = HTTPSeeOther(below_root(request, local_path(following)))
    if chosen in LOCALES:
        options = sessions.cookie_options(request.registry)
        response.set_cookie(language_cookie(request), chosen, max_age=YEAR, **options)
    return response


def includeme(config: Configurator) -> None:
    """Mount the pages; each address is read by one view and posted to by another."""
    form = f"{TEMPLATES}/register/form.jinja2"
    pages = (
        ("sign-in", EVERYONE, f"{TEMPLATES}/sign_in.jinja2", {"GET": sign_in_form, "POST": sign_in}),
        ("sign-out", EVERYONE, None, {"POST": sign_out}),
        ("first-sign-in", EVERYONE, form, {"GET": first_sign_in_form, "POST": first_sign_in}),
        ("password", SIGNED_IN, form, {"GET": password_form, "POST": change_password}),
        ("language", EVERYONE, None, {"GET": language, "POST": language}),
    )
    for name, permission, renderer, views in pages:
        config.add_route(name, f"/{name}")
        for method, view in views.items():
            config.add_view(
                view, route_name=name, request_method=method, permission=permission, renderer=renderer
            )
