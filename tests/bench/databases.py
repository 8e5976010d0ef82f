"""Fresh databases for the benchmarks, made and removed as those of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from renda.testing.databases import PostgreSQLDatabases, SQLiteDatabases
from tests.bench.city import build


@contextmanager
def fresh(folder: Path, backend: str) -> Iterator[str]:
    """The address of a migrated, empty database that is there for the length of a `with`."""
    if backend == "sqlite":
        files = SQLiteDatabases(folder, partial(build, folder))
        url = files.fresh()
        yield url
        files.drop(url)
        return
    server = PostgreSQLDatabases(folder, partial(build, folder))
    url = server.fresh()
    try:
        yield url
    finally:
        server.drop(url)
        server.close()
