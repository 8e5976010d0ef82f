"""What the help says of liaison stations, by role; see `renda.guide`."""

from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _

GUIDE: Mapping[str, tuple[Message, ...]] = {
    "clerk": (
        _(
            "“${stations}” have a page for the public: “${poster}”. For each of the “${days}”, enter who "
            "is on duty, then “${announce}”, and afterwards “${hold}”.",
            mapping={
                "stations": _("Stations and homes"),
                "poster": _("QR code and poster"),
                "days": _("Reception days"),
                "announce": _("Announce with the names on duty"),
                "hold": _("Mark as held"),
            },
        ),
        _(
            "“${opinions}”: “${assign}”, then “${answer}”, and “${close}” once the reply has reached who "
            "asked.",
            mapping={
                "opinions": _("Public opinion items"),
                "assign": _("Assign or hand on"),
                "answer": _("Answer"),
                "close": _("Reply was fed back: close"),
            },
        ),
    ),
}
