"""The small chain of `tests.tiers.chain`, founded on a fresh database."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from tests.tiers import chain

EXAMPLES = {("usual", "sqlite"): 200, ("usual", "postgresql"): 30, ("soak", "sqlite"): 2000}
EXAMPLES |= {("soak", "postgresql"): 200}


@pytest.fixture
def founded(db: Session) -> Session:
    """A session that sees everything of a founded chain, and whose changes are thrown away."""
    chain.found(db)
    return db


@pytest.fixture
def stored(work: Any, clock: Any) -> Any:
    """A founded and committed chain with an account for each role; gives (organisation, role) → account."""
    with work() as session:
        chain.found(session)
        return chain.accounts(session, clock())


@pytest.fixture(params=["usual", pytest.param("soak", marks=pytest.mark.soak)])
def examples(request: pytest.FixtureRequest, database_backend: str) -> Any:
    """Settings for a property over a database: how many examples, and that the seed of a failure is told.

    `examples(holds)()` runs a function decorated with `given`.
    """
    return settings(
        max_examples=EXAMPLES[request.param, database_backend],
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
