"""A desk on the small chain, and the simulation's node."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.tiers.directives.desk import Desk
from tests.tiers.simulation.conftest import receiver

__all__ = ["receiver"]


@pytest.fixture
def desk(founded: Session, clock: Any) -> Desk:
    """Everything that is done at it is thrown away."""
    return Desk(founded, clock)
