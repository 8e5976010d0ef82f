"""Accepting, answering and giving back a matter; rating the answer, and closing the case."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Invalid
from renda.i18n import _
from renda.records.fields import Paragraph
from renda_tiers.documents import attached
from renda_tiers.matters import replies, state, turns
from renda_tiers.matters.arrival import TEXT
from renda_tiers.matters.state import ACCEPT, ANSWER, RATE, RETURN
from renda_tiers.matters.turns import Turn, Words

ANSWER_WORDS = Paragraph(_("Text"), max_length=4000)
FREE_WORDS = Paragraph(_("Text"), required=False, max_length=4000)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is about to be said of a matter.

    Attributes:
        step: one of `state.STEPS`.
        text: the answer, or why it is given back, rated so, or closed.
        evidence: what proves it, as (file name, bytes).
        satisfied: of a rating.
        due: of a rating that is not satisfied: until when to answer again.
    """

    step: str
    text: str = ""
    evidence: Sequence[tuple[str, bytes]] = ()
    satisfied: bool | None = None
    due: date | None = None


def reply(
    session: Session, organisation: str, case: bytes, said: Reply, *, actor: uuid.UUID | None, now: datetime
) -> bytes:
    """Say what became of a matter; the hash of the reply.

    Raises:
        NotFound, Conflict: see `turns.take`.
        Invalid: words are missing or too long, a rating without its judgement, a last day that is over, or
            two pieces of evidence of one name, or one of no kind that is taken.
    """
    text = _checked(said, today=local_day(now))
    found = turns.take(session, organisation, case, said.step)
    words = [Words(TEXT, text.encode())] if text else []
    words += [Words(name, content) for name, content in said.evidence]
    body = {
        **found.following(),
        "matter": _about(found, said.step).hex(),
        "step": said.step,
        "satisfied": said.satisfied,
        "due": said.due.isoformat() if said.due else None,
    }
    return turns.say(
        session,
        replies.KIND,
        organisation,
        body,
        words,
        parties=found.parties,
        about=found.hand.about,
        actor=actor,
        now=now,
    )


def _about(found: Turn, step: str) -> bytes:
    about = state.in_hand(found.standing, found.matters) if step in {ANSWER, RETURN} else None
    return about or found.standing.matter


def _checked(said: Reply, *, today: date) -> str:
    rating = said.step == RATE
    needed = said.step != ACCEPT and said.satisfied is not True
    text = turns.cleaned(text=(ANSWER_WORDS if needed else FREE_WORDS, said.text))["text"]
    errors = {}
    if rating and said.satisfied is None:
        errors["satisfied"] = _("Say whether the answer satisfies.")
    if said.due is not None and (not rating or said.satisfied or said.due < today):
        errors["due"] = _("A last day is set where the answer does not satisfy, and lies ahead.")
    names = [TEXT, *(name for name, _content in said.evidence)]
    if len(set(names)) != len(names):
        errors["evidence"] = _("Two pieces of evidence have one name.")
    if errors:
        raise Invalid(errors)
    for name, content in said.evidence:
        attached.check("evidence", name, content)
    return text
