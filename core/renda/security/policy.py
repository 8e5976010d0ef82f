"""The one security policy: no permission, no view."""

from collections.abc import Sequence
from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.security import NO_PERMISSION_REQUIRED, Allowed, Denied
from zope.interface import implementer

from renda.security import bearer, sessions
from renda.security.identity import Identity, qualified
from renda.types import Request

EVERYONE = NO_PERMISSION_REQUIRED
"""Permission of the few pages that strangers may open; it has to be written down on each of them."""

SIGNED_IN = "signed in"
"""Permission that everybody holds who is signed in, on pages that belong to no organisation."""

NOBODY = "none"
"""The default permission: a view that names none is closed."""


@implementer(ISecurityPolicy)
class Policy:
    """Identity from the session's cookie or a program's token, rights from the context."""

    def identity(self, request: Request) -> Identity | None:
        """Who asks, or None."""
        return bearer.identity(request)

    def authenticated_userid(self, request: Request) -> str | None:
        """Id of the account that asks, or None."""
        identity = self.identity(request)
        return str(identity.account) if identity else None

    def permits(self, request: Request, context: Any, permission: str) -> Allowed | Denied:
        """Whether the reader holds the permission in this context.

        A context has `permissions` (full names) and, for permissions that name a verb only, `module`.
        Whatever it lacks, the answer is no.
        """
        if self.identity(request) is None or permission == NOBODY:
            return Denied("nobody may")
        if permission == SIGNED_IN:
            return Allowed("signed in")
        wanted = qualified(permission, getattr(context, "module", ""))
        if wanted in getattr(context, "permissions", ()):
            return Allowed(wanted)
        return Denied(wanted)

    def remember(self, request: Request, userid: str, **_options: Any) -> Sequence[tuple[str, str]]:
        """Headers that hand a session's token (`userid`) to the browser."""
        return _set_cookie(request, userid, {})

    def forget(self, request: Request, **_options: Any) -> Sequence[tuple[str, str]]:
        """Headers that make the browser drop the token."""
        return _set_cookie(request, "", {"max_age": 0})


def _set_cookie(request: Request, token: str, more: dict[str, Any]) -> Sequence[tuple[str, str]]:
    response = request.response.__class__()
    options = sessions.cookie_options(request.registry)
    response.set_cookie(sessions.cookie_name(request.registry), token, **options, **more)
    return [("Set-Cookie", value) for value in response.headers.getall("Set-Cookie")]
