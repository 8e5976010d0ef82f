"""Whom an account may play a role for: a deputy of the organisation, or one of its handling units."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.deputies.registers import HandlingUnit
from renda.directory.models import Person
from renda.errors import Invalid
from renda.i18n import _
from renda.records.kinds import Rejected
from renda.records.persons import called_so
from renda.slices import slices

DEPUTY, HANDLER = "deputy", "handler"
"""The roles that somebody plays for a person or a unit."""

_NO_UNIT = _("There is no handling unit of this name in use at the organisation.")
_TWICE = _("Several handling units have this name; give each its own.")
_NOT_PLAYED_FOR = _("Only the roles deputy and handler are played for somebody.")


def find(session: Session, organisation: str, role: str, name: str, now: datetime) -> uuid.UUID:
    """The person or the unit of this name for whom the role may be played.

    Raises:
        Invalid: nobody is called so, or several are; or the role is played for nobody.
    """
    if role == DEPUTY:
        try:
            return called_so(session, organisation, local_day(now), name)
        except Rejected as error:
            raise Invalid({"for": error.message}) from None
    if role != HANDLER:
        raise Invalid({"for": _NOT_PLAYED_FOR})
    units = session.scalars(
        select(HandlingUnit.id).where(
            HandlingUnit.organisation == organisation,
            HandlingUnit.name == name,
            HandlingUnit.state == "in_use",
        )
    ).all()
    if len(units) != 1:
        raise Invalid({"for": _TWICE if units else _NO_UNIT})
    return units[0]


def names(session: Session, identifiers: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the persons and units are called for whom roles are played, by id."""
    found: dict[uuid.UUID, str] = {}
    for some in slices(sorted(identifiers)):
        for model in (Person, HandlingUnit):
            rows = session.execute(select(model.id, model.name).where(model.id.in_(some)))
            found |= {row.id: row.name for row in rows}
    return found
