"""Fresh databases for the benchmarks, made and removed as those of the tests, and durable as those of a node."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from renda.testing.databases import opened
from tests.bench.city import build


@contextmanager
def fresh(folder: Path, backend: str) -> Iterator[str]:
    """The address of a migrated, empty database that is there for the length of a `with`."""
    with several(folder, backend) as make:
        yield make()


@contextmanager
def several(folder: Path, backend: str) -> Iterator[Callable[[], str]]:
    """Makes such databases, which are all there for the length of a `with`."""
    with opened(backend, folder, partial(build, folder), durable=True) as databases:
        yield databases.fresh
