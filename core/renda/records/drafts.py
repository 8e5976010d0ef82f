"""Unfinished input: what somebody has typed into a form and not saved yet. Nobody else ever sees it."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations import RecordType
from renda.declarations.personal import held
from renda.i18n import _
from renda.tasks import enqueue

FORGET = "core.forget_draft"
NEW = uuid.UUID(int=0)
"""What the form of a new record that is no part of another is about."""

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Draft(Scoped, Base):
    """The unfinished input of one person in one form.

    Attributes:
        account: whose it is.
        type: name of the record type.
        about: id of the record that the form changes, of the whole to which it adds a part, or `NEW`.
        typed: JSON: text by the name of a field.
        lock: count of changes of the record that the form has seen; 0 for a new one.
        saved_at: when it was kept last.
    """

    __tablename__ = "core_draft"
    __table_args__ = (Index(None, "account", "organisation", "type", "about", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    type: Mapped[str]
    about: Mapped[uuid.UUID]
    typed: Mapped[str] = mapped_column(
        info=held(
            _("Not losing what somebody has not finished"),
            "draft",
            label=_("Unfinished input: what was typed"),
        )
    )
    lock: Mapped[int]
    saved_at: Mapped[datetime]

    @property
    def values(self) -> dict[str, str]:
        """Text by the name of a field."""
        found: dict[str, str] = json.loads(self.typed)
        return found


_table: Any = Draft.__table__


def _place(kind: RecordType, organisation: str, account: uuid.UUID, about: uuid.UUID) -> dict[str, Any]:
    """What tells a form, and the person before it, from all others."""
    return {"account": account, "organisation": organisation, "type": kind.name, "about": about}


def keep(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    about: uuid.UUID,
    *,
    typed: Mapping[str, str],
    lock: int,
    now: datetime,
    span: timedelta,
) -> None:
    """Keep what is in a form for a span, in the place of what was kept of it before."""
    place = _place(kind, organisation, account, about)
    fields = {name: text for name, text in typed.items() if name in kind.fields}
    values = {"typed": json.dumps(fields), "lock": lock, "saved_at": now}
    made, connection = new_id(), session.connection()
    statement = _INSERTS[connection.dialect.name](_table).values(id=made, **place, **values)
    statement = statement.on_conflict_do_update(index_elements=list(place), set_=values)
    if connection.scalar(statement.returning(_table.c.id)) == made:
        enqueue(session, FORGET, made, now=now, due=now + span)


def find(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    about: uuid.UUID,
    *,
    since: datetime,
) -> Draft | None:
    """What somebody left in a form, if it was kept after an instant."""
    place = _place(kind, organisation, account, about)
    return session.scalar(select(Draft).filter_by(**place).where(Draft.saved_at > since))


def forget(
    session: Session, kind: RecordType, organisation: str, account: uuid.UUID, about: uuid.UUID
) -> None:
    """Remove what somebody left in a form, if there is anything."""
    place = _place(kind, organisation, account, about)
    session.execute(delete(Draft).filter_by(**place), execution_options={"synchronize_session": False})


def forget_person(session: Session, person: uuid.UUID, name: str) -> None:
    """Remove everybody's unfinished input that names a person in one of its fields; for a session of all."""
    said = [Draft.typed.contains(json.dumps(one), autoescape=True) for one in (str(person), name)]
    session.execute(delete(Draft).where(or_(*said)), execution_options={"synchronize_session": False})


def span_of(values: Mapping[str, Any]) -> timedelta:
    """For how long unfinished input is kept, by the settings of the node."""
    return timedelta(days=values["draft_days"])
