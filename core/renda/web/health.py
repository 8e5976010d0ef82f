"""Whether this process lives, and whether it can serve."""

from collections.abc import Mapping

from pyramid.config import Configurator
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from renda import migrate
from renda.directory.models import Organisation
from renda.errors import RendaError
from renda.i18n import _
from renda.security.policy import EVERYONE
from renda.types import Request


class NotReady(RendaError):
    """The process lives but cannot serve; `reason` says why, without names or addresses."""

    status = 503
    message = _("This node is not ready to serve.")


def healthz(_request: Request) -> Mapping[str, str]:
    """The process answers."""
    return {"status": "ok"}


def readyz(request: Request) -> Mapping[str, str]:
    """The database answers and its tables are those of the installed code.

    Once they are, they stay it for as long as this process runs, and only the database is asked.

    Raises:
        NotReady: one of both is not so.
    """
    try:
        waiting = _waiting(request)
    except SQLAlchemyError as error:
        raise NotReady(reason="database") from error
    if waiting:
        raise NotReady(reason="migrations", components=waiting)
    return {"status": "ok"}


def _waiting(request: Request) -> list[str]:
    """Names of components whose tables are behind their code."""
    registry, connection = request.registry, request.db.connection()
    if registry.__dict__.get("migrated") is registry.engine:
        connection.execute(select(Organisation.code).limit(1))
        return []
    waiting = [
        one.name for one in registry.declared.components if migrate.pending(connection, one.name, one.package)
    ]
    if not waiting:
        registry.__dict__["migrated"] = registry.engine
    return waiting


def includeme(config: Configurator) -> None:
    """Mount both for those who watch this node."""
    for name, view in (("healthz", healthz), ("readyz", readyz)):
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, request_method="GET", permission=EVERYONE, renderer="json")
