"""What is asked of the index, in a real database."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from renda.database import everything, scope_to
from renda.errors import Invalid
from renda.records import engine
from renda.search.finding import LONGEST, PAGE, find
from renda.search.models import SearchEntry
from renda.security.models import Account
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP, VALUES
from tests.core.records.probe import VISITS

HERE = {COUNTY: ["probe_visit"]}
SAFE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def found(db):
    """Titles of what a query finds at the county."""

    def look(query: str, reach=HERE, **options):
        return [one.title for one in find(db, query, reach, ["probe_visit"], **options).entries]

    return look


@pytest.mark.parametrize(
    "query",
    ["走访", "孙老家", "家", "镇", "走访孙老家镇", "孙老家 走访", "走", "ＷＰＳ", "wps", "2026", "讨论 走访"],
)
def test_a_record_is_found_by_what_it_says(visit, found, query):
    visit(notes="讨论WPS 2026")
    visit(title="另一件事")
    assert found(query) == ["走访孙老家镇"]


@pytest.mark.parametrize("query", ["访走", "孙家", "村", "走访 村", "wp", "202", "village"])
def test_and_by_nothing_else(visit, found, query):
    visit(notes="讨论WPS 2026")
    assert found(query) == []


def test_pairs_that_stand_apart_are_no_match(visit, found):
    visit(notes="积水。水治。治理")
    assert found("积水治理") == []
    visit(title="治理积水", notes="很" * 5000)
    assert found("治理积水") == ["治理积水"]


def test_a_place_far_back_in_a_long_text_is_found(visit, found):
    visit(notes="人大" * 2000 + "人大附近")
    assert found("人大附近") == ["走访孙老家镇"]


@pytest.mark.parametrize("query", ['"', '水" OR "走', "走* NOT 访", "tokens:走访", "走' & '访", "走访 -孙"])
def test_signs_of_query_languages_mean_nothing(visit, found, query):
    visit()
    try:
        assert found(query) in ([], ["走访孙老家镇"])
    except Invalid:
        assert query == '"'


@pytest.mark.parametrize("query", ["", " ", "？！", "a", "3", "x" * (LONGEST + 1)])
def test_a_query_that_can_find_nothing_is_refused(db, found, query):
    with pytest.raises(Invalid) as error:
        found(query)
    assert set(error.value.errors) == {"q"}


def test_results_come_in_pages_and_the_last_one_stands_for_those_behind_it(db, visit, found):
    for number in range(PAGE + 1):
        visit(title=f"走访{number}")
    assert [len(found("走访", page=number)) for number in (1, 2, 9)] == [PAGE, 1, 1]
    whole = find(db, "走访", HERE, ["probe_visit"])
    assert (whole.counts, whole.total, whole.pages) == ({"probe_visit": PAGE + 1}, PAGE + 1, 2)


def test_only_types_within_reach_are_found(visit, found):
    visit()
    assert found("走访", {COUNTY: []}) == []
    assert found("走访", {}) == []
    assert found("走访", only="core_meeting") == []


@SAFE
@given(query=st.text(st.sampled_from("走访孙老家镇村 a1"), max_size=6))
def test_no_title_of_another_organisation_is_ever_found(db, people, query):
    for code in (COUNTY, NEIGHBOUR, TOWNSHIP):
        if not db.query(SearchEntry).filter_by(organisation=code).count():
            engine.create(
                db, VISITS, code, {**VALUES, "title": f"走访孙老家镇村 a1 {code}"}, now=NOW, author=None
            )
    reach = {code: ["probe_visit"] for code in (COUNTY, NEIGHBOUR)}
    # It takes the scope back at its end.
    with everything(db), suppress(Invalid):
        assert {one.organisation for one in find(db, query, HERE, ["probe_visit"]).entries} <= {COUNTY}
        for within in (HERE, reach):
            scope_to(db, {COUNTY})
            entries = find(db, query, within, ["probe_visit"]).entries
            assert {one.organisation for one in entries} <= {COUNTY}


@SAFE
@given(st.data())
def test_any_part_of_a_title_finds_it(db, people, data):
    title = data.draw(
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=20)
    )
    start = data.draw(st.integers(0, len(title) - 2))
    end = data.draw(st.integers(start + 2, len(title)))
    row = engine.create(db, VISITS, COUNTY, {**VALUES, "title": title}, now=NOW, author=None)
    found = find(db, title[start:end], HERE, ["probe_visit"])
    assert found.total > PAGE or row.id in {one.record for one in found.entries}


def test_the_index_is_used(db, people):
    if db.get_bind().dialect.name == "sqlite":
        plan = db.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT rowid FROM fts_core_search_entry WHERE fts_core_search_entry MATCH 'a'"
            )
        )
        assert "VIRTUAL TABLE INDEX" in str(plan.all())
    else:
        db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = db.execute(
            text(
                "EXPLAIN SELECT id FROM core_search_entry "
                "WHERE organisation IN ('371721') AND lexemes @@ '''a'''::tsquery"
            )
        )
        assert "core_search_entry_organisation" in str(plan.all())
    assert db.query(Account).count()
