"""How long the reader's session lasts: what a page knows of it, and the request that makes it last longer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pyramid.config import Configurator

from renda.security import sessions
from renda.security.policy import SIGNED_IN
from renda.types import Request

WARNED = timedelta(minutes=5)
"""For how long before its end a page says that a session ends; at most for half of an idle session."""


def left(request: Request) -> Mapping[str, int]:
    """Seconds until the session ends without another request, and for how many of them that is said."""
    found = sessions.current(request)
    if found is None:
        return {"ends": 0, "warned": 0}
    ends = sessions.ends_at(found, request.registry, request.now) - request.now
    idle = timedelta(minutes=request.registry.values["idle_minutes"])
    return {"ends": int(ends.total_seconds()), "warned": int(min(WARNED, idle / 2).total_seconds())}


def shown(request: Request) -> Mapping[str, Any] | None:
    """What a page tells its script about the session; none for a stranger."""
    found = sessions.current(request)
    return {"who": found.identity.account, **left(request)} if found else None


def includeme(config: Configurator) -> None:
    """Mount what a page asks to stay signed in; like every request, it is a sign of life."""
    config.add_route("session", "/session")
    config.add_view(left, route_name="session", request_method="POST", permission=SIGNED_IN, renderer="json")
