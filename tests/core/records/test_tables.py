"""What templates get for a cell, whatever the column."""

import re
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyramid.threadlocal import RequestContext

from renda.declarations import Fact
from renda.records import tables
from renda.records.listing import ListQuery, Page
from tests.core.records.conftest import COUNTY
from tests.core.records.probe import VISITS, State, Visit, Workflow


@dataclass
class Row:
    id: str = "7"
    title: str = "走访"
    state: str = "held"


def as_is(message: object, domain: str = "") -> str:
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


class TestBody:
    """A long list is drawn by Python; it must be what the macro draws."""

    @pytest.fixture
    def macro(self, assembled):
        assembled.commit()
        source = (
            '{% import "renda:web/templates/macros/tables.jinja2" as tables %}'
            "{{ tables.data_table(columns, rows, 'x', stack=true, select=select) }}"
        )
        template = assembled.get_jinja2_environment().from_string(source)

        def draw(kind, page, *, select):
            rows = tables.table_rows(kind, page, "/o/%s/<r>", as_is, select=select)
            told = {"columns": tables.columns(kind), "rows": rows, "select": "id" if select else None}
            with RequestContext(SimpleNamespace(registry=assembled.registry, translate=as_is)):
                html = template.render(**told)
            return re.search(r"<tbody[^>]*>\n(.*)</tbody>", html, re.DOTALL).group(1)

        return draw

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(
        rows=st.lists(
            st.builds(
                Visit,
                id=st.uuids(),
                title=st.text(min_size=1),
                kind=st.sampled_from(["village", "gone<"]),
                starts_on=st.dates(date(1900, 1, 1)),
                ends_on=st.none() | st.dates(date(1900, 1, 1)),
                budget=st.none() | st.integers(0, 10**12),
                urgent=st.booleans(),
                phone=st.none() | st.text(),
                guide=st.none() | st.uuids(),
                notes=st.none() | st.text(),
                state=st.sampled_from(["planned", "held", "lost&"]),
                organisation=st.just(COUNTY),
            ),
            min_size=1,
            max_size=4,
        ),
        columns=st.permutations(VISITS.columns),
        select=st.booleans(),
    )
    def test_it_is_the_same_for_any_values_in_any_order(self, macro, rows, columns, select):
        page = Page(rows, len(rows), names={row.guide: "李<梅>" for row in rows if row.guide})
        kind = replace(VISITS, columns=tuple(columns))
        drawn = tables.body(kind, page, "/o/%s/<r>", as_is, select=select)
        assert drawn == macro(kind, page, select=select)

    def test_nothing_that_a_person_typed_is_html(self):
        row = Visit(id=1, title="<script>%s", state="held")
        kind = replace(VISITS, columns=("title",))
        assert "<script>" not in tables.body(kind, Page([row], 1), "/r", as_is)

    def test_per_cent_signs_in_titles_are_only_signs(self):
        workflow = Workflow((State("held", "100%s", "done"),), ())
        kind = replace(VISITS, columns=("title", "state"), workflow=workflow)
        row = Visit(id=1, title="%d", state="held")
        assert "100%s" in tables.body(kind, Page([row], 1), "/r", as_is)


def test_what_is_planned_is_no_warning_and_what_keeps_a_record_from_being_valid_is():
    workflow = replace(VISITS.workflow, states=(State("held", "Planned", "todo"),))
    assert tables.state_sign(replace(VISITS, workflow=workflow), "held") == {
        "light": "off",
        "text": "Planned",
    }
    (fact,) = tables.worked_out([Fact("Quorum", "Not reached", light="todo")], as_is)
    assert fact["value"] == {"light": "warn", "text": "Not reached"}
