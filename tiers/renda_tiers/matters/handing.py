"""Handing a matter over, and passing it on."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory.models import Organisation
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.records.fields import Paragraph, Text
from renda_tiers.documents import parts, store
from renda_tiers.matters import arrival, reach, turns, ways
from renda_tiers.matters.arrival import CATEGORIES, IDENTITY, NOTE, TEXT
from renda_tiers.matters.state import HAND
from renda_tiers.matters.turns import Turn, Words
from renda_tiers.reports.standings import ancestry

TITLE = Text(_("Title"), max_length=80)
WORDS = Paragraph(_("Text"), max_length=4000)
REMARK = Paragraph(_("Remark"), required=False, max_length=1000)
NAME = Text(_("Name"), required=False, max_length=60)
CONTACT = Text(_("Contact"), required=False, max_length=200)


@dataclass(frozen=True, slots=True)
class Handing:
    """What is about to be handed over.

    Attributes:
        receiver: code of who is to handle it.
        category: one of `arrival.CATEGORIES`.
        title, text: what it is about; names belong into `name` alone.
        about: code of the body complained of, or "".
        name, contact: who asks, and how to reach them; kept from everybody but the receiver.
        reveal: whether the receiver gets even that; otherwise the origin alone keeps it.
        due: the last day for the answer, or None.
    """

    receiver: str
    category: str
    title: str
    text: str
    about: str = ""
    name: str = ""
    contact: str = ""
    reveal: bool = False
    due: date | None = None


def hand_over(
    session: Session, origin: str, said: Handing, *, actor: uuid.UUID | None, now: datetime
) -> bytes:
    """Hand a matter to a receiver above, beside or below; the hash of the document, which names the case.

    Raises:
        Invalid: a text is missing or too long, or the receiver is out of reach, the body complained of, or
            to be reached from here only over that body's node.
    """
    texts = turns.cleaned(
        title=(TITLE, said.title),
        text=(WORDS, said.text),
        name=(NAME, said.name),
        contact=(CONTACT, said.contact),
    )
    _check(session, origin, said, today=local_day(now))
    words = [Words(TEXT, texts["text"].encode())]
    if texts["name"] or texts["contact"]:
        who = {"name": texts["name"], "contact": texts["contact"]}
        readers = {said.receiver} if said.reveal else set[str]()
        words.append(Words(IDENTITY, json.dumps(who, ensure_ascii=False).encode(), frozenset(readers)))
    body = {
        "case": None,
        "number": 1,
        "after": None,
        "forwards": None,
        "from": origin,
        "to": said.receiver,
        "category": said.category,
        "title": texts["title"],
        "about": said.about,
        "due": said.due.isoformat() if said.due else None,
        "parties": sorted({origin, said.receiver}),
    }
    return turns.say(
        session,
        arrival.KIND,
        origin,
        body,
        words,
        parties=frozenset({origin, said.receiver}),
        about=said.about,
        actor=actor,
        now=now,
    )


def _check(session: Session, origin: str, said: Handing, *, today: date) -> None:
    errors = {}
    above = ancestry(session, {origin, said.receiver})
    if not reach.can_hand(above, origin, said.receiver, today):
        errors["receiver"] = _("Choose who is to handle it: somebody above, beside or below.")
    if said.category not in CATEGORIES:
        errors["category"] = _("Choose what kind of matter it is.")
    if said.about:
        known = session.scalar(select(Organisation.code).where(Organisation.code == said.about))
        if known is None:
            errors["about"] = _("There is no organisation ${code}.", mapping={"code": said.about})
        elif said.about == said.receiver:
            errors["about"] = _("What complains of a body is not handed to it.")
        elif "receiver" not in errors and (
            refusal := ways.refusal(session, origin, said.receiver, said.about, today)
        ):
            errors["receiver"] = refusal
    if said.due is not None and said.due < today:
        errors["due"] = _("The last day for the answer is over already.")
    if errors:
        raise Invalid(errors)


def pass_on(
    session: Session,
    holder: str,
    case: bytes,
    receiver: str,
    *,
    note: str = "",
    due: date | None = None,
    reveal: bool = False,
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    """Pass a matter on, in one step; who began a case may hand it anywhere within reach again.

    The text goes with it; the identity of who asks only where the holder has it and says so.

    Raises:
        NotFound, Conflict: see `turns.take`.
        Invalid: the receiver is out of reach, the body complained of, or to be reached from here only over
            that body's node; the last day is later than the holder's own, or the note is too long.
        Conflict: the identity is not the holder's to pass on.
    """
    words = turns.cleaned(note=(REMARK, note))["note"]
    found = turns.take(session, holder, case, HAND)
    today = local_day(now)
    last = due or found.standing.due
    _check_step(session, found, holder, receiver, last, today=today)
    parties = found.parties | {receiver}
    body = {
        **found.following(),
        "forwards": found.standing.matter.hex(),
        "from": found.hand.source,
        "to": receiver,
        "category": found.hand.category,
        "title": found.hand.title,
        "about": found.hand.about,
        "due": last.isoformat() if last else None,
        "parties": sorted(parties),
    }
    carried = [Words(NOTE, words.encode())] if words else []
    carried += _carried(session, found, holder, receiver, reveal=reveal)
    return turns.say(
        session,
        arrival.KIND,
        holder,
        body,
        carried,
        parties=parties,
        about=found.hand.about,
        actor=actor,
        now=now,
    )


def _check_step(
    session: Session, found: Turn, holder: str, receiver: str, due: date | None, *, today: date
) -> None:
    errors = {}
    within = reach.can_hand if holder == found.hand.source else reach.can_pass
    if not within(ancestry(session, {holder, receiver}), holder, receiver, today):
        errors["receiver"] = _("A matter is passed on in one step: to who is above, beside or below.")
    elif receiver == found.hand.about:
        errors["receiver"] = _("What complains of a body is not handed to it.")
    elif refusal := ways.refusal(session, holder, receiver, found.hand.about, today):
        errors["receiver"] = refusal
    own = found.standing.due
    if due is not None and own is not None and due > own:
        errors["due"] = _("The last day cannot be later than your own, ${day}.", mapping={"day": own})
    if errors:
        raise Invalid(errors)


def _carried(session: Session, found: Turn, holder: str, receiver: str, *, reveal: bool) -> list[Words]:
    """The text as the holder has it, and the identity where it is to go along."""
    held = held_parts(session, found, holder)
    carried = [Words(TEXT, held[TEXT])] if TEXT in held else []
    if reveal:
        if IDENTITY not in held:
            raise Conflict(_("The identity of who asks is not yours to pass on."))
        carried.append(Words(IDENTITY, held[IDENTITY], frozenset({receiver})))
    return carried


def held_parts(session: Session, found: Turn, organisation: str) -> dict[str, bytes]:
    """The newest text and identity of a case that an organisation may have and that are here."""
    order: Sequence[Any] = [one.hash for one in found.events if one.step == HAND]
    documents = {one.hash: one for one in store.read(session, order)}
    seen = parts.read(session, list(documents.values()), organisation)
    newest: dict[str, bytes] = {}
    for document in order:
        for name in (TEXT, IDENTITY):
            part = seen.get((document, name))
            if part is not None and part.content is not None:
                newest[name] = part.content
    return newest
