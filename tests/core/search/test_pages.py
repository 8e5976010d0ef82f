"""The page of search, and the box on every page that leads to it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from renda.directory import readings
from renda.records import engine
from renda.search.finding import PAGE
from renda.security.models import Grant
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP, VALUES
from tests.core.records.probe import VISITS

ADDRESS = f"/o/{COUNTY}/search"


@pytest.fixture
def make(work, people):
    """Makes committed visits, by their titles."""

    def visits(*titles, place=COUNTY, **values):
        with work() as session:
            return [
                engine.create(
                    session, VISITS, place, {**VALUES, "title": one, **values}, now=NOW, author=None
                ).id
                for one in titles
            ]

    return visits


def titles(page):
    return [link.text for link in page.html.select(".found li > a")]


def test_every_page_of_an_organisation_has_the_box(sign_in, make):
    make("走访孙老家镇")
    page = sign_in("clerk").get(f"/o/{COUNTY}/r/probe_visit")
    form = next(one for one in page.forms.values() if one.action == ADDRESS)
    assert form.method.upper() == "GET"
    assert page.html.select_one(".find input")["type"] == "search"
    form["q"] = "孙老家"
    found = form.submit()
    assert titles(found) == ["走访孙老家镇"]
    assert found.html.select_one(".find input")["value"] == "孙老家"


def test_results_lead_to_the_records_and_show_what_was_found(sign_in, make):
    (key,) = make("走访孙老家镇", notes="说明\n讨论孙老家的积水")
    page = sign_in("clerk").get(ADDRESS, {"q": "孙老家"})
    assert page.html.select_one(".found h2").text == "Visits"
    link = page.html.select_one(".found li > a")
    assert link["href"].endswith(f"/o/{COUNTY}/r/probe_visit/{key}")
    assert [one.text for one in page.html.select(".found mark")] == ["孙老家", "孙老家"]
    assert page.html.select_one(".found li p").text == "讨论孙老家的积水"
    assert page.html.select_one(".found .status").text == "Planned"
    assert "曹县 · 2026-05-06" in page.html.select_one(".found li .muted").text
    assert page.click("走访").status_int == 200


def test_stored_markup_is_shown_as_text(sign_in, make):
    make("<mark>积水</mark><script>")
    page = sign_in("clerk").get(ADDRESS, {"q": "积水"})
    assert titles(page) == ["<mark>积水</mark><script>"]
    assert len(page.html.select(".found mark")) == 1


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "Write what you look for."),
        ("  ", 200, "Write what you look for."),
        ("没有的", 200, "Nothing was found."),
        ("？", 422, "at least one Chinese character"),
        ("a", 422, "at least one Chinese character"),
        ("很" * 101, 422, "at most 100 characters"),
    ],
)
def test_a_query_that_finds_nothing_gets_a_clear_word(sign_in, people, query, status, said):
    page = sign_in("clerk").get(ADDRESS, {"q": query}, status=status)
    assert said in page.text
    assert not titles(page)


def test_other_organisations_are_searched_only_on_request_and_only_one_s_own(sign_in, make, work, people):
    make("走访曹县")
    make("走访曹城", place=TOWNSHIP)
    make("走访单县", place=NEIGHBOUR)
    everywhere = {"q": "走访", "everywhere": "true"}
    app = sign_in("clerk")
    assert titles(app.get(ADDRESS, everywhere)) == ["走访曹县"]
    assert not app.get(ADDRESS).html.select("#f-everywhere")
    with work() as session:
        session.add(
            Grant(account=people.clerk, organisation=TOWNSHIP, role="clerk", since=NOW - timedelta(1))
        )
    assert titles(app.get(ADDRESS, {"q": "走访"})) == ["走访曹县"]
    page = app.get(ADDRESS, everywhere)
    assert sorted(titles(page)) == ["走访曹县", "走访曹城"]
    assert page.html.select_one("#f-everywhere").has_attr("checked")
    assert "曹城街道" in page.text
    app.get(f"/o/{NEIGHBOUR}/search", {"q": "走访"}, status=404)


def test_a_role_without_the_right_to_read_finds_nothing(sign_in, make, work, people):
    make("走访曹城", place=TOWNSHIP)
    with work() as session:
        session.add(
            Grant(account=people.clerk, organisation=TOWNSHIP, role="deputy", since=NOW - timedelta(1))
        )
    page = sign_in("clerk").get(ADDRESS, {"q": "走访", "everywhere": "true"})
    assert titles(page) == []


def test_a_module_that_is_not_in_use_is_not_searched(sign_in, make, work, people):
    from renda.directory import service

    make("走访曹县")
    with work() as session:
        service.disable(session, COUNTY, "probe", NOW.date())
    assert titles(sign_in("clerk").get(ADDRESS, {"q": "走访"})) == []


def test_registers_can_be_chosen_and_results_come_in_pages(sign_in, make, work):
    make(*(f"第一届走访{number}" for number in range(PAGE + 1)))
    with work() as session:
        from renda.directory.meetings import MEETINGS

        meeting = {"title": "第一届会议", "organ": "standing_committee", "opens_on": "2026-05-06"}
        engine.create(session, MEETINGS, COUNTY, meeting, now=NOW, author=None)
    page = sign_in("clerk").get(ADDRESS, {"q": "第一届"})
    assert [one.text for one in page.html.select(".tabs a")] == ["All 22", "Meetings 1", "Visits 21"]
    assert titles(page)[0] == "第一届会议"
    assert len(titles(page)) == PAGE
    assert len(titles(page.click("Next page"))) == 2
    visits = page.click(href="type=probe_visit")
    assert [one.text for one in visits.html.select(".found h2")] == ["Visits"]
    assert len(titles(visits.click("Next page"))) == 1
    assert titles(sign_in("clerk").get(ADDRESS, {"q": "第一届", "type": "core_nothing"}))


def test_few_queries_are_enough(sign_in, make, statements):
    make(*(f"走访{number}" for number in range(PAGE)))
    app = sign_in("clerk")
    statements.clear()
    app.get(ADDRESS, {"q": "走访"})
    assert len(statements) <= 7


class TestDeputies:
    @pytest.fixture
    def look(self, sign_in, work, people):
        with work() as session:
            readings.fill(session)

        def names(query, role="clerk", **options):
            page = sign_in(role).get(ADDRESS, {"q": query, **options})
            return [one.text.split("\n")[0] for one in page.html.select("#g-people ~ ul li")]

        return names

    @pytest.mark.parametrize("query", ["李梅", "梅", "limei", "Li Mei", "lm"])
    def test_they_are_found_in_characters_and_in_pinyin(self, look, query):
        assert look(query) == ["李梅"]

    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ("单县", "of a neighbour"),
            ("shan", "the same"),
            ("赵前", "no longer in office"),
            ("meili", "nobody"),
        ],
    )
    def test_others_are_not(self, look, query, reason):
        assert look(query) == []

    def test_those_of_another_organisation_only_where_one_plays_a_role(self, look, work, people):
        assert look("王小明", everywhere="true") == []
        with work() as session:
            session.add(
                Grant(account=people.clerk, organisation=TOWNSHIP, role="clerk", since=NOW - timedelta(1))
            )
        assert look("王小明") == []
        assert look("王小明", everywhere="true") == ["王小明"]

    def test_only_with_the_right_to_read_of_them(self, look, work, people):
        with work() as session:
            session.execute(update(Grant).where(Grant.account == people.clerk).values(role="deputy"))
        assert look("李梅") == []

    def test_what_is_typed_is_marked_and_where_they_sit_is_said(self, sign_in, people):
        page = sign_in("clerk").get(ADDRESS, {"q": "梅"})
        assert [one.text for one in page.html.select("#g-people ~ ul mark")] == ["梅"]
        assert "曹县 · Term 19" in page.html.select_one("#g-people ~ ul .muted").text
