"""What the three kinds of document say, and how it must be written."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import PartReference
from renda_tiers.documents.payload import is_hex32

DIRECTIVE, RESPONSE, VERIFICATION = "directive", "response", "verification"

OPEN, CANCELLED, CLOSED = "open", "cancelled", "closed"
RECEIVED, ACKNOWLEDGED, PROGRESS, DONE = "received", "acknowledged", "progress", "done"
ANSWERS = (RECEIVED, ACKNOWLEDGED, PROGRESS, DONE)
VERIFY, RETURN = "verify", "return"

CHILDREN, TIER, LIST = "children", "tier", "list"
"""Rules of a selection: all direct children, all of a tier below, or those that were named."""

MOST_TITLE, MOST_TEXT, MOST_STEP, MOST_STEPS, MOST_REASON = 200, 20_000, 500, 50, 2_000

_BODY = {
    "title",
    "text",
    "due",
    "days",
    "steps",
    "report",
    "selection",
    "targets",
    "parent",
    "state",
    "of",
    "reason",
}
_SELECTION = {"rule", "tier", "module", "name"}
_ENVELOPE = {"payload", "signature", "key", "algorithm"}
_SUBJECT = re.compile(r"directive:([0-9A-Za-z][0-9A-Za-z_.-]{0,31}):([0-9a-z][0-9a-z-]{0,39})")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def subject(issuer: str, name: str) -> str:
    """What all revisions of one directive are revisions of; its name is of digits and small letters."""
    return f"{DIRECTIVE}:{issuer}:{name}"


def issuer_of(text: str) -> str | None:
    """Whose directive a subject names; None where it is none of a directive."""
    found = _SUBJECT.fullmatch(text)
    return found.group(1) if found else None


def response_subject(directive: str, target: str) -> str:
    """What all responses of a target to a directive (its subject) are revisions of."""
    return f"{RESPONSE}:{directive.removeprefix(f'{DIRECTIVE}:')}:{target}"


def verification_subject(response: bytes) -> str:
    """What all decisions on one response are revisions of."""
    return f"{VERIFICATION}:{response.hex()}"


def task(body: Mapping[str, Any], parts: Iterable[PartReference]) -> bytes:
    """Digest of what a directive asks: responses to one revision answer another only where it is equal."""
    said = [body[name] for name in ("title", "text", "steps", "report")]
    attached = sorted([part.name, part.hash.hex()] for part in parts)
    return hashlib.sha256(json.dumps([*said, attached], ensure_ascii=False).encode()).digest()


def check_directive(body: Mapping[str, Any]) -> None:
    """Refuse a body that does not set a task."""
    try:
        sound = _is_directive(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise Invalid({"body": _("This is not a directive.")})


def _is_directive(body: Mapping[str, Any]) -> bool:
    ended = body["state"] in (CANCELLED, CLOSED)
    date.fromisoformat(body["due"])
    return (
        body.keys() == _BODY
        and _is_text(body["title"], MOST_TITLE, least=1)
        and _is_text(body["text"], MOST_TEXT)
        and len(body["due"]) == len("2026-05-06")
        and (body["days"] is None or type(body["days"]) is int)
        and len(_texts(body["steps"], MOST_STEP)) <= MOST_STEPS
        and _is_requirement(body["report"])
        and _is_selection(body["selection"])
        and _is_set(body["targets"])
        and _is_parent(body["parent"])
        and (ended or body["state"] == OPEN)
        and (is_hex32(body["of"]) if ended else body["of"] is None)
        and _is_text(body["reason"], MOST_REASON)
    )


def _is_text(value: Any, most: int, *, least: int = 0) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


def _texts(value: Any, most: int) -> Sequence[str]:
    if not isinstance(value, list) or not all(_is_text(one, most, least=1) for one in value):
        raise TypeError
    return value


def _is_set(value: Any) -> bool:
    codes = _texts(value, 32)
    return bool(codes) and list(codes) == sorted(set(codes))


def _is_requirement(value: Any) -> bool:
    if value is None:
        return True
    Period.parse(value["period"])
    return value.keys() == {"template", "period"} and _is_text(value["template"], 200, least=1)


def _is_selection(value: Any) -> bool:
    return (
        value.keys() == _SELECTION
        and value["rule"] in (CHILDREN, TIER, LIST)
        and all(_is_text(value[name], MOST_TITLE) for name in _SELECTION)
    )


def _is_parent(value: Any) -> bool:
    if value is None:
        return True
    envelope = value["envelope"]
    return (
        value.keys() == {"document", "envelope"}
        and is_hex32(value["document"])
        and (envelope is None or (envelope.keys() == _ENVELOPE and _is_envelope(envelope)))
    )


def _is_envelope(value: Mapping[str, Any]) -> bool:
    return all(isinstance(text, str) for text in value.values()) and all(
        _HEX.fullmatch(value[name]) for name in ("signature", "key")
    )


def check_response(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {directive, state, note, steps: [number], report}."""
    steps = body.get("steps")
    if (
        body.keys() != {"directive", "state", "note", "steps", "report"}
        or not is_hex32(body["directive"])
        or body["state"] not in ANSWERS
        or not _is_text(body["note"], MOST_TEXT)
        or not isinstance(steps, list)
        or not all(type(one) is int and 0 <= one < MOST_STEPS for one in steps)
        or steps != sorted(set(steps))
        or not (body["report"] is None or is_hex32(body["report"]))
    ):
        raise Invalid({"body": _("This is not the response to a directive.")})


def check_verification(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {response, decision, reason}."""
    if (
        body.keys() != {"response", "decision", "reason"}
        or not is_hex32(body["response"])
        or body["decision"] not in (VERIFY, RETURN)
        or not _is_text(body["reason"], MOST_REASON)
    ):
        raise Invalid({"body": _("This is not the decision on a response.")})
