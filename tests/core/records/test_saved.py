"""A reader chooses the columns of a list and keeps filters, order and columns as a view."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from renda.errors import Conflict, Invalid
from renda.records import columns, saved
from renda.records.listing import ListQuery
from renda.records.saved import SavedView
from renda.records.tables import words
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, VALUES
from tests.core.records.probe import VISITS
from tests.core.records.test_pages import BASE, engine, form_of

HEADS = "#records thead th a"


@pytest.fixture
def two(work, people):
    with work() as session:
        for title, kind in (("甲", "village"), ("乙", "school")):
            values = {**VALUES, "title": title, "kind": kind}
            engine.create(session, VISITS, COUNTY, values, now=NOW, author=None)


@pytest.fixture
def keep(sign_in, two):
    """`keep("clerk", "村", query)` saves a view on its page and gives the list that follows."""

    def go(role, name, query="", *, columns=None, status=303, **flags):
        page = sign_in(role).get(f"{BASE}/arrange", {"query": query})
        form = form_of(page, f"{BASE}/arrange")
        form["name"] = name
        for flag in flags:
            form[flag] = True
        if columns is not None:
            for box in form.fields["column"]:
                box.checked = box._value in columns
        answer = form.submit("do", value="keep", status=status)
        return answer.follow() if status == 303 else answer

    return go


def shown(page):
    return [row.th.text for row in page.html.select("#records tbody tr")]


def heads(page):
    return [head.text for head in page.html.select("#records thead th:not(.pick)")]


def tabs(page):
    return [(link.text, link.has_attr("aria-current")) for link in page.html.select(".tabs a")]


class TestColumns:
    def test_they_are_those_chosen_in_the_order_of_the_type_and_the_first_stays(self):
        chosen = columns.arranged(VISITS, ["state", "notes", "gone"])
        assert chosen.columns == ("title", "notes", "state")
        assert chosen is columns.arranged(VISITS, ["notes", "state"])
        assert chosen.fields.keys() == VISITS.fields.keys()

    def test_no_choice_is_the_type_itself(self):
        assert columns.arranged(VISITS, ()) is VISITS
        assert columns.arranged(VISITS, VISITS.columns) is VISITS

    def test_a_list_is_sorted_by_what_it_shows(self):
        assert columns.asked(VISITS, {"columns": "title,kind", "sort": "-starts_on"})[1].sort == ""
        assert columns.asked(VISITS, {"columns": "title,kind", "sort": "-kind"})[1].sort == "-kind"
        assert columns.asked(VISITS, {"columns": "title,kind", "sort": "gone"})[1].sort == "gone"

    def test_words_and_query_are_the_same_thing(self):
        query = ListQuery({"kind": "village", "id": ""}, "孙 老", "-title", columns=("title", "kind"))
        again = columns.asked(VISITS, {"columns": "kind", "q": "孙 老", "sort": "-title", "kind": "village"})
        assert words(again[1]) == words(query)

    def test_the_page_offers_every_field_and_the_list_shows_those_chosen(self, sign_in, two):
        page = sign_in("auditor").get(f"{BASE}?kind=school").click("Columns and views")
        form = form_of(page, f"{BASE}/arrange")
        for box in form.fields["column"]:
            box.checked = box._value in {"budget", "state"}
        found = form.submit("do", value="show").follow()
        assert heads(found) == ["Title", "Budget（yuan）", "State"]
        assert shown(found) == ["乙"]

    def test_links_filters_and_the_spreadsheet_keep_them(self, sign_in, two):
        page = sign_in("clerk").get(BASE, {"columns": "title,budget", "q": "甲"})
        assert "columns=title%2Cbudget" in page.html.select_one(HEADS)["href"]
        assert page.html.select_one(".filters input[name=columns]")["value"] == "title,budget"
        sheet = openpyxl.load_workbook(BytesIO(page.click("Export to Excel").body)).active
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert rows == [("Title", "Budget（yuan）"), ("甲", None)]


class TestViews:
    def test_a_view_is_a_tab_that_leads_to_its_list(self, sign_in, keep):
        page = keep("clerk", "村", "kind=village&sort=-title", columns={"kind"})
        assert tabs(page) == [("All", False), ("村", True)]
        assert (shown(page), heads(page)) == (["甲"], ["Title", "Kind"])
        whole = page.click("All")
        assert tabs(whole) == [("All", True), ("村", False)]
        assert shown(whole) == ["乙", "甲"]

    def test_one_s_own_view_is_nobody_else_s(self, sign_in, keep):
        keep("auditor", "村", "kind=village")
        assert tabs(sign_in("clerk").get(BASE)) == []

    def test_who_may_write_keeps_views_for_everybody(self, sign_in, keep):
        keep("clerk", "村", "kind=village", shared=True)
        assert tabs(sign_in("auditor").get(BASE)) == [("All", True), ("村", False)]
        form = form_of(sign_in("auditor").get(f"{BASE}/arrange"), f"{BASE}/arrange")
        assert "shared" not in form.fields
        assert not sign_in("auditor").get(f"{BASE}/arrange").html.select("#views")

    def test_the_right_is_asked_for_when_it_is_sent_too(self, app, sign_in, work, people):
        token = form_of(sign_in("auditor").get(f"{BASE}/arrange"), f"{BASE}/arrange")["csrf_token"].value
        values = {"do": "keep", "name": "村", "shared": "true", "csrf_token": token}
        app.post(f"{BASE}/arrange", values, status=303)
        with work() as session:
            assert session.scalars(select(SavedView.account)).all() == [people.auditor]

    def test_a_list_opens_with_the_view_that_says_so_and_all_of_it_stays_reachable(self, sign_in, keep):
        keep("clerk", "村", "kind=village", opens=True)
        page = sign_in("clerk").get(BASE)
        assert (shown(page), tabs(page)) == (["甲"], [("All", False), ("村", True)])
        whole = page.click("All")
        assert shown(whole) == ["乙", "甲"]
        assert shown(whole.click("Title", href="sort=title")) == ["乙", "甲"]
        assert shown(page.click("Show all")) == ["乙", "甲"]
        assert shown(form_of(whole, "").submit()) == ["乙", "甲"]

    def test_one_s_own_opening_view_outranks_that_of_the_organisation(self, sign_in, keep):
        keep("clerk", "村", "kind=village", shared=True, opens=True)
        keep("auditor", "校", "kind=school", opens=True)
        assert shown(sign_in("auditor").get(BASE)) == ["乙"]
        assert shown(sign_in("clerk").get(BASE)) == ["甲"]

    def test_of_a_person_s_views_one_opens_the_list(self, sign_in, work, keep):
        keep("clerk", "村", "kind=village", opens=True)
        keep("clerk", "校", "kind=school", opens=True)
        assert shown(sign_in("clerk").get(BASE)) == ["乙"]
        with work() as session:
            rows = session.scalars(select(SavedView).order_by(SavedView.id))
            assert [row.opens for row in rows] == [False, True]

    def test_the_same_name_takes_the_new_words(self, sign_in, keep):
        keep("clerk", "我的", "kind=village")
        assert shown(keep("clerk", "我的", "kind=school")) == ["乙"]

    @pytest.mark.parametrize(
        ("name", "query"), [("", ""), ("字" * 41, ""), ("村", "colour=red"), ("村", "starts_on.from=soon")]
    )
    def test_what_makes_no_view_is_told(self, work, keep, name, query):
        page = keep("clerk", name, query, status=422)
        assert page.html.select(".summary li")
        with work() as session:
            assert session.scalars(select(SavedView)).all() == []

    def test_a_view_is_switched_and_deleted(self, sign_in, keep):
        keep("clerk", "村", "kind=village")
        address = f"{BASE}/arrange"

        def press(what):
            page = sign_in("clerk").get(address)
            form = next(one for one in page.forms.values() if "view" in one.fields)
            form.submit("do", value=what, status=303)
            return sign_in("clerk").get(BASE)

        assert shown(press("open")) == ["甲"]
        assert shown(press("close")) == ["乙", "甲"]
        assert tabs(press("delete")) == []

    def test_others_views_are_not_there(self, app, sign_in, work, people, keep):
        keep("clerk", "村", "kind=village", shared=True)
        with work() as session:
            view = str(session.scalars(select(SavedView.id)).one())
        token = form_of(sign_in("auditor").get(f"{BASE}/arrange"), f"{BASE}/arrange")["csrf_token"].value
        for identifier in (view, "1", ""):
            values = {"do": "delete", "view": identifier, "csrf_token": token}
            app.post(f"{BASE}/arrange", values, status=404)
        assert tabs(sign_in("clerk").get(BASE))

    def test_there_are_not_too_many(self, db, people, monkeypatch):
        monkeypatch.setattr(saved, "MOST", 1)
        more = {"query": "", "shared": False, "opens": False}
        saved.keep(db, VISITS, COUNTY, people.clerk, name="甲", **more)
        saved.keep(db, VISITS, COUNTY, people.leader, name="甲", **more)
        saved.keep(db, VISITS, COUNTY, people.clerk, name="甲", **more)
        with pytest.raises(Conflict):
            saved.keep(db, VISITS, COUNTY, people.clerk, name="乙", **more)
        with pytest.raises(Invalid):
            saved.keep(db, VISITS, COUNTY, people.clerk, name="a\nb", **more)
        assert saved.seen(db, VISITS, NEIGHBOUR, people.clerk) == []
