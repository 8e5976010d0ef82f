"""The node of the tests of records, as programs use it."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from renda.security import tokens
from tests.core.records.conftest import (
    ALL_VERBS,
    COUNTY,
    NOW,
    assembled,
    database_url,
    people,
    sign_in,
    stored_visit,
)

__all__ = ["assembled", "database_url", "people", "sign_in", "stored_visit"]

HERE = f"/api/v1/organisations/{COUNTY}"
VISITS = f"{HERE}/records/probe_visit"
STOPS = f"{HERE}/records/probe_stop"


@dataclass
class Program:
    """A program that shows a token with every call."""

    app: Any
    token: str
    id: uuid.UUID

    def call(self, method: str, address: str, body: Any = None, *, status: Any = "*", **headers: str) -> Any:
        """An answer; words of headers are written with `_` for `-`."""
        said = {"Authorization": f"Bearer {self.token}"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        call = getattr(self.app, method.lower() + ("" if body is None else "_json"))
        return call(address, *([] if body is None else [body]), headers=said, status=status)

    def get(self, address: str, status: Any = 200, **headers: str) -> Any:
        """What is read at an address."""
        return self.call("GET", address, status=status, **headers)


@pytest.fixture
def program(app, work, people):
    """`program("clerk")` is a program of that account of the county, with some of these permissions."""

    def make(role: str, *permissions: str, held: frozenset[str] = ALL_VERBS | {"core:read"}) -> Program:
        with work() as session:
            made, text = tokens.issue(
                session,
                account=getattr(people, role),
                organisation=COUNTY,
                name="台账程序",
                permissions=permissions or held,
                held=held,
                expires_at=NOW + tokens.LONGEST,
                now=NOW,
                actor=None,
            )
            return Program(app, text, made.id)

    return make


@pytest.fixture
def clerk(program) -> Program:
    return program("clerk")
