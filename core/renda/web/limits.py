"""How much a form may send: decided before anything takes it apart, which costs far more memory than it has.

No page takes files yet, so that a form with parts is held to the same size as one without.
"""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from renda.errors import TooLarge
from renda.i18n import _
from renda.types import Registry, Request

MOST_BYTES = 1_048_576
MOST_FIELDS = 5_000

_PARTS = "multipart/form-data"
_FORMS = frozenset({"", "application/x-www-form-urlencoded", _PARTS})

Handler = Callable[[Request], Response]


def tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Refuse forms of more than `MOST_BYTES`, or of more than `MOST_FIELDS` fields, with `TooLarge`."""

    def tween(request: Request) -> Response:
        if request.content_type in _FORMS and request.is_body_readable:
            _check(request)
        return handler(request)

    return tween


def _check(request: Request) -> None:
    size = request.content_length
    if size is None or size > MOST_BYTES:
        raise TooLarge(_("This form sends more than 1 MB. Send it in smaller parts."), limit=MOST_BYTES)
    between = b"\n--" if request.content_type == _PARTS else b"&"
    if request.body.count(between) >= MOST_FIELDS:
        raise TooLarge(
            _(
                "This form has more than ${count} fields. Send it in smaller parts.",
                mapping={"count": MOST_FIELDS},
            ),
            limit=MOST_FIELDS,
        )


def includeme(config: Configurator) -> None:
    """Put the limit below the error pages and above everything that reads a form."""
    config.add_tween("renda.web.limits.tween_factory", under=EXCVIEW)
