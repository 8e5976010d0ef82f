"""The QR code of a station: a poster to print, a new code, and taking the code back."""

from typing import Any

import segno
from markupsafe import Markup
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda.records import engine
from renda.types import Request
from renda.web.contexts import Organisation
from renda_liaison import receipts
from renda_liaison.stations import OPEN, STATIONS, Station
from renda_liaison.strangers import TEMPLATES

_NOT_OPEN = _("The station is not open. Open it first, then give out its QR code.")


def _station(context: Organisation, request: Request) -> Station:
    found = engine.find(request.db, STATIONS, context.organisation.code, request.matchdict["station"])
    assert isinstance(found, Station)  # noqa: S101 - the type's own class
    return found


def drawn(address: str) -> Markup:
    """A QR code as SVG without a size of its own; a quarter of it may be dirty or torn."""
    code = segno.make(address, error="q", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))  # noqa: S704 - made of squares


def show(context: Organisation, request: Request) -> dict[str, Any]:
    """The poster, or why there is none yet."""
    station = _station(context, request)
    place = context.organisation.code
    address = request.route_url("liaison-station", org=place, code=station.code) if station.code else None
    return {
        "station": station,
        "back": {
            "title": station.name,
            "href": request.route_path("register", org=place, type=STATIONS.name) + f"/{station.id}",
        },
        "address": address,
        "qr": drawn(address) if address else None,
        "open": station.state == OPEN,
        "may_publish": request.has_permission("publish", context),
    }


def change(context: Organisation, request: Request) -> HTTPSeeOther:
    """Give out a new code, by which posters with the old one stop working, or take the code back.

    Raises:
        Conflict: the station is not open.
        NotFound: the form asks for something else.
    """
    station, do = _station(context, request), request.POST.get("do", "")
    if do == "make":
        if station.state != OPEN:
            raise Conflict(_NOT_OPEN)
        station.code = receipts.station_code()
    elif do == "withdraw":
        station.code = None
    else:
        raise NotFound
    station.changed_at = request.now
    engine.save(request.db)
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    engine.log(request.db, STATIONS, [station], f"code_{do}", {}, **who)
    return HTTPSeeOther(request.path)


def includeme(config: Configurator) -> None:
    """Mount the page: whoever may read prints it, whoever may publish changes the code."""
    pattern, renderer = "stations/{station:[0-9a-f-]{36}}/poster", f"{TEMPLATES}/poster.jinja2"
    config.add_page("poster", pattern, show, "read", renderer=renderer)
    config.add_page("poster", pattern, change, "publish", request_method="POST")
