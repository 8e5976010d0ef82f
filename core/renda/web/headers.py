"""Headers that every response has, error pages and files included; and the answer when all else failed."""

import logging
from collections.abc import Callable

from pyramid.response import Response
from pyramid_retry import is_error_retryable

from renda.types import Registry, Request

POLICY = "Content-Security-Policy"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000"

_log = logging.getLogger(__name__)

Handler = Callable[[Request], Response]


def tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Put the headers on whatever comes back; pages are not kept by browsers or proxies, files are."""
    secure = registry.values["secure_cookies"]

    def tween(request: Request) -> Response:
        try:
            response = handler(request)
        except Exception as error:
            if is_error_retryable(request, error):
                raise
            _log.exception("request %s failed outside of the error pages", request.request_id)
            response = Response(f"500 {request.request_id}\n", status=500, content_type="text/plain")
        response.headers.update(ALWAYS)
        # Browsers hold to every policy that they are given, so that one of a view's can only forbid more.
        own = response.headers.get(POLICY)
        response.headers[POLICY] = f"{CONTENT_SECURITY_POLICY}, {own}" if own else CONTENT_SECURITY_POLICY
        response.headers["X-Request-Id"] = request.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        if secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response

    return tween
