"""What templates get for a cell, whatever the column."""

from dataclasses import dataclass, replace

import pytest

from renda.records import tables
from renda.records.listing import ListQuery, Page
from tests.core.records.probe import VISITS


@dataclass
class Row:
    id: str = "7"
    title: str = "走访"
    state: str = "held"


def as_is(message: object) -> str:
    return str(message)


def cells(kind, row):
    return tables.table_rows(kind, Page([row], 1), "/r", as_is)[0]["cells"]


def test_the_first_column_opens_the_record_even_if_it_is_the_state():
    assert cells(replace(VISITS, columns=("title", "state")), Row()) == [
        {"text": "走访", "href": "/r/7"},
        {"light": "ok", "text": "Held"},
    ]
    assert cells(replace(VISITS, columns=("state",)), Row()) == [
        {"light": "ok", "text": "Held", "href": "/r/7"}
    ]


def test_a_state_that_the_workflow_no_longer_has_shows_its_name():
    kind = replace(VISITS, columns=("title", "state"))
    assert cells(kind, Row(state="lost"))[1] == {"light": "off", "text": "lost"}
    assert tables.label(replace(VISITS, columns=("state",)), Row(state="lost"), {}, as_is) == "lost"


@pytest.mark.parametrize(
    ("query", "options", "address"),
    [
        (ListQuery(), {}, "/r"),
        (ListQuery(search="孙 老", filters={"kind": "", "a": "&"}), {}, "/r?a=%26&q=%E5%AD%99+%E8%80%81"),
        (ListQuery(sort="title", page=3), {"page": 2}, "/r?sort=title&page=2"),
        (ListQuery(sort="title"), {"sort": "-title"}, "/r?sort=-title"),
    ],
)
def test_addresses_keep_what_was_asked_for(query, options, address):
    assert tables.address("/r", query, **options) == address
