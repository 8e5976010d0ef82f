"""The small chain of `tests.tiers.chain`, founded on a fresh database."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.tiers import chain


@pytest.fixture
def founded(scene: Any, db: Session) -> Session:
    """A session that sees everything of a founded chain, and whose changes are thrown away."""
    scene("chain", chain.found)
    return db


@pytest.fixture
def stored(scene: Any, work: Any, clock: Any) -> Any:
    """A founded and committed chain with an account for each role; gives (organisation, role) → account."""
    scene("chain", chain.found)
    with work() as session:
        return chain.accounts(session, clock())
