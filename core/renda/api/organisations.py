"""The organisations where a reader plays a role, and what there is for them at each."""

from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response
from sqlalchemy import select

from renda.api.addresses import BASE
from renda.directory.models import Organisation as OrganisationRow
from renda.security.identity import qualified
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web.contexts import Organisation


def show_list(request: Request) -> Response:
    """Organisations where the reader plays a role; with a token the one that it is for."""
    codes = sorted(request.reader.roles) if request.reader else []
    columns = (OrganisationRow.code, OrganisationRow.name, OrganisationRow.kind, OrganisationRow.tier)
    rows = request.db.execute(
        select(*columns).where(OrganisationRow.code.in_(codes)).order_by(OrganisationRow.code)
    )
    return Response(json={"items": [dict(row) for row in rows.mappings()]})


def show(context: Organisation, request: Request) -> Response:
    """An organisation: its place and modules, what the reader may do there, and the registers to read."""
    here = context.organisation
    return Response(
        json={
            "code": here.code,
            "name": here.name,
            "kind": here.kind,
            "tier": here.tier,
            "path": [place.code for place in context.path],
            "modules": sorted(context.modules),
            "permissions": sorted(context.permissions),
            "records": _registers(context, request),
        }
    )


def _registers(context: Organisation, request: Request) -> list[dict[str, Any]]:
    return [
        {
            "type": kind.name,
            "title": request.translate(kind.title),
            "part_of": kind.part_of or None,
            "href": request.route_path("api.records", org=context.organisation.code, type=kind.name),
        }
        for kind in request.registry.declared.record_types.values()
        if qualified("read", kind.module) in context.permissions and not context.barred(kind)
    ]


def includeme(config: Configurator) -> None:
    """Mount both; the context of the second lets nobody in who plays no role there."""
    config.add_route("api.organisations", f"{BASE}/organisations")
    config.add_route("api.organisation", f"{BASE}/organisations/{{org}}", factory=Organisation)
    read = {"request_method": "GET", "permission": SIGNED_IN}
    config.add_view(show_list, route_name="api.organisations", **read)
    config.add_view(show, route_name="api.organisation", **read)
