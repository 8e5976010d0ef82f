"""The `matter_reply` document: what became of a matter, said by whose turn it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents import parts
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.payload import is_hex32
from renda_tiers.documents.store import Verdict
from renda_tiers.matters import cases, state
from renda_tiers.matters.arrival import is_count
from renda_tiers.matters.models import Matter, MatterReply

KIND = "matter_reply"

_LINKS = ("case", "after", "matter")
_BODY = {*_LINKS, "number", "step", "satisfied", "due", parts.WITHHELD}


def subject(token: str) -> str:
    """A reply is said once and never revised."""
    return f"{KIND}:{token}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {case, after, matter, number, step, satisfied, due, withheld}."""
    try:
        well_formed = body.keys() == _BODY and _is_reply(body)
    except (TypeError, ValueError):
        well_formed = False
    if not well_formed:
        raise Invalid({"body": _("This is no reply to a matter.")})


def _is_reply(body: Mapping[str, Any]) -> bool:
    if body["due"] is not None:
        date.fromisoformat(body["due"])
    rated = body["step"] == state.RATE
    return (
        all(is_hex32(body[name]) for name in _LINKS)
        and is_count(body["number"])
        and body["step"] in state.STEPS
        and (isinstance(body["satisfied"], bool) if rated else body["satisfied"] is None)
        and (rated or body["due"] is None)
        and parts.is_rule(body[parts.WITHHELD])
    )


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A reply waits for its matter; its receiver alone answers, and who began the case rates and closes."""
    named = {bytes.fromhex(one.body["matter"]) for one in documents}
    columns = (Matter.document, Matter.case, Matter.receiver, Matter.source)
    held = {row.document: row for row in session.execute(select(*columns).where(Matter.document.in_(named)))}
    verdicts = {}
    for one in documents:
        about = bytes.fromhex(one.body["matter"])
        matter = held.get(about)
        if one.revision != 1:
            verdicts[one.hash] = aside(_("A matter is said once and not revised."))
        elif matter is None:
            verdicts[one.hash] = parked(_("The matter that this answers is not here yet."), about)
        elif matter.case.hex() != one.body["case"]:
            verdicts[one.hash] = aside(_("This reply belongs to another case."))
        elif one.origin != _speaker(one.body["step"], matter):
            verdicts[one.hash] = aside(_("It is not this organisation's turn to say this."))
    return verdicts


def _speaker(step: str, matter: Any) -> str:
    speaker: str = matter.source if step in (state.RATE, state.CLOSE) else matter.receiver
    return speaker


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the replies and follow their cases anew."""
    rows = [_row(one) for one in documents]
    session.execute(insert(MatterReply), rows)
    cases.move(session, {row["case"] for row in rows})


def _row(one: Document) -> dict[str, Any]:
    body = one.body
    return {
        "document": one.hash,
        **{name: bytes.fromhex(body[name]) for name in _LINKS},
        "number": body["number"],
        "step": body["step"],
        "origin": one.origin,
        "satisfied": body["satisfied"],
        "due": date.fromisoformat(body["due"]) if body["due"] else None,
        "issued": one.issued,
    }


def forget(session: Session) -> None:
    """Empty the replies."""
    session.execute(delete(MatterReply))
