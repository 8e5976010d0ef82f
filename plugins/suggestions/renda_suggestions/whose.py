"""Whose a suggestion is: what a deputy made or cosigned, and what a unit is to handle.

The roles of deputies and handling units hold no verb of the register: what they see and do, they see and do
through these questions alone.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from renda.deputies.registers import HandlingUnit
from renda.deputies.subjects import DEPUTY, HANDLER
from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda.records import engine
from renda.records.models import Participant
from renda.security import grants
from renda.types import Request
from renda_suggestions.records import SIGNATURE, SUGGESTIONS, Suggestion
from renda_suggestions.telling import names_of

NOBODY = _(
    "This account is not connected with a deputy or a handling unit. "
    "Ask your administrator to grant the role with its name."
)
MOST = 500
"""Suggestions of a list without pages; the register has them all."""
UNSEEN = ("draft", "returned", "withdrawn")
"""States in which a suggestion is its lead deputy's alone."""


def deputy(request: Request) -> uuid.UUID | None:
    """The person as whom the reader is a deputy here."""
    return _subject(request, DEPUTY)


def required(subject: uuid.UUID | None) -> uuid.UUID:
    """The same, where nothing can be done without it.

    Raises:
        Conflict: the account is connected with nobody.
    """
    if subject is None:
        raise Conflict(NOBODY)
    return subject


def unit(request: Request) -> str | None:
    """Name of the handling unit for which the reader works here."""
    named = select(HandlingUnit.name).where(
        HandlingUnit.id == _subject(request, HANDLER),
        HandlingUnit.organisation == request.context.organisation.code,
    )
    return request.db.scalars(named).one_or_none()


def _subject(request: Request, role: str) -> uuid.UUID | None:
    here = request.context.organisation.code
    return grants.subject_of(request.db, request.context.reader.account, here, role, request.now)


def of_deputy(person: uuid.UUID) -> ColumnElement[bool]:
    """What tells the suggestions that a deputy leads, and the submitted ones that the deputy has cosigned."""
    signed = select(Participant.whole).where(
        Participant.type == SIGNATURE, Participant.person == person, Participant.state == "signed"
    )
    return or_(
        Suggestion.lead_deputy == person,
        Suggestion.id.in_(signed) & Suggestion.state.not_in(UNSEEN),
    )


def of_unit(name: str) -> ColumnElement[bool]:
    """What tells the suggestions that were assigned to a unit, as the lead or with others."""
    # Names are written in one text; a unit whose name is part of another's is told apart by `names_of`.
    return Suggestion.assigned_on.is_not(None) & or_(
        Suggestion.lead_handler == name, Suggestion.co_handlers.contains(name, autoescape=True)
    )


def handles(row: Suggestion, name: str) -> bool:
    """Whether a unit takes part in the handling of what was assigned."""
    return row.assigned_on is not None and (row.lead_handler == name or name in names_of(row.co_handlers))


def listed(session: Session, organisation: str, *conditions: ColumnElement[bool]) -> Sequence[Suggestion]:
    """Suggestions of an organisation, the newest first, at most `MOST`."""
    return session.scalars(
        select(Suggestion)
        .where(Suggestion.organisation == organisation, *conditions)
        .order_by(Suggestion.made_on.desc(), Suggestion.id.desc())
        .limit(MOST)
    ).all()


def found(request: Request, *conditions: ColumnElement[bool]) -> Suggestion:
    """The suggestion that the address names.

    Raises:
        NotFound: there is none that meets the conditions.
    """
    here = request.context.organisation.code
    row = engine.find(request.db, SUGGESTIONS, here, request.matchdict["id"])
    seen = select(Suggestion.id).where(Suggestion.id == row.id, Suggestion.organisation == here, *conditions)
    if request.db.scalar(seen) is None or not isinstance(row, Suggestion):
        raise NotFound
    return row
