"""Cross-site requests are refused: by a token that the page must know, and by where they come from.

A signed-in reader's token lies in the session on the server. A stranger's is derived from a random cookie
with the node's secret, so that the sign-in form is guarded too.
"""

import hashlib
import hmac
import re
import secrets

from pyramid.interfaces import ICSRFStoragePolicy
from zope.interface import implementer

from renda.security import sessions
from renda.security.secret import derived_key
from renda.types import Request

_VISIT = re.compile(r"[\w-]{43}", re.ASCII)


@implementer(ICSRFStoragePolicy)
class CSRFPolicy:
    """Where Pyramid gets the token of a request's reader from."""

    def get_csrf_token(self, request: Request) -> str:
        """The token that a form must send back."""
        current = sessions.current(request)
        if current is not None:
            return current.csrf
        return _strangers_token(request, _visit(request) or _begin_visit(request))

    def new_csrf_token(self, request: Request) -> str:
        """A fresh token for a stranger; a reader's changes with the session only."""
        current = sessions.current(request)
        return current.csrf if current else _strangers_token(request, _begin_visit(request))

    def check_csrf_token(self, request: Request, supplied_token: str) -> bool:
        """Whether the supplied token is the reader's, and the request does not say it is from elsewhere."""
        if not same_origin(request):
            return False
        current = sessions.current(request)
        visit = _visit(request)
        if current is not None:
            expected = current.csrf
        elif visit is not None:
            expected = _strangers_token(request, visit)
        else:
            return False
        return hmac.compare_digest(expected.encode(), supplied_token.encode("utf-8", "replace"))


def same_origin(request: Request) -> bool:
    """Whether a browser that says where a request comes from says that it is one of our own pages.

    It is all that guards a form which a stranger fills in without any cookie.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return (origin is None or origin == request.host_url) and site in {"same-origin", "none"}


def _visit_cookie(request: Request) -> str:
    return f"{sessions.cookie_name(request.registry)}-visit"


def _visit(request: Request) -> str | None:
    if request.environ.get("renda.visit"):
        return str(request.environ["renda.visit"])
    visit = request.cookies.get(_visit_cookie(request), "")
    return visit if _VISIT.fullmatch(visit) else None


def _begin_visit(request: Request) -> str:
    visit = secrets.token_urlsafe(32)
    request.environ["renda.visit"] = visit
    name, options = _visit_cookie(request), sessions.cookie_options(request.registry)
    request.add_response_callback(lambda _request, response: response.set_cookie(name, visit, **options))
    return visit


def _strangers_token(request: Request, visit: str) -> str:
    return hmac.new(derived_key(request.registry, "csrf"), visit.encode(), hashlib.sha256).hexdigest()
