"""The pytest plugin of renda: a real application on a fresh, migrated database for every test.

`pytest --database postgresql` runs the same tests on PostgreSQL.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import transaction
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from renda import collector
from renda.app import configure, open_session, unit_of_work, upgrade
from renda.database import everything
from renda.security import passwords
from renda.testing.databases import Databases, opened
from renda.testing.sharing import share_statements
from renda.types import Registry


class VirtualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def forward(self, **duration: float) -> None:
        """Move on by a `timedelta` of these arguments."""
        self.now += timedelta(**duration)

    def back(self, **duration: float) -> None:
        """Set it back by a `timedelta` of these arguments, as where it had been wrong."""
        self.now -= timedelta(**duration)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the database of its tests, and the plugins that `renda.testing.contract` tests."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--plugin", action="append", default=[], help="run the contract on this plugin")


def pytest_collection_finish() -> None:
    """What was imported until now stays; what a test compiles serves the next."""
    share_statements()
    collector.spare()


def node_settings(folder: Path, database_url: str, **more: Any) -> dict[str, Any]:
    """The text of an ini file for a node whose files lie in a folder."""
    for name in ("renda.secret", "renda.key"):
        path = folder / name
        if not path.exists():
            path.write_bytes(b"only-for-tests-" * 4)
            path.chmod(0o600)
    return {
        "renda.profile": "city",
        "renda.database_url": database_url,
        "renda.secret_file": str(folder / "renda.secret"),
        "renda.key_file": str(folder / "renda.key"),
        "renda.secure_cookies": "false",
        **more,
    }


@pytest.fixture(scope="session")
def database_backend(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return cast("str", request.config.getoption("--database"))


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run's databases and secrets lie."""
    return tmp_path_factory.mktemp("node")


@contextmanager
def prepared(backend: str, folder: Path, modules: str = "") -> Iterator[Databases]:
    """Fresh databases of a node that loads these modules, by default those of its profile."""

    def build(url: str) -> None:
        registry = assemble(folder, url, modules).registry
        upgrade(registry)
        registry.engine.dispose()

    with opened(backend, folder, build) as found:
        yield found


def assemble(folder: Path, url: str, modules: str = "") -> Any:
    """The Configurator of a node that loads these modules, by default those of its profile.

    Passwords are hashed at the lowest cost, since tests hash many.
    """
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return configure(node_settings(folder, url, **{"renda.modules": modules}), environment={})


@pytest.fixture(scope="session")
def modules() -> str:
    """What the tests' node loads beside the core; "" for what its profile lists. Plugins name themselves."""
    return ""


@pytest.fixture(scope="session")
def databases(database_backend: str, node_folder: Path, modules: str) -> Iterator[Databases]:
    """Fresh databases of this run's kind."""
    with prepared(database_backend, node_folder, modules) as found:
        yield found


@pytest.fixture(scope="session")
def assembled(databases: Databases, node_folder: Path, modules: str) -> Any:
    """The Configurator of the tests' application, made once; each test gives it a fresh database."""
    return assemble(node_folder, databases.fresh(), modules)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh database for one test."""
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def clock() -> VirtualClock:
    """Wednesday, 6 May 2026, 09:00 in China."""
    return VirtualClock(datetime(2026, 5, 6, 1, tzinfo=UTC))


@pytest.fixture
def registry(assembled: Any, databases: Databases, database_url: str, clock: VirtualClock) -> Registry:
    """The application's registry on this test's database and clock."""
    found: Registry = assembled.registry
    found.engine = databases.engine(database_url)
    found.clock = clock
    return found


@pytest.fixture
def work(registry: Registry) -> Callable[[], AbstractContextManager[Session]]:
    """Units of work of the system, each committed at the end of its `with` block."""
    return partial(unit_of_work, registry)


@pytest.fixture(scope="session")
def scenes() -> dict[str, object]:
    """What was in the databases that `scene` has filled, by name."""
    return {}


@pytest.fixture
def scene(
    databases: Databases, database_url: str, work: Callable[[], AbstractContextManager[Session]], scenes: Any
) -> Callable[[str, Callable[[Session], None]], None]:
    """`scene(name, make)` fills this test's database by a unit of work, which runs once for all tests."""

    def fill(name: str, make: Callable[[Session], None]) -> None:
        if name in scenes:
            databases.recall(database_url, scenes[name])
            return
        with work() as session:
            make(session)
        scenes[name] = databases.remember(database_url)

    return fill


@pytest.fixture
def db(registry: Registry) -> Iterator[Session]:
    """A session that sees everything and whose changes are thrown away."""
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = open_session(registry, manager)
    with everything(session):
        yield session
    manager.abort()


@pytest.fixture
def app(assembled: Any, registry: Registry) -> Any:
    """The application, called without a network (WebTest)."""
    from webtest import TestApp

    del registry
    return TestApp(assembled.make_wsgi_app())
