"""A list finds what it is asked for, in two queries at most, and the pages together are the whole."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renda.database import scope_to
from renda.errors import Invalid
from renda.records import engine, parts
from renda.records.listing import ListQuery, Page, batches, listed, persons_of, sortable
from renda.records.participation import participation_type
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, VALUES
from tests.core.records.probe import COMPANY, STOPS, VISITS

KIND = participation_type(VISITS, COMPANY)


@pytest.fixture
def find(db):
    def go(kind=VISITS, **query):
        return listed(db, kind, COUNTY, ListQuery(**query))

    return go


@pytest.fixture
def three(visit, people):
    return [
        visit(title="甲 100%", kind="village", starts_on="2026-01-01", budget=5),
        visit(title="乙_Road", kind="school", starts_on="2026-02-01", guide=people.county),
        visit(title="丙", kind="village", starts_on="2026-03-01", budget=7, notes="road works"),
    ]


def titles(page):
    return "".join(row.title[0] for row in page.rows)


class TestOrder:
    def test_the_newest_comes_first(self, three, find):
        assert titles(find()) == "丙乙甲"

    @pytest.mark.parametrize(
        ("sort", "order"),
        [("starts_on", "甲乙丙"), ("-starts_on", "丙乙甲"), ("kind", "乙丙甲"), ("state", "丙乙甲")],
    )
    def test_columns_sort_both_ways(self, three, find, sort, order):
        assert titles(find(sort=sort)) == order

    def test_what_is_empty_comes_last_both_ways(self, three, find):
        assert titles(find(sort="budget")) == "甲丙乙"
        assert titles(find(sort="-budget")) == "丙甲乙"

    @pytest.mark.parametrize("sort", ["guide", "lock", "phone; DROP", "--title"])
    def test_nothing_else_sorts(self, people, find, sort):
        with pytest.raises(Invalid) as caught:
            find(sort=sort)
        assert caught.value.errors.keys() == {"sort"}
        assert sort not in sortable(VISITS)


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({}, "丙乙甲"),
            ({"kind": "village"}, "丙甲"),
            ({"kind": " "}, "丙乙甲"),
            ({"state": "planned", "kind": "school"}, "乙"),
            ({"state": "held"}, ""),
            ({"starts_on": "2026年2月1日"}, "乙"),
            ({"starts_on.from": "2026-02-01"}, "丙乙"),
            ({"starts_on.to": "2026.2.1"}, "乙甲"),
            ({"budget.from": "5", "budget.to": "6"}, "甲"),
        ],
    )
    def test_they_all_hold(self, three, find, filters, found):
        assert titles(find(filters=filters)) == found

    def test_persons_are_found_by_id(self, three, people, find):
        page = find(filters={"guide": str(people.county)})
        assert titles(page) == "乙"
        assert page.names == {people.county: "李梅"}

    @pytest.mark.parametrize(
        "filters",
        [
            {"lock": "1"},
            {"whole": "1"},
            {"title.from": "1"},
            {"kind.like": "1"},
            {"state": "moon"},
            {"starts_on.from": "soon"},
        ],
    )
    def test_others_are_refused_by_name(self, people, find, filters):
        with pytest.raises(Invalid) as caught:
            find(filters=filters)
        assert caught.value.errors.keys() == filters.keys()


class TestSearch:
    @pytest.mark.parametrize(
        ("search", "found"),
        [("road", "丙乙"), ("甲", "甲"), ("%", "甲"), ("_", "乙"), (" ", "丙乙甲"), ("丁", "")],
    )
    def test_text_is_found_where_it_stands(self, three, find, search, found):
        assert titles(find(search=search)) == found

    def test_control_characters_and_types_without_search_are_refused(self, people, find):
        for kind, search in ((VISITS, "a\x00"), (STOPS, "a")):
            with pytest.raises(Invalid) as caught:
                find(kind, search=search)
            assert caught.value.errors.keys() == {"q"}


class TestPages:
    @pytest.mark.parametrize(
        ("page", "found", "number"), [(1, "丙乙", 1), (2, "甲", 2), (3, "甲", 2), (10**9, "甲", 2)]
    )
    def test_beyond_the_last_page_is_the_last_page(self, three, find, page, found, number):
        shown = find(page=page, size=2)
        assert (titles(shown), shown.number, shown.total, shown.pages) == (found, number, 3, 2)

    def test_an_empty_list_has_one_empty_page(self, people, find):
        assert (find().total, find().pages, find(page=9).number) == (0, 1, 1)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
    @given(size=st.integers(1, 5), filters=st.sampled_from([{}, {"kind": "village"}]))
    def test_the_pages_together_are_the_list(self, three, find, size, filters):
        whole = find(filters=filters)
        pages = range(1, Page((), whole.total, size=size).pages + 1)
        parts_of_it = [find(filters=filters, size=size, page=page) for page in pages]
        assert [row.id for page in parts_of_it for row in page.rows] == [row.id for row in whole.rows]
        assert {page.total for page in parts_of_it} == {whole.total}

    def test_batches_are_the_list_whatever_its_page(self, db, three):
        found = list(batches(db, VISITS, COUNTY, ListQuery(page=7, sort="starts_on"), size=2))
        assert [titles(page) for page in found] == ["甲乙", "丙"]


class TestEconomy:
    def test_one_query_for_the_rows_and_how_many_there_are(self, three, find, statements):
        assert find(size=2).total == 3
        assert len(statements) == 1

    def test_names_come_with_the_rows(self, db, visit, people, statements):
        parts.add_participants(
            db, KIND, visit(), [people.county, people.township], "guest", now=NOW, actor=None
        )
        statements.clear()
        page = listed(db, KIND, COUNTY, ListQuery())
        assert {page.names[row.person] for row in page.rows} == {"李梅", "王小明"}
        assert len(statements) == 1
        assert persons_of(KIND, KIND.columns) == ["person"]


class TestWalls:
    def test_a_list_is_of_one_organisation(self, db, people, three):
        engine.create(db, VISITS, NEIGHBOUR, VALUES, now=NOW, author=None)
        assert listed(db, VISITS, COUNTY, ListQuery()).total == 3
        assert listed(db, VISITS, NEIGHBOUR, ListQuery()).total == 1

    def test_a_session_sees_its_own_organisations_whoever_is_asked_for(self, db, people, three):
        scope_to(db, {NEIGHBOUR})
        assert listed(db, VISITS, COUNTY, ListQuery()).total == 0
        assert listed(db, VISITS, COUNTY, ListQuery(size=1)).rows == []

    def test_parts_are_listed_by_their_whole(self, db, people, visit):
        first, second = visit(), visit()
        for whole in (first, first, second):
            values = {"place": "村", "minutes": 1}
            engine.create(db, STOPS, COUNTY, values, now=NOW, author=None, whole=whole)
        page = listed(db, STOPS, COUNTY, ListQuery(filters={"whole": str(first.id)}))
        assert [row.whole for row in page.rows] == [first.id, first.id]
        assert listed(db, STOPS, COUNTY, ListQuery()).total == 3

    def test_values_are_read_through_the_type(self, three, find):
        row = find().rows[0]
        assert VISITS.value(row, "starts_on") == date(2026, 3, 1)
