"""What notices are about."""

from collections.abc import Mapping

from renda.i18n import _

DUE, OVERDUE, TASK, NUDGE, RETURNED, DONE = "due", "overdue", "task", "nudge", "returned", "done"
ACCOUNT = "account"
KINDS: Mapping[str, str] = {
    DUE: _("Due soon"),
    OVERDUE: _("Past the last day"),
    TASK: _("New task"),
    NUDGE: _("Reminder"),
    RETURNED: _("Sent back"),
    DONE: _("Approved"),
    ACCOUNT: _("Your account"),
}
"""What a notice is about, as people choose it."""

LIGHTS: Mapping[str, str] = {
    DUE: "warn",
    OVERDUE: "bad",
    NUDGE: "warn",
    RETURNED: "bad",
    DONE: "ok",
    ACCOUNT: "warn",
}
"""Signs beside the kinds; the others are `busy`."""
