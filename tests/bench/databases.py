"""Fresh databases for the benchmarks, made and removed as those of the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from renda.testing.databases import PostgreSQLDatabases, SQLiteDatabases
from tests.bench.city import build


@contextmanager
def fresh(folder: Path, backend: str) -> Iterator[str]:
    """The address of a migrated, empty database that is there for the length of a `with`."""
    with several(folder, backend) as make:
        yield make()


@contextmanager
def several(folder: Path, backend: str) -> Iterator[Callable[[], str]]:
    """Makes such databases, which are all there for the length of a `with`."""
    make = partial(build, folder)
    server = SQLiteDatabases(folder, make) if backend == "sqlite" else PostgreSQLDatabases(folder, make)
    made: list[str] = []

    def one_more() -> str:
        made.append(server.fresh())
        return made[-1]

    try:
        yield one_more
    finally:
        for url in made:
            server.drop(url)
        if isinstance(server, PostgreSQLDatabases):
            server.close()
