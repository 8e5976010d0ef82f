"""How pages say where a directive and its targets are: always with a light and words."""

from collections.abc import Mapping
from typing import Any

from renda.i18n import Translate, _
from renda_tiers.directives import boards, bodies, escalation, phases
from renda_tiers.directives.boards import Row

PHASES: Mapping[str, tuple[str, str]] = {
    phases.ISSUED: ("off", _("Not delivered yet")),
    phases.RECEIVED: ("off", _("Delivered, not read")),
    phases.ACKNOWLEDGED: ("busy", _("Acknowledged")),
    phases.PROGRESS: ("busy", _("In progress")),
    phases.RETURNED: ("warn", _("Returned")),
    phases.DONE: ("busy", _("Done, to be verified")),
    phases.VERIFIED: ("ok", _("Verified")),
}
STATES: Mapping[str, tuple[str, str]] = {
    bodies.OPEN: ("busy", _("Under way")),
    bodies.CLOSED: ("ok", _("Closed out")),
    bodies.CANCELLED: ("off", _("Cancelled")),
}
ESCALATIONS: Mapping[str, tuple[str, str]] = {
    escalation.NOT_DELIVERED: ("bad", _("Not delivered")),
    escalation.NOT_READ: ("warn", _("Delivered and not read")),
    escalation.OVERDUE: ("bad", _("Overdue")),
    escalation.SOON: ("warn", _("Due soon")),
}
ABOVE: Mapping[str, str] = {
    boards.RENEW: _("To be issued anew: the level above asks for it earlier, or for something else."),
    boards.ENDED: _("The level above has ended the task that this one breaks down."),
}
STATUS: Mapping[str, str] = {
    bodies.RECEIVED: _("Received"),
    bodies.ACKNOWLEDGED: _("Acknowledged"),
    bodies.PROGRESS: _("In progress"),
    bodies.DONE: _("Done"),
}
"""What a response says of itself."""


def light(pair: tuple[str, str]) -> dict[str, str]:
    """A light and its words as a table shows them."""
    return {"light": pair[0], "text": pair[1]}


def state(row: Row, translate: Translate) -> dict[str, Any]:
    """Where a target is; what is overdue says so first."""
    shown: dict[str, Any] = light(PHASES[row.phase])
    notes = []
    if row.overdue and row.escalation:
        notes.append(translate(PHASES[row.phase][1]))
        shown = light(ESCALATIONS[escalation.OVERDUE])
    elif row.escalation in escalation.URGENT:
        shown = light(ESCALATIONS[row.escalation])
    if row.round > 1:
        notes.append(translate(_("round ${n}", mapping={"n": row.round})))
    return {**shown, "note": " · ".join(notes), "note_light": "warn"}
