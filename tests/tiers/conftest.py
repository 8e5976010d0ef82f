"""The small chain of `tests.tiers.chain`, founded on a fresh database."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.tiers import chain


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
