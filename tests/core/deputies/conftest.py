"""The county's clerk and reviewer at work on its deputies, in English."""

from datetime import UTC, datetime

import pytest

from renda.deputies.identity import check_character
from renda.directory.terms import TERMS
from renda.records import engine
from tests.core.security import town
from tests.core.security.conftest import cheap_passwords, people  # noqa: F401 - fixtures

COUNTY, CITY, TOWNSHIP = town.COUNTY, town.CITY, town.TOWNSHIP
DEPUTIES = f"/o/{COUNTY}/m/core/deputies"
WANG = "11010519491231002X"
"""The example of GB 11643 itself: a woman born on 31 December 1949."""


def number(born: str, serial: int) -> str:
    """An identity number of somebody invented."""
    first = f"371721{born}{serial:03}"
    return first + check_character(first)


@pytest.fixture
def placed(work, people):  # noqa: F811 - the fixture
    """The tree with its people, and the nineteenth term of its congresses."""
    with work() as session:
        for code in (CITY, COUNTY, TOWNSHIP):
            values = {"number": 19, "starts_on": "2022-01-08"}
            engine.create(session, TERMS, code, values, now=datetime(2026, 5, 6, tzinfo=UTC), author=None)


@pytest.fixture
def as_(app, placed):
    """`as_(login)` is the application as this person uses it."""

    def sign_in(login):
        app.reset()
        town.sign_in(app, login)
        app.set_cookie("renda-language", "en")
        return app

    return sign_in


@pytest.fixture
def clerk(as_):
    return as_("li")


def add(app, *, place=COUNTY, status=303, **values):
    """Enter a deputy by the form; the address of their page."""
    form = town.form_of(app.get(f"/o/{place}/m/core/deputies/new"), "identity")
    for name, value in values.items():
        form[name] = value
    answer = form.submit(status=status)
    return answer.headers["Location"].removeprefix("http://localhost") if status == 303 else answer


def words(page, where="main"):
    return " ".join(page.html.select_one(where).get_text(" ").split())


def rows(page, table="records"):
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page.html.select(f"#{table} tbody tr")
    ]
