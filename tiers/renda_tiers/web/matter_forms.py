"""The forms of a matter's page: those that the reader can use where the case stands now."""

from collections.abc import Mapping
from typing import Any

from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.matters import identity, reach
from renda_tiers.matters.reading import Shown
from renda_tiers.matters.state import ACCEPT, ANSWER, CLOSE, HAND, RATE

NAMES = (
    "text",
    "receiver",
    "note",
    "due",
    "reveal",
    "satisfied",
    "words",
    "again",
    "closing",
    "purpose",
    "why",
)
"""Names of all fields; no two forms share one, so that each has an id of its own."""


def possible(
    context: Organisation,
    request: Request,
    shown: Shown,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, list[dict[str, Any]]]:
    """The fields of each form, by the form's name; a form without fields is a button alone."""

    def may(verb: str, step: str) -> bool:
        return step in shown.possible and bool(request.has_permission(verb, context))

    forms: dict[str, list[dict[str, Any]]] = {}
    if may("answer", ACCEPT):
        forms["accept"] = []
    if may("answer", ANSWER):
        forms["answer"] = [_paragraph("text", _("Answer, or why it is given back"))]
    if may("hand", RATE):
        forms["rate"] = _rating()
    if may("hand", HAND):
        forms["pass"] = _passing(context, request, shown)
    if may("hand", CLOSE):
        forms["close"] = [_paragraph("closing", _("Why it is closed without a rating"))]
    own = context.organisation.code == shown.found.hand.source
    if shown.identity == identity.OPEN and request.has_permission("identify", context):
        purpose = {"name": "purpose", "label": _("Purpose"), "widget": "text", "required": True}
        forms["identity"] = [
            {**purpose, "help": _("Who opened it, when and what for is written down."), "max_length": 200}
        ]
    if own and shown.identity == identity.OPEN and request.has_permission("erase", context):
        forms["erase"] = [_paragraph("why", _("Why it is erased"))]
    return {
        name: [
            {**one, "value": typed.get(one["name"], one.get("value", "")), "error": errors.get(one["name"])}
            for one in fields
        ]
        for name, fields in forms.items()
    }


def _paragraph(name: str, label: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "label": label, "widget": "paragraph", "required": required}


def _rating() -> list[dict[str, Any]]:
    choices = [("yes", _("Satisfied")), ("no", _("Not satisfied"))]
    return [
        {
            "name": "satisfied",
            "label": _("Rating"),
            "widget": "choice",
            "required": True,
            "choices": choices,
        },
        {
            **_paragraph("words", _("Remark"), required=False),
            "help": _("Needed where the answer does not satisfy."),
        },
        {"name": "again", "label": _("Answer again until"), "widget": "day"},
    ]


def _passing(context: Organisation, request: Request, shown: Shown) -> list[dict[str, Any]]:
    hand = shown.found.hand
    near = context.organisation.code != hand.source
    found = reach.receivers(request.db, context.organisation.code, request.today, near=near)
    choices = [(code, name) for code, name in found if code != hand.about]
    due = shown.found.standing.due
    fields: list[dict[str, Any]] = [
        {
            "name": "receiver",
            "label": _("Receiver"),
            "widget": "choice",
            "required": True,
            "choices": choices,
        },
        _paragraph("note", _("Note for the receiver"), required=False),
        {
            "name": "due",
            "label": _("Due"),
            "widget": "day",
            "value": due.isoformat() if due else "",
            "help": _("Not later than your own last day."),
        },
    ]
    if shown.identity == identity.OPEN:
        fields.append({"name": "reveal", "label": _("The receiver may see who asks"), "widget": "flag"})
    return fields
