"""What the public pages have in common: a body that uses the module, and forms that work without cookies.

A stranger's form carries no right of anybody, so that another site could gain nothing by it but nuisance. It
is refused all the same where the browser says that it comes from another site; the forms that write carry a
ticket of their own, and nothing is asked of cookies, which phones may refuse.
"""

from typing import Any

from renda.deputies.publishing import Public
from renda.directory import modules
from renda.errors import NotFound
from renda.security.csrf import same_origin
from renda.security.secret import derived_key
from renda.types import Request
from renda.web.entrance import sent
from renda.web.errors import Expired
from renda_liaison import giving

MODULE = "liaison"
TEMPLATES = "renda_liaison:templates"
BASE = "/public/{org}/liaison"
FORMS: dict[str, Any] = {"require_csrf": False, "judges_text": True}
"""Options of the views that answer forms of strangers; each calls `own_form` first."""


class Place(Public):
    """Context of the module's public pages: a body of this node that uses it."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        if MODULE not in modules.read(request.db, self.code, request.today).in_use:
            raise NotFound


class AtStation(Place):
    """Context of the page that a QR code opens."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.station = giving.station_of(request.db, request.matchdict["code"])


def own_form(request: Request) -> None:
    """Refuse a form that a browser says was sent from another site.

    Raises:
        Expired: it was.
    """
    if not same_origin(request):
        raise Expired


def key(request: Request) -> bytes:
    """What tickets and receipt codes are made with."""
    return derived_key(request.registry, MODULE)


def typed(request: Request, *names: str) -> dict[str, str]:
    """Texts that a form sent, by name."""
    return {name: sent(request, name) for name in names}
