"""For how long personal data are kept, by kind, and what is due. Nothing is erased by itself.

The shortest span that the purpose allows (个人信息保护法, art. 19); the years are settings of the node.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from renda.declarations import Message
from renda.directory.models import Mandate, Person, PersonSecret
from renda.directory.strokes import official
from renda.directory.terms import years_later
from renda.i18n import _
from renda.settings import Settings


@dataclass(frozen=True)
class Span:
    """How long data of one kind are kept.

    Attributes:
        words: how long, and from when on; `${count}` is what the setting says.
        setting: name of the setting that holds the years, or "" where none does.
    """

    words: Message
    setting: str = ""


SPANS: Mapping[str, Span] = {
    "person": Span(_("${count} years after the last seat has ended"), "person_years"),
    "contact": Span(_("${count} years after the last seat has ended"), "contact_years"),
    "mandate": Span(_("For ever: the roll of a congress is its archive")),
    "figure": Span(_("For ever: a keyed hash, from which nobody can be read; figures rest on it")),
    "record": Span(_("As long as the record, by the archive's rules of the body")),
    "account": Span(_("For ever: the audit trail names it; a closed account opens nothing")),
    "audit": Span(_("For ever, at least six months by law (网络安全法, art. 21)")),
    "attachment": Span(
        _("As long as the record, and ${count} days after somebody removed it"), "attachment_days"
    ),
    "upload": Span(_("One day")),
    "draft": Span(_("Until it is saved or discarded, at most ${count} days"), "draft_days"),
}
"""Spans by the name that `Personal.kept` says."""


def words(kind: str, settings: Settings) -> Message:
    """How long data of a kind are kept, in words."""
    span = SPANS[kind]
    return _(span.words, mapping={"count": settings[span.setting]}) if span.setting else span.words


@dataclass(frozen=True)
class Due:
    """Somebody whose data an organisation should erase.

    Attributes:
        kind: which of them: person or contact, see `SPANS`.
        ended_on: the day on which the last seat ended.
        since: from when on they are due.
    """

    person: uuid.UUID
    name: str
    kind: str
    ended_on: date
    since: date


def due(session: Session, organisation: str, day: date, settings: Settings) -> list[Due]:
    """Whose data are due at an organisation on a day, in official order.

    A seat that is open at any congress that the session sees keeps everything.
    """
    last = func.max(Mandate.ended_on)
    other = aliased(Mandate)
    still = exists().where(other.person == Person.id, or_(other.ended_on.is_(None), other.ended_on > day))
    sealed = exists().where(and_(PersonSecret.person == Person.id, PersonSecret.organisation == organisation))
    rows = session.execute(
        select(Person.id, Person.name, last.label("ended_on"), sealed.label("sealed"))
        .join(Mandate, Mandate.person == Person.id)
        .where(Mandate.organisation == organisation, Person.erased_at.is_(None), ~still)
        .group_by(Person.id, Person.name)
    )
    found = []
    for row in rows:
        for kind in ("person", "contact") if row.sealed else ("person",):
            since = years_later(row.ended_on, settings[SPANS[kind].setting])
            if since <= day:
                found.append(Due(row.id, row.name, kind, row.ended_on, since))
    return sorted(found, key=lambda one: (official(one.name), one.person, one.kind))
