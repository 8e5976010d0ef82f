"""A node on a fresh database, with a table that counts effects."""

from collections.abc import Iterator

import pytest

from renda.database import make_engine
from renda.tasks.bell import bell
from renda.types import Registry
from tests.core.tasks import support


@pytest.fixture
def url(database_url: str) -> str:
    """The address of a migrated database that can count effects."""
    engine = make_engine(database_url)
    support.EFFECTS.create(engine)
    engine.dispose()
    return database_url


@pytest.fixture
def node(url: str) -> Iterator[Registry]:
    """A node with nothing but tasks, on the machine's clock."""
    registry = support.make_node(url)
    # A database that another test had before may have been rung for.
    bell(registry.engine).clear()
    yield registry
    registry.engine.dispose()
