"""Whose nodes lie between two bodies: a complaint goes no way that passes the node of whom it is about.

The parts of a document lie on every node that they pass, so that one which must not have them stops them; and
the title, and whom it is about, would lie there for nothing.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.i18n import _


@dataclass(frozen=True)
class Passing:
    """Asked through the registry: whose nodes does what one body says pass on the way to another?

    Attributes:
        bodies: to be filled with those, other than the two, at whose own node it arrives, or may arrive,
            before it is there.
    """

    session: Session
    speaker: str
    receiver: str
    day: date
    bodies: set[str] = field(default_factory=set)


def refusal(session: Session, speaker: str, receiver: str, about: str, day: date) -> str | None:
    """Why what complains of a body cannot be handed to a receiver from here; None where it can."""
    if not about:
        return None
    event = Passing(session, speaker, receiver, day)
    session.info["registry"].notify(event)
    if about not in event.bodies:
        return None
    names = {name: _name(session, code) for name, code in (("receiver", receiver), ("about", about))}
    return _(
        "From here this reaches ${receiver} over the node of ${about}, or may do so: whom it complains of "
        "would learn of it, and the text would be stopped there. Nothing was sent. Hand it in at ${receiver} "
        "itself, on a page there or on paper.",
        mapping=names,
    )


def _name(session: Session, code: str) -> str:
    row = session.get(Organisation, code)
    return row.name if row else code
