"""One real node for all examples of a run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from renda.app import configure
from renda.testing.plugin import Databases, node_settings
from tests.tiers.simulation.node import Node


def forget_power_cuts(connection: Any, _record: object) -> None:
    """Thousands of examples need no disk; `test_kill` has the durable kind."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def receiver(databases: Databases, node_folder: Path) -> Iterator[Node]:
    """A node on a database of its own, to be reset by each example."""
    url = databases.fresh()
    registry = configure(node_settings(node_folder, url), environment={}).registry
    if registry.engine.dialect.name == "sqlite":
        event.listen(registry.engine, "connect", forget_power_cuts)
    yield Node(registry)
    registry.engine.dispose()
    databases.drop(url)
