"""The three addresses that nodes call: exchange, joining, and the sign that there is something to fetch.

They take no cookie and no form: a signature decides, so there is nothing that another site could forge.
"""

from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.security.calls import Buckets
from renda.security.policy import EVERYONE
from renda.types import Request
from renda_tiers.links import answering, calling, joining
from renda_tiers.links.transports import http


def exchange(request: Request) -> Response:
    """A child's call; the answer leaves once everything that it acknowledges is committed."""
    return _answer(request, answering.answer(request.db, _body(request), now=request.now))


def join(request: Request) -> Response:
    """A new node asks to join with its one-time code."""
    return _answer(request, joining.accept(request.db, _body(request), now=request.now))


def poke(request: Request) -> Response:
    """The parent has something to say. Anybody may knock: all that follows is a call that is due anyway."""
    request.registry.link_buckets.take("poke")
    calling.sign_of_life(request.db, request.now)
    return Response(status=204)


def _body(request: Request) -> bytes:
    request.registry.link_buckets.take(request.client_addr or "")
    # As it comes: WebOb would first lay a large body into a file of its own.
    return http.unpack(request.body_file.read(), request.headers.get("Content-Encoding", ""))


def _answer(request: Request, data: bytes) -> Response:
    response = Response(body=data, content_type=http.CONTENT_TYPE, charset=None)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.encode_content("gzip")
    return response


def includeme(config: Configurator) -> None:
    """Mount them outside of any organisation."""
    registry: Any = config.registry
    registry.link_buckets = Buckets()
    for path, view in ((http.EXCHANGE, exchange), (http.JOIN, join), (http.POKE, poke)):
        name = path.replace("/", ".")
        config.add_route(name, f"/{path}")
        config.add_view(view, route_name=name, request_method="POST", permission=EVERYONE, require_csrf=False)
