"""The list of deputies and their pages: what is entered, found, shown, masked and written down."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from renda.deputies.registers import CONSTITUENCIES
from renda.directory import persons
from renda.directory.models import Mandate, Person, PersonSecret
from renda.records import engine
from renda.security.models import AuditEntry
from tests.core.deputies.conftest import CITY, COUNTY, DEPUTIES, WANG, add, number, rows, words
from tests.core.excel.conftest import opened
from tests.core.security.town import OTHER, form_of, post


def entered(work, action):
    with work() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
    return [json.loads(one.detail) for one in found]


class TestEntering:
    def test_a_deputy_is_entered_with_a_seat(self, clerk, work):
        page = clerk.get(
            add(clerk, name="王　小 明", identity=WANG, phone="138 0530 1234", constituency="第一选区")
        )
        shown = words(page)
        assert page.html.h1.get_text() == "王小明"
        assert "In office" in shown
        assert "曹县人大 Term 19" in shown
        assert "Born on 1949-12-31" in shown
        assert "Gender Female" in shown
        assert entered(work, "person.add")[0]["fields"] == ["born_on", "gender", "identity", "name", "phone"]
        assert entered(work, "mandate.give") == [{"term": 19, "seat": 1, "by_election": False}]

    def test_the_dots_of_minority_names_are_one_kind(self, clerk):
        page = clerk.get(add(clerk, name="阿不都•热合曼"))
        assert page.html.h1.get_text() == "阿不都·热合曼"

    def test_a_wrong_number_is_told_beside_its_field_and_nothing_is_saved(self, clerk, work):
        page = add(clerk, name="王小明", identity="110105194912310021", status=422)
        assert "last character" in page.html.select_one("#f-identity-error").get_text()
        with work() as session:
            assert session.scalar(select(func.count()).select_from(Person)) == 0

    def test_what_contradicts_the_number_is_told(self, clerk):
        page = add(clerk, name="王小明", identity=WANG, born_on="1950-01-01", gender="male", status=422)
        assert "1949-12-31" in page.html.select_one("#f-born_on-error").get_text()
        assert "Female" in page.html.select_one("#f-gender-error").get_text()

    def test_who_is_known_by_number_is_not_entered_twice(self, clerk, work):
        add(clerk, name="王小明", identity=WANG)
        page = add(clerk, name="王小明", identity=WANG, status=422)
        assert "holds a seat of this term" in page.html.select_one("#f-term-error").get_text()
        page = add(clerk, name="李梅", identity=WANG, status=422)
        assert "another name" in page.html.select_one("#f-identity-error").get_text()

    def test_a_seat_is_held_by_one_and_the_next_free_one_is_found(self, clerk):
        add(clerk, name="甲", seat="1")
        add(clerk, name="乙", seat="3")
        page = add(clerk, name="丙", seat="3", status=422)
        assert "Somebody else holds or held the seat 3." in page.html.select_one("#f-seat-error").get_text()
        assert "2" in rows(clerk.get(add(clerk, name="丙")), "seats")[0]
        assert "4" in rows(clerk.get(add(clerk, name="丁")), "seats")[0]

    def test_no_seat_begins_before_its_term(self, clerk):
        page = add(clerk, name="甲", starts_on="2021-01-01", status=422)
        assert "2022-01-08" in page.html.select_one("#f-starts_on-error").get_text()

    @pytest.mark.parametrize("login", ["wang", "zhao"])
    def test_only_who_may_write_enters_anybody(self, as_, login):
        app = as_(login)
        app.get(f"{DEPUTIES}/new", status=403)
        post(app, f"{DEPUTIES}/new", {"name": "甲"}, status=403)


class TestList:
    def test_it_is_in_the_order_of_strokes(self, clerk):
        for name in ("王小明", "李梅", "丁一"):
            add(clerk, name=name)
        assert [row[0] for row in rows(clerk.get(DEPUTIES))] == ["丁一", "王小明", "李梅"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "wxm"}, ["王小明"]),
            ({"q": "梅"}, ["李梅"]),
            ({"delegation": "东团"}, ["李梅"]),
            ({"constituency": "第一选区"}, ["王小明"]),
            ({"term": "18"}, []),
        ],
    )
    def test_it_finds_by_characters_pinyin_and_filters(self, clerk, query, found):
        add(clerk, name="王小明", constituency="第一选区")
        add(clerk, name="李梅", delegation="东团")
        assert [row[0] for row in rows(clerk.get(DEPUTIES, query))] == found

    def test_a_group_is_made_joined_and_looked_for(self, clerk):
        post(clerk, f"/o/{COUNTY}/m/core/groups", {"name": "一组", "starts_on": "2022-02-01"}, status=303)
        assert "Name of the group" in words(clerk.get(f"/o/{COUNTY}/m/core/groups"))
        page = post(
            clerk, f"/o/{COUNTY}/m/core/groups", {"name": "一组", "starts_on": "2022-02-01"}, status=422
        )
        assert "There is a group of this name." in words(page)
        add(clerk, name="王小明", group="一组")
        add(clerk, name="李梅")
        page = clerk.get(f"/o/{COUNTY}/m/core/groups")
        assert rows(page, "groups") == [["一组", "2022-02-01", "1"]]
        assert [row[0] for row in rows(page.click("一组"))] == ["王小明"]

    def test_it_has_pages(self, clerk, work):
        with work() as session:
            seated = [persons.Seated(one, f"代表{one:02}", f"{one}", date(2022, 1, 8)) for one in range(60)]
            persons.add_mandates(session, COUNTY, 19, seated, now=datetime(2026, 5, 6, tzinfo=UTC))
        page = clerk.get(DEPUTIES)
        assert len(rows(page)) == 50
        assert len(rows(page.click("Next page"))) == 10

    def test_of_another_body_nothing_is_told(self, clerk, as_):
        clerk.get(f"/o/{OTHER}/m/core/deputies", status=404)
        address = add(clerk, name="王小明")
        clerk.get(address.replace(COUNTY, CITY), status=404)
        as_("zhao").get(address.replace(COUNTY, CITY), status=404)


class TestSealed:
    @pytest.fixture
    def address(self, clerk):
        return add(clerk, name="王小明", identity=WANG, phone="13805301234", address="曹县磐石街道1号")

    @pytest.mark.parametrize("where", ["list", "page", "form", "export"])
    def test_nothing_is_shown_in_full(self, clerk, address, where):
        if where == "export":
            answer = clerk.get(f"{DEPUTIES}/roster.xlsx")
            sheet = opened(answer.body).worksheets[0]
            text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        else:
            text = clerk.get({"list": DEPUTIES, "page": address, "form": f"{address}/edit"}[where]).text
        assert "138****1234" in text
        for secret in (WANG, "13805301234", "磐石街道1号"):
            assert secret not in text

    def test_nothing_is_stored_in_the_clear(self, address, work):
        with work() as session:
            stored = session.scalars(select(PersonSecret)).all()
            trail = session.scalars(select(AuditEntry.detail)).all()
        assert sorted(one.masked for one in stored) == ["110****002X", "138****1234", "曹县磐****"]
        for secret in (WANG, "13805301234", "磐石街道1号"):
            assert not any(secret.encode() in one.sealed for one in stored)
            assert not any(secret in one for one in trail)

    def test_left_empty_it_stays_and_a_new_one_replaces_it(self, clerk, address, work):
        form = form_of(clerk.get(f"{address}/edit"), "identity")
        assert form["phone"].value == ""
        form["position"] = "磐石村党支部书记"
        assert "138****1234" in form.submit(status=303).follow().text
        form = form_of(clerk.get(f"{address}/edit"), "identity")
        form["phone"] = "13900001111"
        assert "139****1111" in form.submit(status=303).follow().text
        assert [one["fields"] for one in entered(work, "person.change")] == [["position"], ["phone"]]

    def test_a_number_that_is_entered_later_counts_the_person_by_it(self, clerk, work):
        address = add(clerk, name="李梅", phone="13900001111")
        form = form_of(clerk.get(f"{address}/edit"), "identity")
        form["identity"] = number("19750505", 2)
        assert "139****1111" in form.submit(status=303).follow().text
        add(clerk, place=COUNTY, name="李梅", identity=number("19750505", 2), status=422)
        other = add(clerk, name="钱", phone="13900002222")
        form = form_of(clerk.get(f"{other}/edit"), "identity")
        form["identity"] = number("19750505", 2)
        assert "Somebody else" in form.submit(status=422).text


class TestSeats:
    @pytest.fixture
    def address(self, clerk):
        return add(clerk, name="王小明")

    def act(self, clerk, address, act, *, status=303, **fields):
        page = clerk.get(address)
        page = page.click(href=r"/seats/")
        form = page.forms[act]
        for name, value in fields.items():
            form[f"{act}.{name}"] = value
        return form.submit("do", value=act, status=status)

    def test_a_seat_is_suspended_and_resumed(self, clerk, address, work):
        said = {"day": "2026-03-01", "reason": "detained", "decision": "公告第3号"}
        page = self.act(clerk, address, "suspend", **said).follow()
        assert "Suspended" in words(page, ".head")
        assert "代表法第六十一条" in words(page)
        assert rows(clerk.get(f"{DEPUTIES}?state=suspended"))[0][0] == "王小明"
        assert rows(clerk.get(f"{DEPUTIES}?state=in_office")) == []
        self.act(clerk, address, "resume", decision="公告第4号")
        assert "公告第4号" in words(clerk.get(address))
        assert "In office" in words(clerk.get(address), ".head")
        assert entered(work, "mandate.suspend") == [said]

    def test_a_seat_ends_for_a_statutory_reason_only(self, clerk, address, work):
        page = self.act(clerk, address, "end", day="2026-04-01", decision="公告第5号", status=422)
        assert "Please correct" in words(page)
        self.act(clerk, address, "end", day="2026-04-01", reason="resigned", decision="公告第5号")
        shown = words(clerk.get(address))
        assert "Ended" in shown
        assert "Resignation was accepted（代表法第六十二条）" in shown
        assert rows(clerk.get(DEPUTIES)) == []
        assert rows(clerk.get(f"{DEPUTIES}?state=ended"))[0][0] == "王小明"
        assert entered(work, "mandate.end")[0]["reason"] == "resigned"

    def test_an_end_entered_by_mistake_is_taken_back(self, clerk, address):
        self.act(clerk, address, "end", day="2026-04-01", reason="moved", decision="公告第5号")
        self.act(clerk, address, "reopen", decision="登记有误")
        assert rows(clerk.get(DEPUTIES))[0][0] == "王小明"

    def test_none_ends_before_it_begins(self, clerk, address):
        page = self.act(
            clerk, address, "end", day="2021-04-01", reason="died", decision="公告第5号", status=422
        )
        assert "before the first day" in words(page)

    def test_what_its_state_does_not_allow_is_refused(self, clerk, address):
        seat = clerk.get(address).click(href=r"/seats/").request.path
        for act in ("resume", "reopen", "burn"):
            post(clerk, seat, {"do": act}, status=409)

    def test_a_seat_is_corrected(self, clerk, address, work):
        seat = clerk.get(address).click(href=r"/seats/").request.path
        form = form_of(clerk.get(f"{seat}/edit"), "delegation")
        form["delegation"] = "西团"
        form["by_election"] = True
        form.submit(status=303)
        assert "By-election" in words(clerk.get(address))
        assert entered(work, "mandate.change") == [{"fields": ["by_election", "delegation"]}]

    def test_a_person_sits_for_further_terms(self, clerk, address, work):
        form = form_of(clerk.get(f"{address}/seat"), "term")
        form["term"], form["starts_on"] = "18", "2017-01-10"
        form.submit(status=303)
        assert len(rows(clerk.get(address), "seats")) == 2
        with work() as session:
            assert session.scalars(select(Mandate.term).order_by(Mandate.term)).all() == [18, 19]

    def test_seats_of_another_tier_are_shown_to_who_may_read_them(self, clerk, as_):
        county = add(clerk, name="王小明", identity=WANG)
        city = add(as_("zhang"), place=CITY, name="王小明", identity=WANG)
        assert city.rpartition("/")[2] == county.rpartition("/")[2]
        assert len(rows(as_("li").get(county), "seats")) == 1
        assert len(rows(as_("zhao").get(county), "seats")) == 2

    def test_readers_are_offered_no_acts(self, as_, address):
        app = as_("zhao")
        page = app.get(address).click(href=r"/seats/")
        assert not page.html.find("main").find("form")
        post(app, page.request.path, {"do": "end"}, status=403)


def test_programs_read_the_list_with_what_its_page_shows(clerk):
    add(clerk, name="王小明", identity=WANG, phone="13805301234", constituency="第一选区")
    answer = clerk.get(f"/api/v1/organisations/{COUNTY}/core/deputies?q=wxm").json
    assert answer["total"] == 1
    (one,) = answer["items"]
    assert (one["name"], one["phone"], one["identity"]) == ("王小明", "138****1234", "110****002X")
    assert (one["term"], one["constituency"], one["state"]) == (19, "第一选区", "in_office")
    assert clerk.get(f"/api/v1/organisations/{COUNTY}/core/deputies?q=lm").json["items"] == []


def test_constituencies_stand_in_the_order_of_their_numbers_in_list_and_form(clerk, work, clock):
    names = ["第一选区", "第二选区", "第三选区", "第十选区", "第十一选区"]
    with work() as session:
        for name in ("第三选区", "第十一选区", "第一选区", "第十选区", "第二选区"):
            said = {"name": name, "seats": 2}
            engine.create(session, CONSTITUENCIES, COUNTY, said, now=clock(), author=None)
    register = f"/o/{COUNTY}/r/core_constituency"

    def listed(sort=""):
        page = clerk.get(f"{register}{sort}").html
        return [one.get_text(strip=True) for one in page.select("#records tbody th")]

    assert listed() == listed("?sort=name") == names
    assert listed("?sort=-name") == names[::-1]
    form = clerk.get(f"{DEPUTIES}/new").html
    offered = [one["value"] for one in form.select("[name=constituency] option") if one["value"]]
    assert offered == names
