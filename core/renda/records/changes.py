"""What became of a record's fields: each change from what to what, kept for whoever may read the record."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations import RecordType
from renda.declarations.personal import held
from renda.i18n import _
from renda.records.fields import Field, Person
from renda.records.forms import masked
from renda.records.kinds import mask
from renda.records.models import Record
from renda.security import audit
from renda.security.models import Account

Pair = tuple[Record, Mapping[str, Any], Mapping[str, Any]]
"""A record, and values of some of its fields before and after a change."""


class Change(Scoped, Base):
    """A change of a record's fields. Rows are only added.

    Attributes:
        type: name of the record type.
        record: id of the record.
        lock: count of changes that the record had with this one.
        actor: account that made it, or None for the system.
        fields: JSON: by the name of a field its value before and after, see `kept`.
    """

    __tablename__ = "core_change"
    __table_args__ = (Index(None, "record", "lock"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    record: Mapped[uuid.UUID]
    lock: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_account.id"),
        info=held(
            _("Saying afterwards who decided what"), "record", label=_("Change of a record: who made it")
        ),
    )
    fields: Mapped[str] = mapped_column(
        info=held(
            _("Saying afterwards what a record said before"),
            "record",
            label=_("Change of a record: values before and after"),
        )
    )

    @property
    def pairs(self) -> Mapping[str, Sequence[Any]]:
        """Value before and after by field."""
        found: Mapping[str, Sequence[Any]] = json.loads(self.fields)
        return found


def kept(what: Field, value: Any) -> Any:
    """A value as a change keeps it, in JSON: personal text is masked, since history outlives its purpose."""
    return mask(value) if value is not None and masked(what) else what.plain(value)


def told(kind: RecordType, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Values as an audit row keeps them: of personal fields only that they were given."""
    return {
        name: "***" if kind.fields[name].personal else kind.fields[name].plain(value)
        for name, value in stored.items()
    }


def note(
    session: Session, kind: RecordType, some: Sequence[Pair], *, now: datetime, actor: uuid.UUID | None
) -> None:
    """Keep what was just written to fields of records of one organisation, for readers and for auditors."""
    for row, before, after in some:
        pairs = {
            name: [kept(kind.fields[name], before[name]), kept(kind.fields[name], value)]
            for name, value in after.items()
        }
        session.add(
            Change(
                organisation=row.organisation,
                type=kind.name,
                record=row.id,
                lock=row.lock,
                at=now,
                actor=actor,
                fields=json.dumps(pairs, ensure_ascii=False),
            )
        )
    done = [
        (f"{kind.name}/{row.id}", {"from": told(kind, before), "to": told(kind, after)})
        for row, before, after in some
    ]
    place = some[0][0].organisation
    audit.record_all(session, done, actor=actor, organisation=place, action="record.update", now=now)


def of(
    session: Session, kind: RecordType, row: Record, since: int = 0
) -> Sequence[tuple[Change, str | None]]:
    """The changes of a record after the first `since`, the latest first, and who made each."""
    rows = session.execute(
        select(Change, Account.name)
        .outerjoin(Account, Account.id == Change.actor)
        .where(Change.record == row.id, Change.type == kind.name, Change.lock > since)
        .order_by(Change.lock.desc(), Change.id.desc())
    )
    return [(change, name) for change, name in rows]


def persons_in(kind: RecordType, changes: Iterable[Change]) -> set[uuid.UUID]:
    """Ids of the persons whom changes name."""
    return {
        uuid.UUID(value)
        for change in changes
        for name, pair in change.pairs.items()
        if isinstance(kind.fields.get(name), Person)
        for value in pair
        if value is not None
    }
