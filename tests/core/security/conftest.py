from typing import Any

import pytest
from argon2 import PasswordHasher

from renda.security import passwords
from tests.core.security import town


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Any:
    """Argon2id as weak as it gets: these tests hash often."""
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords.configure(PasswordHasher())


@pytest.fixture
def people(work: Any, registry: Any, clock: Any) -> Any:
    """The tree, and who works where."""
    with work() as session:
        town.build(session, registry.declared.modules)
        now = clock()
        town.person(session, "zhang", now, (town.CITY, "clerk"))
        town.person(session, "li", now, (town.COUNTY, "clerk"))
        town.person(session, "wang", now, (town.COUNTY, "deputy"))
        town.person(session, "zhao", now, (town.CITY, "reviewer"), (town.COUNTY, "reviewer"))
        town.person(session, "qian", now)
    return town
