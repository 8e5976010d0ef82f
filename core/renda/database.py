"""One database per node: engine, base class, sessions, and the wall around organisations.

Every component keeps its tables in one metadata, named `<component>_…`. Rows that belong to an
organisation are `Scoped`; a session reads and writes them only for the organisations it was opened for,
and fails where it was opened for none. On PostgreSQL `renda.row_security` holds the same again.
"""

import os
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    false,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import (
    DeclarativeBase,
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    mapped_column,
    with_loader_criteria,
)

from renda import postgresql, row_security, sqlite
from renda.errors import Forbidden, Misconfigured, ScopeMissing
from renda.i18n import _

BACKENDS = frozenset({"sqlite", "postgresql"})
_NO_ADDRESS: str = _(
    "The setting renda.database_url is no address of a database. "
    "Write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."
)
_NO_DRIVER: str = _("The database needs the package ${name}, which is not installed.")

_CONNECTION = "connection"

FULL_TEXT = "fts_"
"""How the names of tables begin that SQLite makes for a full-text index; they follow from other tables."""

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant; stored in UTC, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants, store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive datetime"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table of every component."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: UTCDateTime,
        uuid.UUID: Uuid,
    }


class Scoped:
    """A row that belongs to one organisation and is seen only by sessions opened for it."""

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), index=True)


def scoped_tables() -> list[str]:
    """Names of the tables of all components that this process knows whose rows belong to one organisation."""
    owned = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped)}
    return sorted(str(table) for table in owned)


@cache
def is_scoped(table: str) -> bool:
    """Whether a table's rows belong to one organisation; asked of tables that are in use."""
    return table in scoped_tables()


def scope_to(session: Session, organisations: Iterable[str]) -> None:
    """Open a session for these organisation codes and for no others."""
    session.info["scope"] = frozenset(organisations)
    _tell(session)


@contextmanager
def everything(session: Session) -> Iterator[None]:
    """Lift the wall for work of the system itself, never on behalf of a reader."""
    missing = object()
    before = session.info.get("scope", missing)
    session.info["scope"] = None
    _tell(session)
    try:
        yield
        session.flush()
    finally:
        if before is missing:
            session.info.pop("scope", None)
        else:
            session.info["scope"] = before
        _tell(session)


def _tell(session: Session) -> None:
    """Let the database know the scope, too."""
    connection: Connection | None = session.info.get(_CONNECTION)
    if connection is not None and not connection.closed:
        info = session.info
        scope = info.get("scope", row_security.NOTHING)
        row_security.want(connection, row_security.EVERYTHING if scope is None else scope)


@event.listens_for(Session, "after_begin")
def _begun(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_CONNECTION] = connection
    _tell(session)


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_CONNECTION, None)


def _is_scoped(entity: Any) -> bool:
    return isinstance(entity, type) and issubclass(entity, Scoped)


@lru_cache(maxsize=1024)
def _wall(scope: frozenset[str] | None) -> LoaderCriteriaOption:
    """The filter of one scope; None closes everything. Kept, since making it costs more than using it."""
    if scope is None:
        return with_loader_criteria(Scoped, lambda _cls: false(), include_aliases=True)
    return with_loader_criteria(Scoped, lambda cls: cls.organisation.in_(scope), include_aliases=True)


@lru_cache(maxsize=256)
def _walled(statement: Any, scope: frozenset[str] | None) -> Any:
    """The statement within its wall; of a statement that was built once this is made once, too."""
    return statement.options(_wall(scope))


@event.listens_for(Session, "do_orm_execute")
def _within_scope(state: ORMExecuteState) -> None:
    info = state.session.info
    if state.is_insert:
        _insert_within_scope(state, info)
        return
    if not (state.is_select or state.is_update or state.is_delete):
        return
    if "scope" in info:
        if info["scope"] is not None:
            state.statement = _walled(state.statement, info["scope"])
        return
    if any(_is_scoped(mapper.class_) for mapper in state.all_mappers):
        raise ScopeMissing
    state.statement = _walled(state.statement, None)


def _insert_within_scope(state: ORMExecuteState, info: Mapping[Any, Any]) -> None:
    """Rows of a bulk insert name their organisation; a VALUES clause or SELECT does not tell it here."""
    if not any(_is_scoped(mapper.class_) for mapper in state.all_mappers):
        return
    if "scope" not in info:
        raise ScopeMissing
    if info["scope"] is None:
        return
    rows = [state.parameters] if isinstance(state.parameters, Mapping) else state.parameters or []
    if not rows or any(row.get("organisation") not in info["scope"] for row in rows):
        raise Forbidden


@event.listens_for(Session, "before_flush")
def _write_within_scope(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changed = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Scoped)]
    if not changed:
        return
    if "scope" not in session.info:
        raise ScopeMissing
    scope = session.info["scope"]
    if scope is not None and any(row.organisation not in scope for row in changed):
        raise Forbidden


def make_engine(url: str) -> Engine:
    """An engine for a node's database.

    See `renda.sqlite` and `renda.row_security` for what each of them is made to do.

    Raises:
        Misconfigured: the address is none, or its database or driver is not one that is here.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        sqlite.watch(engine)
    else:
        row_security.watch(engine)
        postgresql.watch(engine, is_scoped)
    return engine


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() in BACKENDS:
            return create_engine(address)
    except ModuleNotFoundError as error:
        raise Misconfigured(_NO_DRIVER % {"name": error.name}) from error
    except (ArgumentError, ValueError) as error:
        raise Misconfigured(_NO_ADDRESS) from error
    raise Misconfigured(_NO_ADDRESS)


_last_stamp = 0
_stamp_lock = threading.Lock()


def new_id() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): random, and rising within a process, so that indexes stay compact.

    The instant in it orders rows and means nothing else; no rule may read it.
    """
    global _last_stamp  # noqa: PLW0603 - one counter per process keeps ids rising
    with _stamp_lock:
        # 12 bits of sub-millisecond precision follow the 48 bits of milliseconds.
        _last_stamp = max(_last_stamp + 1, time.time_ns() * 4096 // 1_000_000)
        stamp = _last_stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62
    return uuid.UUID(int=value | int.from_bytes(os.urandom(8)) & (1 << 62) - 1)
