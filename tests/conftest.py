"""How many examples property tests try, and from which seed.

`HYPOTHESIS_PROFILE` is ci (by default) or soak. Every run prints its seed: `--hypothesis-seed` repeats it.
"""

import os
import secrets

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

_ALWAYS = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=200, **_ALWAYS)
settings.register_profile("ci-postgresql", max_examples=10, **_ALWAYS)
settings.register_profile("soak", max_examples=2000, **_ALWAYS)
settings.register_profile("soak-postgresql", max_examples=250, **_ALWAYS)


def pytest_configure(config: pytest.Config) -> None:
    profile = os.environ.get("HYPOTHESIS_PROFILE", "ci")
    if config.getoption("--database") == "postgresql":
        profile += "-postgresql"
    settings.load_profile(profile)
    if config.getoption("--hypothesis-seed", None) is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))


def pytest_report_header(config: pytest.Config) -> str:
    examples = settings.default.max_examples if settings.default else 0
    return f"hypothesis: {examples} examples, --hypothesis-seed={config.option.hypothesis_seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest tests begin first, so that at the end no process waits for the other.

    What uses no database of the run's kind would be the same on PostgreSQL as it is on SQLite.
    """
    items.sort(key=lambda one: not any(one.get_closest_marker(name) for name in ("simulation", "network")))
    if config.getoption("--database") != "postgresql":
        return
    own = [one for one in items if "database_backend" in getattr(one, "fixturenames", ())]
    kept = set(own)
    config.hook.pytest_deselected(items=[one for one in items if one not in kept])
    items[:] = own


@pytest.fixture
def durable(database_backend, databases, database_url):
    """What is committed waits for the disk, as `renda doctor` wants it and other tests need not."""
    if database_backend != "postgresql":
        yield
        return
    engine = databases.engine(database_url)
    for value in ("on", "off"):
        with engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE CURRENT_USER SET synchronous_commit = {value}"))
        engine.dispose()  # Connections keep what was set when they were made.
        if value == "on":
            yield
