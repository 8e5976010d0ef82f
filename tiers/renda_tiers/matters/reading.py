"""Matters as pages and commands show them: lists, and one case with its course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from renda_tiers.documents import parts, store
from renda_tiers.documents.parts import Held
from renda_tiers.matters import cases, identity, turns
from renda_tiers.matters.arrival import IDENTITY, TEXT
from renda_tiers.matters.models import Matter, MatterCase
from renda_tiers.matters.state import CLOSED, Event
from renda_tiers.matters.turns import Turn

TURN, IN, OUT = "turn", "in", "out"
BOXES = (TURN, IN, OUT)
"""What waits for an organisation, what was handed to it, what it handed to others."""


@dataclass(frozen=True, slots=True)
class Said:
    """One document of a case as an organisation sees it.

    Attributes:
        event: what it says.
        counts: whether it does; not where it crossed another.
        parts: what lies beside it, by name; identity left out.
    """

    event: Event
    counts: bool
    parts: dict[str, Held]


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as an organisation that is a party of it sees it.

    Attributes:
        found: where it stands and what counted.
        said: its documents, oldest first.
        text: what is asked, by the earliest document that has it.
        identity: see `identity.status`.
        possible: what the organisation can say next.
    """

    found: Turn
    said: tuple[Said, ...]
    text: Held | None
    identity: str
    possible: frozenset[str]


def shown(session: Session, organisation: str, case: bytes) -> Shown:
    """One case.

    Raises:
        NotFound: there is no such case, or the organisation has no part in it.
    """
    found = turns.turn(session, organisation, case)
    held = cases.events(session, case)
    documents = store.read(session, [one.hash for one in held])
    seen: dict[bytes, dict[str, Held]] = {}
    for (document, name), part in parts.read(session, documents, organisation).items():
        if name != IDENTITY:
            seen.setdefault(document, {})[name] = part
    counted = {one.hash for one in found.events}
    ordered = sorted(held, key=lambda one: (one.number, one.issued, one.hash))
    said = tuple(Said(one, one.hash in counted, seen.get(one.hash, {})) for one in ordered)
    asked = [one.parts[TEXT] for one in said if one.event.hash in found.matters and TEXT in one.parts]
    return Shown(
        found,
        said,
        next((one for one in asked if one.content is not None), asked[0] if asked else None),
        identity.status(session, found, organisation),
        found.possible(organisation),
    )


def _box(organisation: str, box: str) -> ColumnElement[bool]:
    """The condition that a case lies in a box of an organisation."""
    if box == TURN:
        return MatterCase.holder == organisation
    side = Matter.receiver if box == IN else Matter.origin
    return exists().where(Matter.case == MatterCase.case, side == organisation)


def listed(session: Session, organisation: str, box: str, *, limit: int, offset: int = 0) -> Sequence[Any]:
    """The cases of a box: open ones first, those that are due first, then the latest."""
    return session.execute(
        select(*MatterCase.__table__.columns)
        .where(_box(organisation, box))
        .order_by(
            MatterCase.state == CLOSED,
            MatterCase.due.is_(None),
            MatterCase.due,
            MatterCase.opened.desc(),
            MatterCase.case,
        )
        .limit(limit)
        .offset(offset)
    ).all()


def count(session: Session, organisation: str, box: str) -> int:
    """How many cases a box has."""
    return session.scalar(select(func.count()).select_from(MatterCase).where(_box(organisation, box))) or 0


def counted(
    session: Session, organisations: Sequence[str], start: datetime, end: datetime
) -> dict[tuple[str, str], int]:
    """How many cases began at organisations between two instants, by (organisation, category).

    However often a case is passed on, it counts once, where it began.
    """
    rows = session.execute(
        select(MatterCase.source, MatterCase.category, func.count().label("cases"))
        .where(
            MatterCase.source.in_(organisations),
            MatterCase.opened >= start,
            MatterCase.opened < end,
            # A node that joined a case later does not know when it began.
            exists().where(Matter.document == MatterCase.case),
        )
        .group_by(MatterCase.source, MatterCase.category)
    )
    return {(row.source, row.category): row.cases for row in rows}
