"""Copies of a node's whole database: taken as a backup, laid back as a restore, in a few milliseconds."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, delete, insert, inspect, select

from renda.database import Base
from renda.types import Registry


def take(registry: Registry) -> Any:
    """Everything that the node's database holds now."""
    engine = registry.engine
    if engine.dialect.name == "sqlite":
        # The last connection that closes brings the write-ahead log back into the file.
        engine.dispose()
        return Path(str(engine.url.database)).read_bytes()
    with engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(select(*table.columns))]
            for table in _tables(engine)
        }


def lay(registry: Registry, copy: Any) -> None:
    """Let the database be what it was when the copy was taken."""
    engine = registry.engine
    if engine.dialect.name == "sqlite":
        engine.dispose()
        path = Path(str(engine.url.database))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(copy)
        return
    with engine.begin() as connection:
        for table in reversed(copy):
            connection.execute(delete(table))
        for table in copy:
            rows = [dict(zip(table.columns.keys(), row, strict=True)) for row in copy[table]]
            if rows:
                connection.execute(insert(table), rows)


def _tables(engine: Engine) -> list[Table]:
    """Those that are there; other tests may have declared more in this process."""
    there = set(inspect(engine).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in there]
