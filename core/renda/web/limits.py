"""How much a request may send: decided before anything takes it apart, which costs far more memory.

Only pages that were mounted with `files=True` take files, and so more than a plain form needs.
"""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.interfaces import IRoutesMapper
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from renda.errors import TooLarge
from renda.i18n import _
from renda.types import Registry, Request

MOST_BYTES = 1_048_576
MOST_BYTES_WITH_FILES = 20 * MOST_BYTES
MOST_FIELDS = 5_000
MOST_OF_ANYTHING = 31_457_280
"""Bytes of a body that is no form."""

_CHUNK = 65_536

_PARTS = "multipart/form-data"
_FORMS = frozenset({"", "application/x-www-form-urlencoded", _PARTS})

Handler = Callable[[Request], Response]


def tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Refuse what is too large with `TooLarge`.

    Those are forms of more than `MOST_BYTES` or `MOST_FIELDS`, and other bodies above `MOST_OF_ANYTHING`.
    """

    def tween(request: Request) -> Response:
        if request.is_body_readable:
            _check(request)
        return handler(request)

    return tween


def _check(request: Request) -> None:
    form = request.content_type in _FORMS
    size, most = request.content_length, MOST_BYTES if form else MOST_OF_ANYTHING
    if form and (size is None or size > most) and _takes_files(request):
        most = MOST_BYTES_WITH_FILES
    if size is None or size > most:
        raise TooLarge(
            _(
                "This sends more than ${count} MB, the most that is accepted here. Send it in smaller parts.",
                mapping={"count": most // MOST_BYTES},
            ),
            limit=most,
        )
    if form:
        _count_fields(request)


def _count_fields(request: Request) -> None:
    between = b"\n--" if request.content_type == _PARTS else b"&"
    if _count(request, between) >= MOST_FIELDS:
        raise TooLarge(
            _(
                "This form has more than ${count} fields. Send it in smaller parts.",
                mapping={"count": MOST_FIELDS},
            ),
            limit=MOST_FIELDS,
        )


def _takes_files(request: Request) -> bool:
    """Whether the form has parts, and is for a page that takes files."""
    if request.content_type != _PARTS:
        return False
    mapper = request.registry.queryUtility(IRoutesMapper)
    route = mapper(request)["route"] if mapper is not None else None
    return route is not None and route.name in request.registry.__dict__.get("pages_with_files", ())


def _count(request: Request, between: bytes) -> int:
    """How often some bytes occur in the body, of which only a little is in memory at a time."""
    request.make_body_seekable()
    body, found, kept = request.body_file_raw, 0, b""
    while chunk := body.read(_CHUNK):
        found += (kept + chunk).count(between)
        # What spans two chunks is counted with the second.
        kept = chunk[len(chunk) - len(between) + 1 :] if len(between) > 1 else b""
    body.seek(0)
    return found


def includeme(config: Configurator) -> None:
    """Put the limit below the error pages and above everything that reads a form."""
    config.add_tween("renda.web.limits.tween_factory", under=EXCVIEW)
