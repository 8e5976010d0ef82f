"""The third wall: PostgreSQL itself shows and takes rows of the session's organisations alone.

Whatever a statement forgets to ask for, a row of an organisation is seen and written only where the
transaction has said that this is within its scope. What was said ends with the transaction; unsaid, nothing
is seen. SQLite has no such wall.

PostgreSQL asks superusers and roles with BYPASSRLS nothing: a node's role is neither (`bypassed`).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event, text

EVERYTHING = "*"
"""Scope of the system's own work."""
NOTHING = ""

SETTING = "renda.scope"
_POLICY, _OUTDATED = "renda_within", "renda_scope"
"""The policy's name, and that of one which took the scope apart again for every row."""
_WANTED, _SAID = "renda_wanted", "renda_said"
# After a transaction PostgreSQL remembers such a setting as empty, and not as unset.
_SCOPE = f"nullif(current_setting('{SETTING}', true), '')"
# What stands in a sub-select is worked out once for a statement, and not for every row.
_WITHIN = (
    f"(SELECT {_SCOPE}) = '{EVERYTHING}' "
    f"OR organisation = ANY ((SELECT string_to_array({_SCOPE}, ','))::text[])"
)
_UNHEARD = ("SET TRANSACTION", "ROLLBACK TO")
"""Before these nothing is said: the one must be the first statement, the other would take it back."""
_SAY = "SELECT set_config(%s, %s, true)"
_UNPROTECTED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' "
    "AND relname = ANY (:names) AND ARRAY[CAST(:policy AS name)] <> ARRAY("
    "SELECT polname FROM pg_policy WHERE polrelid = pg_class.oid AND polname IN (:policy, :outdated))"
)
_BYPASSES = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def protect(connection: Connection, tables: Collection[str]) -> None:
    """Put up the wall, as it is now, before those of the tables that have it not yet; nothing on SQLite."""
    for name in unprotected(connection, tables):
        for statement in (
            f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY',
            *(f'DROP POLICY IF EXISTS {policy} ON "{name}"' for policy in (_OUTDATED, _POLICY)),
            f'CREATE POLICY {_POLICY} ON "{name}" USING ({_WITHIN})',
        ):
            connection.exec_driver_sql(statement)


def unprotected(connection: Connection, tables: Collection[str]) -> list[str]:
    """Those of the tables that are there and have not the wall as it is now; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    named = {"names": list(tables), "policy": _POLICY, "outdated": _OUTDATED}
    return sorted(connection.scalars(_UNPROTECTED, named))


def bypassed(connection: Connection) -> bool:
    """Whether the wall is none for the role of this connection."""
    return connection.dialect.name == "postgresql" and bool(connection.scalar(_BYPASSES))


def want(connection: Connection, scope: frozenset[str] | str) -> None:
    """From its next statement on a transaction is within a scope: codes, `EVERYTHING` or `NOTHING`."""
    _info(connection)[_WANTED] = scope if isinstance(scope, str) else _spoken(scope)


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Let a transaction see all rows for what the system itself has to know, whoever it serves."""
    before = _info(connection).get(_WANTED, NOTHING)
    _info(connection)[_WANTED] = EVERYTHING
    try:
        yield
    finally:
        _info(connection)[_WANTED] = before


def said(connection: Connection, scope: str) -> None:
    """A statement has itself said the scope (`set_config` of `SETTING`), which spares one of its own."""
    _info(connection)[_SAID] = scope


def _info(connection: Connection) -> dict[Any, Any]:
    """What is kept with a connection; a lost one keeps nothing, and to ask it would hide that it is lost."""
    return {} if connection.invalidated else connection.info


@lru_cache(maxsize=1024)
def _spoken(scope: frozenset[str]) -> str:
    return ",".join(sorted(scope))


def watch(engine: Engine) -> None:
    """Let an engine of PostgreSQL say each transaction's scope before the next statement.

    Connections with the execution option `renda_scope` begin with that scope.
    """
    event.listen(engine, "begin", _forget)
    event.listen(engine, "commit", _forget)
    event.listen(engine, "rollback", _forget)
    event.listen(engine, "rollback_savepoint", _say_again)
    event.listen(engine, "before_cursor_execute", _say)


def _forget(connection: Connection) -> None:
    info = _info(connection)
    info[_WANTED], info[_SAID] = connection.get_execution_options().get("renda_scope", NOTHING), NOTHING


def _say_again(connection: Connection, _name: str, _context: object) -> None:
    # What was said since the savepoint is taken back with it.
    _info(connection)[_SAID] = None


def _say(connection: Connection, cursor: Any, statement: str, *_more: object) -> None:
    info = connection.info
    wanted = info.get(_WANTED, NOTHING)
    if info.get(_SAID, NOTHING) != wanted and not statement.startswith(_UNHEARD):
        info[_SAID] = wanted
        with cursor.connection.cursor() as speaking:
            speaking.execute(_SAY, (SETTING, wanted))
