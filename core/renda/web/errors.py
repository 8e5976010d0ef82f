"""Exceptions become responses here and nowhere else: a page for people, a problem (RFC 9457) for programs."""

import logging
from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import HTTPException, HTTPForbidden, HTTPFound, HTTPNotFound
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from renda.errors import Conflict, Forbidden, Invalid, NotFound, RendaError
from renda.i18n import _
from renda.security.bearer import for_programs, known
from renda.security.calls import TooOften
from renda.security.errors import SignInNeeded, TokenRefused, Unreadable
from renda.types import Request
from renda.web.addresses import PUBLIC, sign_in_address

TEMPLATE = "renda:web/templates/error.jinja2"
_HTML, _JSON, _PROBLEM = "text/html", "application/json", "application/problem+json"
_SERVER_ERROR = 500
_A_WHILE = "1"
"""Seconds after which whoever called too often may call again."""

_log = logging.getLogger(__name__)


class Expired(RendaError):
    """A form that this session did not give out, or that was posted from another site."""

    message = _("This form is no longer valid. Go back, load the page again and repeat what you did.")


class NotTaken(RendaError):
    """A method that an address does not take; `allowed` are those that it takes (RFC 9110, 15.5.6)."""

    status = 405

    def __init__(self, method: str, allowed: str) -> None:
        message = _(
            "This address takes ${allowed}, not ${method}.", mapping={"allowed": allowed, "method": method}
        )
        if method in {"GET", "HEAD"}:
            message = _("This address cannot be opened by itself. Go back, and use the form there.")
        super().__init__(message, allowed=allowed)
        self.allowed = allowed


class Failed(RendaError):
    """A fault of ours; the log has the rest under the request's number."""

    status = _SERVER_ERROR
    message = _("Something went wrong on our side. Nothing was saved.")


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], type[RendaError]], ...] = (
    ((StaleDataError, IntegrityError), Conflict),
    ((BadCSRFToken, BadCSRFOrigin), Expired),
    ((UnicodeError, DataError), Unreadable),
    ((HTTPNotFound,), NotFound),
    ((HTTPForbidden,), Forbidden),
)


def refusal(error: Exception, request: Request) -> RendaError:
    """What an exception means to the person who caused it."""
    if isinstance(error, RendaError):
        return Failed() if error.status == _SERVER_ERROR else error
    if isinstance(error, HTTPForbidden) and known(request) is None:
        return SignInNeeded()
    if isinstance(error, PredicateMismatch) and request.method not in (taken := _taken(request)):
        return NotTaken(request.method, ", ".join(sorted(taken)))
    for kinds, meaning in _MEANINGS:
        if isinstance(error, kinds):
            return meaning()
    if isinstance(error, HTTPException):
        plain = RendaError()
        plain.status = error.code
        return plain
    return Failed()


def _taken(request: Request) -> set[str]:
    """The methods that the views of the request's address answer."""
    route, taken = request.matched_route, set[str]()
    for one in request.registry.introspector.get_category("views"):
        view = one["introspectable"]
        if route is not None and view["route_name"] == route.name:
            named = view["request_methods"] or ()
            taken.update([named] if isinstance(named, str) else named)
    return taken | {"HEAD"} if "GET" in taken else taken


def error_view(error: Exception, request: Request) -> Response:
    """The response to any exception; what broke is logged and never shown."""
    if isinstance(error, HTTPException) and error.code < 400:  # noqa: PLR2004 - a redirect is an answer
        return error
    said = refusal(error, request)
    if said.status >= _SERVER_ERROR and not is_error_retryable(request, error):
        _log.error("request %s failed", request.request_id, exc_info=error)
    elif said is not error:
        _log.info("request %s refused: %s", request.request_id, said.status, exc_info=error)
    if wants_json(request):
        return _problem(said, request)
    if isinstance(said, SignInNeeded):
        return HTTPFound(sign_in_address(request))
    return _page(said, request)


def wants_json(request: Request) -> bool:
    """Whether the request comes from a program: it asks for JSON, or for an address that is for programs.

    A person who looks at such an address in a browser, which asks for HTML by name, is shown a page.
    """
    if for_programs(request):
        return "text/html" not in request.headers.get("Accept", "")
    if request.environ.get("PATH_INFO", "") == "/readyz":
        return True
    offers = request.accept.acceptable_offers([_HTML, _JSON, _PROBLEM])
    return bool(offers) and offers[0][0] != _HTML


def _problem(said: RendaError, request: Request) -> Response:
    translate = request.translate
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": type(said).__name__,
        "status": said.status,
        "detail": translate(said.message),
        "request": request.request_id,
        **said.detail,
    }
    if errors := _errors(said):
        body["errors"] = {name: translate(message) for name, message in errors.items()}
    response = Response(json=body, status=said.status, content_type=_PROBLEM)
    if isinstance(said, SignInNeeded | TokenRefused):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(said, TooOften):
        response.headers["Retry-After"] = _A_WHILE
    return _allowing(said, response)


def _page(said: RendaError, request: Request) -> Response:
    advice = []
    if said.status >= _SERVER_ERROR:
        advice.append(
            _("Tell your administrator the number ${number}.", mapping={"number": request.request_id})
        )
    referrer = request.referrer or ""
    page = {
        "status": said.status,
        "message": said.message,
        "advice": advice,
        "errors": _errors(said),
        "unsaved": request.method == "POST",
        "back": referrer if referrer.startswith(f"{request.host_url}/") else None,
        "public": request.environ.get("PATH_INFO", "").startswith(PUBLIC),
    }
    response = render_to_response(TEMPLATE, page, request, response=Response())
    response.status_int = said.status
    return _allowing(said, response)


def _allowing(said: RendaError, response: Response) -> Response:
    if isinstance(said, NotTaken):
        response.headers["Allow"] = said.allowed
    return response


def _errors(said: RendaError) -> Mapping[str, str]:
    return said.errors if isinstance(said, Invalid) else {}


def refuse(request: Request, status: int) -> None:
    """Answer with a page that shows what is wrong, and throw away whatever the request has written."""
    request.tm.doom()
    request.response.status_int = status


def includeme(config: Configurator) -> None:
    """Register the view for everything that can be raised."""
    for kind in (Exception, HTTPException):
        config.add_exception_view(error_view, context=kind)
