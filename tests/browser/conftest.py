"""A browser, and nodes of a small chain that it looks at."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect

from renda.app import configure
from renda.security import passwords
from renda.testing.plugin import VirtualClock, node_settings
from tests.browser.chromium import EXECUTABLE, chromium, served
from tests.browser.visiting import Node
from tests.browser.world import NOW, build

CONTACT = "曹县人大办公室（虚构）0530-0000000"
PATIENCE = 30_000
"""Milliseconds after which what a page should show is missed; a busy machine takes seconds for a page."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where it is missing these tests are skipped, but never where the variable CI is true."""
    if not EXECUTABLE.exists():
        lack = f"Chromium is not installed at {EXECUTABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(lack)
        pytest.skip(lack)
    expect.set_options(timeout=PATIENCE)
    with chromium() as found:
        yield found


@contextmanager
def _node(browser: Browser, databases: Any, folder: Path) -> Iterator[Node]:
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    url = databases.fresh()
    notice = "演示数据：以下人员和记录均为虚构。"
    said = {"renda.notice": notice, "renda.contact": CONTACT, "renda.mail_url": "smtp://127.0.0.1"}
    settings = node_settings(folder, url, **said)
    config = configure(settings, environment={}, clock=VirtualClock(NOW))
    try:
        world = build(config.registry)
        with served(config.make_wsgi_app()) as address:
            yield Node(browser, address, world, config.registry)
    finally:
        config.registry.engine.dispose()
        databases.drop(url)


@pytest.fixture(scope="session")
def node(browser: Browser, databases: Any, node_folder: Path) -> Iterator[Node]:
    """A served node that no test changes."""
    with _node(browser, databases, node_folder) as found:
        yield found


@pytest.fixture
def own_node(browser: Browser, databases: Any, node_folder: Path) -> Iterator[Node]:
    """A served node for one test that changes it."""
    with _node(browser, databases, node_folder) as found:
        yield found
