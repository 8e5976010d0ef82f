"""Every register has its pages: list, form, record, next step, participation and spreadsheet."""

import json
import uuid
from io import BytesIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, func, select

from renda.records import engine
from renda.records.models import Participant, TransitionLog
from renda.security.models import AuditEntry
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, VALUES
from tests.core.records.probe import VISITS, Stop, Visit

BASE = f"/o/{COUNTY}/r/probe_visit"


def only(work, model=Visit):
    with work() as session:
        row = session.scalars(select(model)).one()
        session.expunge(row)
        return row


def count(work, model=Visit) -> int:
    with work() as session:
        return session.scalar(select(func.count()).select_from(model))


def form_of(page, address):
    """The form of a page that posts to an address."""
    return next(form for form in page.forms.values() if form.action == address)


@pytest.fixture
def fifty_one(work, people):
    with work() as session:
        for _number in range(51):
            engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=None)


@pytest.fixture
def new(sign_in, people):
    """The clerk's form of a new visit."""
    return form_of(sign_in("clerk").get(f"{BASE}/new"), BASE)


class TestList:
    def test_it_shows_the_columns_and_leads_to_the_records(self, sign_in, stored_visit):
        page = sign_in("clerk").get(BASE)
        assert [cell.text for cell in page.html.select("#records thead th a")][:3] == [
            "Title",
            "Kind",
            "Starts on",
        ]
        link = page.html.select_one("#records tbody th a")
        assert (link.text, link["href"]) == ("走访孙老家镇", f"{BASE}/{stored_visit}")
        assert page.click("走访孙老家镇").status_int == 200

    def test_only_a_long_list_scrolls_below_its_headers(self, sign_in, fifty_one):
        app = sign_in("clerk")
        assert app.get(BASE).html.select_one(".region")["class"] == ["region", "long", "stack"]
        assert app.get(BASE, {"page": "2"}).html.select_one(".region")["class"] == ["region", "stack"]

    def test_filters_stay_in_the_form_and_in_the_links(self, sign_in, stored_visit):
        page = sign_in("clerk").get(
            BASE, {"q": "孙老家", "kind": "village", "budget.from": "", "sort": "title"}
        )
        assert len(page.html.select("#records tbody tr")) == 1
        assert page.html.select_one("#f-q")["value"] == "孙老家"
        assert page.html.select_one("#f-kind option[selected]")["value"] == "village"
        sort = page.html.select_one("#records thead a")["href"]
        assert "kind=village" in sort
        assert "sort=-title" in sort
        other = page.html.select("#records thead a")[1]["href"]
        assert "sort=kind" in other

    def test_a_sort_that_there_is_not_is_refused_beside_the_list(self, sign_in, stored_visit):
        page = sign_in("clerk").get(BASE, {"sort": "nonsense"}, status=422)
        assert "This list cannot be sorted like that." in page.html.select_one(".summary.bad").text
        assert page.html.select("#records tbody tr") == []
        assert page.html.select_one(f".filters a[href='{BASE}']")

    def test_filters_without_a_control_are_carried_along(self, sign_in, people):
        page = sign_in("clerk").get(BASE, {"budget.from": "5"})
        assert page.html.select_one("input[name='budget.from']")["value"] == "5"
        assert page.html.select_one(".empty").text.strip()

    def test_a_wrong_filter_is_told_beside_it(self, sign_in, stored_visit):
        page = sign_in("clerk").get(BASE, {"starts_on.from": "soon"}, status=422)
        assert page.html.select_one("#f-starts_on\\.from-error")
        assert not page.html.select("#records")

    @pytest.mark.parametrize("query", ["?=1", "?=", "?.=1", "?nothing=1"])
    def test_a_filter_of_no_name_or_another_is_told_above_it(self, sign_in, stored_visit, query):
        page = sign_in("clerk").get(f"{BASE}{query}", status=422)
        assert page.html.select_one(".summary.bad li").text == "This list has no such filter."

    @pytest.mark.parametrize(
        ("page", "shown"), [("2", 1), ("9", 1), ("0", 50), ("x", 50), ("9" * 99, 50), ("９", 50)]
    )
    def test_pages(self, fifty_one, sign_in, page, shown):
        found = sign_in("clerk").get(BASE, {"page": page})
        assert len(found.html.select("#records tbody tr")) == shown
        leads_to = found.html.select_one(".pager a")["href"]
        assert leads_to == (BASE if shown == 1 else f"{BASE}?page=2")

    def test_four_queries_are_enough_for_the_whole_page(self, fifty_one, sign_in, statements):
        app = sign_in("clerk")
        statements.clear()
        assert len(app.get(BASE).html.select("#records tbody tr")) == 50
        assert len(statements) <= 4

    def test_readers_who_may_only_read_may_arrange_the_list_and_no_more(self, sign_in, stored_visit):
        def buttons(role):
            links = sign_in(role).get(BASE).html.select(".actions a")
            return [link["href"].removeprefix(f"{BASE}/").partition("?")[0] for link in links]

        assert buttons("auditor") == ["arrange"]
        assert buttons("clerk") == ["new", "template.xlsx", "import", "export.xlsx", "arrange"]

    @pytest.mark.parametrize(
        "path", [f"/o/{COUNTY}/r/probe_gone", f"/o/{NEIGHBOUR}/r/probe_visit", f"{BASE}/1"]
    )
    def test_there_is_nothing_else(self, sign_in, people, path):
        sign_in("clerk").get(path, status=404)


class TestNew:
    def test_a_record_is_entered(self, work, new, people):
        new["title"], new["kind"], new["starts_on"] = "走访", "school", "2026-05-06"
        new["urgent"], new["budget"], new["guide"] = True, "1,200", str(people.township)
        answer = new.submit()
        row = only(work)
        assert (answer.status_int, answer.location) == (303, f"http://localhost{BASE}/{row.id}")
        assert (row.title, row.urgent, row.budget, row.guide) == ("走访", True, 1200, people.township)
        assert (row.author, row.created_at) == (people.clerk, NOW)

    def test_a_person_is_named_by_what_is_typed_of_the_name(self, work, new, people):
        new["title"], new["kind"], new["starts_on"] = "走访", "school", "2026-05-06"
        new["guide.typed"] = "无此人"
        again = form_of(new.submit(status=422), BASE)
        assert (again["guide"].value, again["guide.typed"].value) == ("", "无此人")
        again["guide.typed"] = "王小明"
        again.submit(status=303)
        assert only(work).guide == people.township

    def test_the_choice_of_persons_carries_how_their_names_are_typed(self, new, people):
        option = BeautifulSoup(new.text, "html.parser").find("option", value=str(people.township))
        assert {"wangxiaoming", "wxm"} <= set(option["data-spelt"].split())

    def test_what_was_typed_is_kept_beside_what_is_wrong(self, work, new):
        new["title"], new["budget"], new["urgent"] = "走访", "3.9", True
        page = new.submit(status=422)
        again = form_of(page, BASE)
        assert (again["title"].value, again["budget"].value, again["urgent"].checked) == ("走访", "3.9", True)
        wrong = {error["id"] for error in page.html.select("form .error")}
        assert wrong == {"f-kind-error", "f-starts_on-error", "f-budget-error"}
        assert count(work) == 0
        again["kind"], again["starts_on"], again["budget"] = "school", "2026-05-06", "4"
        assert again.submit().status_int == 303

    @pytest.mark.parametrize("sent", ["走访%00村", "走访%FF村"], ids=["a NUL", "no UTF-8"])
    def test_what_is_no_text_is_an_error_of_its_field_and_loses_nothing_else(self, app, work, new, sent):
        token = new["csrf_token"].value
        body = f"csrf_token={token}&title={sent}&kind=school&starts_on=2026-05-06&notes=记了很多".encode()
        page = app.post(BASE, body, content_type="application/x-www-form-urlencoded", status=422)
        assert [error["id"] for error in page.html.select("form .error")] == ["f-title-error"]
        again = form_of(page, BASE)
        assert (again["kind"].value, again["notes"].value) == ("school", "记了很多")
        assert count(work) == 0

    def test_deputies_of_the_county_and_below_are_offered(self, new):
        assert {text for _value, _selected, text in new["guide"].options} == {"", "李梅", "王小明"}

    @pytest.mark.parametrize("name", ["state", "organisation", "lock.", "colour"])
    def test_what_is_no_field_is_refused(self, app, work, new, name):
        values = {**VALUES, "csrf_token": new["csrf_token"].value, name: "held"}
        page = app.post(BASE, values, status=422)
        assert page.html.select(".summary li")
        assert count(work) == 0

    def test_without_the_right_to_write_there_is_no_form(self, sign_in):
        app = sign_in("auditor")
        app.get(f"{BASE}/new", status=403)
        app.post(BASE, VALUES, status=403)


class TestParts:
    def test_a_part_is_added_on_the_page_of_its_whole(self, work, sign_in, stored_visit):
        page = sign_in("clerk").get(f"{BASE}/{stored_visit}")
        assert "孙老家村" in page.html.select_one("#part-1").text
        form = form_of(page.click("Add", href="probe_stop"), f"/o/{COUNTY}/r/probe_stop")
        form["place"] = "中学"
        again = form_of(form.submit(status=422), form.action)
        again["minutes"] = "45"
        answer = again.submit()
        assert answer.location == f"http://localhost{BASE}/{stored_visit}"
        with work() as session:
            assert sorted(session.scalars(select(Stop.minutes))) == [30, 45]

    def test_its_list_offers_no_new_one_and_its_form_needs_the_whole(self, sign_in, stored_visit):
        app = sign_in("clerk")
        page = app.get(f"/o/{COUNTY}/r/probe_stop", {"whole": str(stored_visit)})
        assert len(page.html.select("#records tbody tr")) == 1
        links = [link["href"] for link in page.html.select(".actions a")]
        assert links == [
            f"/o/{COUNTY}/r/probe_stop/export.xlsx?whole={stored_visit}",
            f"/o/{COUNTY}/r/probe_stop/arrange?query=whole%3D{stored_visit}",
        ]
        for whole in ("", "1", str(uuid.UUID(int=1))):
            app.get(f"/o/{COUNTY}/r/probe_stop/new", {"whole": whole}, status=404)

    def test_its_own_page_leads_back_to_the_whole(self, work, sign_in, stored_visit):
        page = sign_in("clerk").get(f"/o/{COUNTY}/r/probe_stop/{only(work, Stop).id}")
        assert page.html.select(".crumbs a")[-1]["href"] == f"{BASE}/{stored_visit}"


class TestRecord:
    def test_it_says_what_it_is_and_who_entered_it(self, sign_in, stored_visit):
        page = sign_in("clerk").get(f"{BASE}/{stored_visit}")
        assert page.html.h1.text == "走访孙老家镇"
        facts = {fact.dt.text: fact.dd.text.strip() for fact in page.html.select(".facts div")}
        assert (facts["Kind"], facts["Starts on"], facts["Urgent"]) == (
            "Village",
            "2026-05-06",
            facts["Urgent"],
        )
        assert facts["Budget"] == "—"
        (entered,) = page.html.select(".timeline li")
        assert "账户clerk" in entered.text
        assert "2026-05-06 09:00" in entered.text

    def test_readers_see_no_buttons_and_may_only_comment(self, sign_in, stored_visit):
        page = sign_in("auditor").get(f"{BASE}/{stored_visit}")
        assert not page.html.select(".actions a")
        forms = [form.action for form in page.forms.values() if str(stored_visit) in form.action]
        assert forms == [f"{BASE}/{stored_visit}/comments"]

    def test_what_the_system_entered_has_no_author(self, work, sign_in, people):
        with work() as session:
            row = engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=None)
        (entered,) = sign_in("auditor").get(f"{BASE}/{row.id}").html.select(".timeline li")
        assert "账户" not in entered.text


class TestChange:
    @pytest.fixture
    def form(self, sign_in, stored_visit):
        page = sign_in("clerk").get(f"{BASE}/{stored_visit}").click(href="edit$")
        return form_of(page, f"{BASE}/{stored_visit}")

    def change(self, work, people, **values):
        """Somebody else's change meanwhile."""
        with work() as session:
            row = session.scalars(select(Visit)).one()
            engine.update(session, VISITS, row, values, lock=row.lock, now=NOW, actor=None)

    def test_the_form_holds_what_is_stored_and_changes_it(self, work, form):
        assert (form["title"].value, form["starts_on"].value) == ("走访孙老家镇", "2026-05-06")
        form["title"], form["urgent"] = "新", True
        assert form.submit().status_int == 303
        assert (only(work).title, only(work).urgent) == ("新", True)

    def test_what_is_no_text_is_an_error_of_its_field(self, work, form):
        form["notes"], form["title"] = "记了\0很多", "新"
        page = form.submit(status=422)
        assert [error["id"] for error in page.html.select("form .error")] == ["f-notes-error"]
        assert form_of(page, form.action)["title"].value == "新"
        assert only(work).title == "走访孙老家镇"

    def test_a_flag_is_taken_back(self, work, sign_in, form):
        form["urgent"] = True
        page = form.submit().follow().click(href="edit$")
        again = form_of(page, form.action)
        assert again["urgent"].checked
        again["urgent"] = False
        again.submit()
        assert only(work).urgent is False

    def test_wrong_values_are_kept_and_nothing_changes(self, work, form):
        form["title"] = "字" * 41
        page = form.submit(status=422)
        assert form_of(page, form.action)["title"].value == "字" * 41
        assert only(work).lock == 1

    def test_a_form_without_its_lock_is_refused(self, app, form):
        values = {**VALUES, "csrf_token": form["csrf_token"].value}
        app.post(form.action, values, status=409)

    def test_what_was_lost_on_the_way_to_the_database_is_a_plain_conflict(self, work, form, registry):
        def interfere(*_arguments):
            raise engine.Conflict

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "save", interfere)
            form["title"] = "我的"
            assert not form.submit(status=409).html.select("#f-title")

    def test_a_masked_value_is_not_sent_and_stays_unless_typed_over(self, work, people, sign_in, form):
        self.change(work, people, phone="13812341234")
        page = sign_in("clerk").get(f"{form.action}/edit")
        assert "13812341234" not in page.text
        assert "138****1234" in page.html.select_one("#f-phone-help").text
        again = form_of(page, form.action)
        again.submit(status=303)
        assert only(work).phone == "13812341234"
        again = form_of(sign_in("clerk").get(f"{form.action}/edit"), form.action)
        again["phone"] = "13900000000"
        again.submit(status=303)
        assert only(work).phone == "13900000000"

    def test_a_deputy_who_left_stays_selected(self, work, people, sign_in, form):
        with work() as session:
            session.scalars(select(Visit)).one().guide = people.former
        again = form_of(sign_in("clerk").get(f"{form.action}/edit"), form.action)
        assert again["guide"].value == str(people.former)
        again.submit(status=303)
        assert only(work).guide == people.former


class TestSteps:
    @pytest.fixture
    def take(self, sign_in, stored_visit):
        def go(role, transition, reason="", status=None):
            address = f"{BASE}/{stored_visit}"
            form = form_of(sign_in(role).get(address), f"{address}/do")
            form["reason"] = reason
            return form.submit("transition", value=transition, status=status)

        return go

    def test_a_step_is_taken_and_shown(self, work, take):
        page = take("clerk", "cancel", "下雨").follow()
        assert only(work).state == "cancelled"
        assert "下雨" in page.html.select(".timeline li")[0].text

    def test_the_right_to_decide_does_not_wait_for_the_right_to_write(
        self, work, sign_in, take, stored_visit
    ):
        take("clerk", "hold")
        buttons = sign_in("leader").get(f"{BASE}/{stored_visit}").html.select("button[name=transition]")
        assert [button["value"] for button in buttons] == ["reopen"]
        take("leader", "reopen", "弄错了", status=303)
        assert only(work).state == "planned"

    def test_a_reason_that_is_no_text_stays_to_be_corrected(self, work, take):
        page = take("clerk", "cancel", "下\0雨", status=422)
        assert page.html.select_one("#f-reason").text.strip()[0] == "下"
        assert page.html.select("#f-reason-error")
        assert only(work).state == "planned"

    def test_the_reason_is_asked_for(self, work, take):
        page = take("clerk", "cancel", status=422)
        assert page.html.select_one("#f-reason-error")
        assert only(work).state == "planned"

    def test_others_are_refused(self, app, work, sign_in, stored_visit, take):
        take("clerk", "hold", status=303)
        take("leader", "reopen", "弄错了", status=303)
        address = f"{BASE}/{stored_visit}"
        token = form_of(sign_in("clerk").get(address), f"{address}/do")["csrf_token"].value
        for values, status in (
            ({"transition": "reopen", "reason": "为何"}, 403),
            ({"transition": "fly"}, 404),
            ({}, 404),
            ({"transition": "hold"}, 409),
            ({"transition": "hold", "lock": "2"}, 409),
            ({"transition": "hold", "lock": "3"}, 303),
            ({"transition": "hold", "lock": "4"}, 409),
        ):
            app.post(f"{address}/do", {**values, "csrf_token": token}, status=status)
        assert count(work, TransitionLog) == 3

    def test_reading_changes_nothing(self, sign_in, stored_visit):
        sign_in("clerk").get(f"{BASE}/{stored_visit}/do?transition=hold", status=404)


class TestPeople:
    @pytest.fixture
    def address(self, stored_visit):
        return f"{BASE}/{stored_visit}"

    @pytest.fixture
    def add(self, sign_in, address):
        def go(*persons, role="guest", status=303):
            page = sign_in("clerk").get(address)
            form = [form for form in page.forms.values() if form.action == f"{address}/people"][-1]
            form["person"].force_value(list(persons))
            form["role"].force_value(role)
            return form.submit("do", value="add", status=status)

        return go

    def test_somebody_is_added_and_marked(self, work, sign_in, people, address, add):
        page = add(str(people.county)).follow()
        add(str(people.township), role="host")
        page = sign_in("clerk").get(address)
        assert [row.th.text for row in page.html.select("#participation tbody tr")] == ["王小明", "李梅"]
        form = form_of(page, f"{address}/people")
        for box in form.fields["person"]:
            box.checked = True
        form["state"] = "came"
        page = form.submit("do", value="state", status=303).follow()
        assert page.html.select_one(".counts").text.split() == ["Came", "2"]
        with work() as session:
            assert set(session.scalars(select(Participant.state))) == {"came"}

    def test_all_who_have_one_role_are_added_at_once(self, work, people, add):
        page = add(str(people.county), str(people.township)).follow()
        assert page.html.select_one(".counts").text.split() == ["Invited", "2"]
        with work() as session:
            assert set(session.scalars(select(Participant.role))) == {"guest"}

    def test_they_are_named_by_what_is_typed_of_their_names_too(self, work, sign_in, people, address):
        page = sign_in("clerk").get(address)
        form = [one for one in page.forms.values() if one.action == f"{address}/people"][-1]
        form["person.typed"], form["role"] = "王小明、李", "guest"
        form.submit("do", value="add", status=303)
        with work() as session:
            assert set(session.scalars(select(Participant.person))) == {people.county, people.township}

    def test_they_stand_in_the_order_of_strokes(self, sign_in, people, address, add):
        add(str(people.township))
        page = add(str(people.county)).follow()
        assert [row.th.text for row in page.html.select("#participation tbody tr")] == ["王小明", "李梅"]

    def test_one_wrong_person_among_several_adds_nobody(self, work, people, add):
        add(str(people.county), str(people.neighbour), status=422)
        assert count(work, Participant) == 0

    @pytest.mark.parametrize(
        ("person", "role"), [("", "guest"), ("x", "guest"), ("county", "king"), ("neighbour", "host")]
    )
    def test_mistakes_are_told_and_nothing_is_written(self, work, people, add, person, role):
        page = add(str(getattr(people, person, person)), role=role, status=422)
        assert page.html.select(".summary li")
        assert count(work, Participant) == 0

    def test_nobody_chosen_is_told(self, sign_in, people, address, add):
        add(str(people.county))
        form = form_of(sign_in("clerk").get(address), f"{address}/people")
        page = form.submit("do", value="state", status=422)
        assert page.html.select(".summary li")

    def test_records_without_participation_have_no_people(self, app, work, sign_in, stored_visit):
        address = f"/o/{COUNTY}/r/probe_stop/{only(work, Stop).id}"
        token = form_of(sign_in("clerk").get(address), f"{address}/do")["csrf_token"].value
        app.post(f"{address}/people", {"do": "add", "csrf_token": token}, status=404)

    def test_the_register_of_participation_is_a_register(self, sign_in, people, address, add):
        add(str(people.county))
        page = sign_in("clerk").get(f"/o/{COUNTY}/r/probe_visit_company")
        assert page.html.select_one("#records tbody th").text == "李梅"
        assert page.click("李梅").html.select(".crumbs a")[-1]["href"] == address


class TestSpreadsheet:
    def test_it_holds_what_the_filters_find(self, work, sign_in, stored_visit):
        with work() as session:
            values = {**VALUES, "title": "另一次", "kind": "school"}
            engine.create(session, VISITS, COUNTY, values, now=NOW, author=None)
        answer = sign_in("clerk").get(BASE, {"kind": "school"}).click(href="export")
        assert answer.content_type.endswith("spreadsheetml.sheet")
        assert "filename*=UTF-8''2026-Visits-%E6%9B%B9%E5%8E%BF.xlsx" in answer.content_disposition
        sheet = openpyxl.load_workbook(BytesIO(answer.body)).active
        assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == ["另一次"]
        assert sheet["A1"].value == "Visits 曹县 2026-05-06"

    def test_it_needs_its_own_right(self, sign_in, stored_visit):
        sign_in("auditor").get(f"{BASE}/export.xlsx", status=403)
        sign_in("clerk").get(f"{BASE}/export.xlsx?colour=red", status=422)

    def test_it_is_kept_who_took_how_much_and_not_what_was_looked_for(
        self, work, sign_in, stored_visit, people
    ):
        sign_in("clerk").get(f"{BASE}/export.xlsx", {"q": "孙老家", "kind": "village", "state": ""})
        assert trail(work) == [
            (people.clerk, COUNTY, "probe_visit", {"filters": ["kind", "q"], "rows": 1}),
        ]

    def test_what_is_refused_leaves_no_trace(self, work, sign_in, stored_visit):
        sign_in("auditor").get(f"{BASE}/export.xlsx", status=403)
        sign_in("clerk").get(f"{BASE}/export.xlsx?colour=red", status=422)
        assert trail(work) == []

    def test_its_session_may_write_from_the_start_and_those_of_other_pages_only_read(
        self, registry, sign_in, stored_visit
    ):
        began = []

        def note(connection) -> None:
            began.append(connection.get_execution_options().get("renda_read", False))

        app = sign_in("clerk")
        event.listen(registry.engine, "begin", note)
        for page in ("", "/new", "/export.xlsx"):
            app.get(f"{BASE}{page}")
        assert began == [True, True, False]


def trail(work):
    """Audit rows of exports: who, where, of what, and which facts."""
    with work() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.export")).all()
        return [(row.actor, row.organisation, row.target, json.loads(row.detail)) for row in rows]
