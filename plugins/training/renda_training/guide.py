"""What the help says of training classes, by role; see `renda.guide`."""

from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _

GUIDE: Mapping[str, tuple[Message, ...]] = {
    "clerk": (
        _(
            "“${classes}”: enter the class and who takes part. When it took place, set who was there, then "
            "“${hold}”.",
            mapping={"classes": _("Training classes"), "hold": _("Mark as held")},
        ),
    ),
}
