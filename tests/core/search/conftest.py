"""The node of the tests of records: a county with its clerk, and a neighbour that has nobody there."""

from tests.core.records.conftest import (
    assembled,
    database_url,
    people,
    sign_in,
    statements,
    stored_visit,
    visit,
)

__all__ = ["assembled", "database_url", "people", "sign_in", "statements", "stored_visit", "visit"]
