"""How the node's pages say things: states of links and documents, kinds, instants, hashes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renda.clock import local_minute
from renda.errors import Forbidden
from renda.i18n import Translate, _, thaw
from renda.types import Request
from renda_tiers.documents.envelope import Outcome
from renda_tiers.links import joining, managing, node, state
from renda_tiers.links.models import CHILD, CLOSED, PARENT, REFUSED

LIGHTS: Mapping[str, str] = {
    state.LEVEL: "ok",
    state.BUSY: "busy",
    state.SILENT: "bad",
    state.NEVER: "off",
    REFUSED: "bad",
    CLOSED: "off",
}
"""Signs of the states of links."""

ROLES: Mapping[str, str] = {PARENT: _("Above"), CHILD: _("Below")}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    Outcome.PARKED: ("warn", _("Parked")),
    Outcome.ASIDE: ("bad", _("Set aside")),
    Outcome.APPLIED: ("ok", _("Applied")),
}
"""Light and words of a verdict."""

KINDS: Mapping[str, str] = {
    "organisation": _("Organisation"),
    "enrolment": _("Enrolment of a key"),
    "definition": _("Definition of a report"),
    "policy": _("Rule on a module"),
    "report": _("Report"),
    "review": _("Review"),
    "publication": _("Published vintage"),
    "directive": _("Directive"),
    "response": _("Response"),
    "verification": _("Verification"),
    "matter": _("Matter for handling"),
    "matter_reply": _("Answer to a matter"),
    "modules": _("Modules in use"),
    "erasure": _("Order to erase"),
    "pack": _("Practice pack"),
}
"""Names of the chain's own kinds of document; a stranger's kind goes by its code."""

ACTS: Mapping[str, tuple[str, str]] = {
    managing.CALL: (_("Call now"), "plain"),
    managing.COMPARE: (_("Ask for the full list again"), "plain"),
    managing.WAIVE: (_("Do not wait for this node"), "danger"),
    managing.ACKNOWLEDGE: (_("Acknowledge the alarm"), "plain"),
    managing.CLOSE: (_("Close the link"), "danger"),
    managing.REOPEN: (_("Open the link again"), "plain"),
}
"""Words and look of the buttons."""

WITHDRAWN = "withdrawn"

DONE: Mapping[str, str] = {
    WITHDRAWN: _("The one-time code is worthless now."),
    managing.CALL: _("The node above is being called."),
    managing.COMPARE: _("The other node is asked for its full list; what differs is then exchanged."),
    managing.WAIVE: _("This node does not wait for it any more."),
    managing.ACKNOWLEDGE: _("The alarm is acknowledged."),
    managing.CLOSE: _("The link is closed: nothing is exchanged until it is opened again."),
    managing.REOPEN: _("The link is open again."),
}
"""What is said after an act."""


class NotAtTheTop(Forbidden):
    """Whoever looks after a node belongs to the organisation at its top."""

    message = _("Only the organisation at the top of this node looks after its links.")


def ensure_top(request: Request) -> None:
    """Refuse readers at another organisation than the one at the top of this node.

    Raises:
        NotAtTheTop: see there.
    """
    if node.this(request.db).organisation != request.context.organisation.code:
        raise NotAtTheTop


def kind(name: str) -> str:
    """The name of a kind of document."""
    return KINDS.get(name, name)


def outcome(name: str) -> dict[str, str]:
    """A verdict as a table shows it."""
    light, text = OUTCOMES[name]
    return {"light": light, "text": text}


def link_state(name: str) -> dict[str, str]:
    """The state of a link as a table shows it."""
    return {"light": LIGHTS[name], "text": state.WORDS[name]}


def message(stored: str, translate: Translate) -> str:
    """A frozen message in the reader's words; "" for none."""
    return translate(thaw(stored)) if stored else ""


def instant(when: datetime | None) -> str | None:
    """A local minute, or None."""
    return local_minute(when) if when else None


def short(hash_: bytes) -> str:
    """The beginning of a hash, in groups that can be read aloud."""
    text = hash_[:10].hex().upper()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def fingerprint(key: bytes) -> str:
    """A key's fingerprint, written as hashes are; the one-time code has the same bytes."""
    return short(joining.fingerprint(key))


def flash(request: Request, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was just done, as the address says it."""
    text = texts.get(request.GET.get("said", ""))
    return [{"light": "ok", "text": request.translate(text)}] if text else []
