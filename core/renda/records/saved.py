"""Saved views: filters, order and columns of a list under a name, for one person or for the organisation."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, bindparam, event, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from renda import stamps
from renda.database import Base, Scoped, new_id
from renda.declarations import RecordType
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records.fields import Rejected, Text
from renda.stamps import Memory

NAME = Text(_("Name of the view"), max_length=40)
MOST = 20
"""Views of one list that one person, or the organisation, may have."""


class SavedView(Scoped, Base):
    """A list as somebody wants to find it again.

    Attributes:
        type: name of the record type.
        account: whose it is; None for everybody's at the organisation.
        query: filters, search, sort and columns as the list's address has them.
        opens: whether the list opens with it; one of a person's may, and one of the organisation's.
    """

    __tablename__ = "core_saved_view"
    __table_args__ = (Index(None, "organisation", "type"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str]
    account: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_account.id"))
    name: Mapped[str]
    query: Mapped[str]
    opens: Mapped[bool]


_view: Any = SavedView.__table__
_SEEN = (
    select(_view)
    .where(
        _view.c.organisation == bindparam("organisation"),
        _view.c.type == bindparam("type"),
        or_(_view.c.account.is_(None), _view.c.account == bindparam("account")),
    )
    .order_by(_view.c.account.is_(None).desc(), _view.c.id)
)
_kept: Memory[Sequence[Any]] = Memory(stamps.VIEWS, size=4096)
"""Every list asks for its views, and they change a few times a day."""


@event.listens_for(SavedView, "after_insert")
@event.listens_for(SavedView, "after_update")
@event.listens_for(SavedView, "after_delete")
def _changed(_mapper: object, connection: Connection, _view: SavedView) -> None:
    stamps.touch(connection, stamps.VIEWS)


def seen(session: Session, kind: RecordType, organisation: str, account: uuid.UUID) -> Sequence[Any]:
    """Rows of the views of a list that somebody sees: the organisation's first, then their own."""
    place = {"organisation": organisation, "type": kind.name, "account": account}
    connection = session.connection()
    key = (kind.name, organisation, account)
    return _kept.recall(connection, key, lambda: connection.execute(_SEEN, place).all())


def _owned(
    session: Session, kind: RecordType, organisation: str, owner: uuid.UUID | None
) -> Sequence[SavedView]:
    owned = select(SavedView).where(
        SavedView.organisation == organisation,
        SavedView.type == kind.name,
        SavedView.account.is_(None) if owner is None else SavedView.account == owner,
    )
    return session.scalars(owned).all()


def opening(views: Sequence[Any]) -> Any:
    """That of the views seen with which a list opens: one's own, or else the organisation's; or None."""
    return next((one for one in reversed(views) if one.opens), None)


def keep(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    *,
    name: object,
    query: str,
    shared: bool,
    opens: bool,
) -> SavedView:
    """Keep a view for somebody, or for the organisation; one of the same name takes the words of the new one.

    Raises:
        Invalid: the name is none.
        Conflict: there are as many as there may be.
    """
    try:
        called = NAME.clean(name)
    except Rejected as error:
        raise Invalid({"name": error.message}) from None
    owner = None if shared else account
    owned = _owned(session, kind, organisation, owner)
    row = next((one for one in owned if one.name == called), None)
    if row is None and len(owned) >= MOST:
        raise Conflict(_("There are ${count} views already. Delete one first.", mapping={"count": MOST}))
    if row is None:
        row = SavedView(organisation=organisation, type=kind.name, account=owner, name=called)
        session.add(row)
    row.query = query
    row.opens = opens
    for other in owned:
        if opens and other is not row:
            other.opens = False
    session.flush()
    return row


def find(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    identifier: str,
    *,
    shared: bool,
) -> SavedView:
    """A view that somebody may change: their own, and the organisation's where they may write for it.

    Raises:
        NotFound: there is none.
    """
    owners = (account, None) if shared else (account,)
    for one in (view for owner in owners for view in _owned(session, kind, organisation, owner)):
        if str(one.id) == identifier:
            return one
    raise NotFound
