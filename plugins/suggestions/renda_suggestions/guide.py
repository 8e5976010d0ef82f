"""What the help says of suggestions, by role; see `renda.guide`."""

from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _

GUIDE: Mapping[str, tuple[Message, ...]] = {
    "deputy": (
        _(
            "“${make}”: say what you ask for, add files or those who cosign, then “${submit}” and "
            "“${confirm}”. Until then it is a draft.",
            mapping={
                "make": _("Make a suggestion"),
                "submit": _("Submit"),
                "confirm": _("Confirm"),
            },
        ),
        _(
            "“${mine}” shows what becomes of each. When the reply has come, say what you think of the "
            "attitude and of the result: “${rate}”. Before the reply it can be taken back by "
            "“${withdraw}”.",
            mapping={
                "mine": _("My suggestions"),
                "rate": _("Send the rating"),
                "withdraw": _("Withdraw"),
            },
        ),
    ),
    "handler": (
        _(
            "“${handling}” lists what was assigned to your unit, and until when. Write the reply, then "
            "“${send}”. What is not the business of your unit, “${back}” with the reason. If the deputy is "
            "not satisfied, it comes to you once more.",
            mapping={
                "handling": _("Suggestions to handle"),
                "send": _("Send the reply"),
                "back": _("Give back"),
            },
        ),
    ),
    "clerk": (
        _(
            "A suggestion that was submitted: “${accept}”, “${return}” or “${decline}”, then “${assign}” "
            "to handling units; the months of the law run from that day. When it is rated, “${close}”. One "
            "on paper: “${paper}”.",
            mapping={
                "accept": _("Accept"),
                "return": _("Return to the deputy"),
                "decline": _("Do not accept"),
                "assign": _("Assign"),
                "close": _("Close with evidence"),
                "paper": _("Enter a suggestion on paper"),
            },
        ),
    ),
}
