"""The small chain with reports in several states, and people who sign in and look at them."""

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher

from renda.security import passwords
from renda.security.accounts import create_account
from renda.security.grants import grant
from tests.core.security.town import PASSWORD, sign_in
from tests.tiers import chain

NAMES = {"clerk": "王经办", "reviewer": "李审核", "leader": "赵领导"}


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Any:
    """Argon2id as weak as it gets: these tests sign in often."""
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords.configure(PasswordHasher())


@pytest.fixture
def people(work: Any, clock: Any) -> None:
    """A founded chain with a clerk, a reviewer and a leader at each body; the login is `role-code`."""
    with work() as session:
        chain.found(session)
        for code in chain.TREE:
            for role, name in NAMES.items():
                account = create_account(
                    session, login=f"{role}-{code}", name=name, password=PASSWORD, now=clock()
                )
                grant(session, account=account, organisation=code, role=role, now=clock())


@pytest.fixture
def trained(people: None, work: Any, clock: Any) -> None:
    """普连集镇 held a class in spring, attended by two of its deputies."""
    with work() as session:
        chain.training(session, chain.TOWN, ["己", "共"], now=clock())


@pytest.fixture
def reported(trained: None, work: Any, clock: Any) -> bytes:
    """The town's report of spring, sent; its hash."""
    with work() as session:
        return chain.submit(session, chain.TOWN, now=clock())


@pytest.fixture
def signed_in(app: Any) -> Callable[[str, str], Any]:
    """`signed_in("clerk", code)` gives a browser in which that person is signed in."""

    def browser(role: str, organisation: str) -> Any:
        app.reset()
        sign_in(app, f"{role}-{organisation}")
        return app

    return browser
