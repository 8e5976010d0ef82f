"""Whether this process lives, and whether it can serve."""

from collections.abc import Mapping

from pyramid.config import Configurator
from sqlalchemy.exc import SQLAlchemyError

from renda import migrate
from renda.errors import RendaError
from renda.i18n import _
from renda.security.policy import EVERYONE
from renda.types import Request


class NotReady(RendaError):
    """The process lives but cannot serve; `reason` says why, without names or addresses."""

    status = 503

    def default_message(self) -> str:
        """See `RendaError`."""
        return _("This node is not ready to serve.")


def healthz(_request: Request) -> Mapping[str, str]:
    """The process answers."""
    return {"status": "ok"}


def readyz(request: Request) -> Mapping[str, str]:
    """The database answers and its tables are those of the installed code.

    Raises:
        NotReady: one of both is not so.
    """
    try:
        connection = request.db.connection()
        waiting = [
            component.name
            for component in request.registry.declared.components
            if migrate.pending(connection, component.name, component.package)
        ]
    except SQLAlchemyError as error:
        raise NotReady(reason="database") from error
    if waiting:
        raise NotReady(reason="migrations", components=waiting)
    return {"status": "ok"}


def includeme(config: Configurator) -> None:
    """Mount both for those who watch this node."""
    for name, view in (("healthz", healthz), ("readyz", readyz)):
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, request_method="GET", permission=EVERYONE, renderer="json")
