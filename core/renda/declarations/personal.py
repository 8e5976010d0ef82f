"""Which columns hold personal data, what for, and for how long: said where the column is declared.

    phone: Mapped[str] = mapped_column(info=held(_("Calling a deputy"), "contact", label=_("Deputy: phone")))

The inventory, its page and `renda data inventory` are read from these; nothing is listed a second time.
"""

from dataclasses import dataclass
from typing import Any

from renda.declarations.modules import Message

INFO = "personal"
"""The key in a column's `info`."""


@dataclass(frozen=True)
class Personal:
    """What a column of personal data is for.

    Attributes:
        purpose: why it is collected, with the article that allows it.
        kept: for how long, by the name of a span in `renda.deputies.retention.SPANS`.
        label: what readers call it, with what it is of in front; "" for a column with a field, whose label it
            has.
        sensitive: whether it is sensitive in the sense of 个人信息保护法, art. 28, or would harm in wrong
            hands as such data do.
    """

    purpose: Message
    kept: str
    label: Message = ""
    sensitive: bool = False


def held(purpose: Message, kept: str, *, label: Message = "", sensitive: bool = False) -> dict[str, Any]:
    """The `info` of a column that holds personal data, see `Personal`."""
    return {INFO: Personal(purpose, kept, label, sensitive)}
