"""What is typed and not saved is kept for its writer, offered again, and gone when it is saved or old."""

import json

import pytest
from sqlalchemy import func, select, update

from renda.records.drafts import FORGET, Draft
from renda.tasks.models import TaskRow
from renda.tasks.queue import Claim
from renda.tasks.running import run
from tests.core.records.conftest import COUNTY
from tests.core.records.probe import Stop
from tests.core.records.test_pages import BASE, form_of, only


def count(work) -> int:
    with work() as session:
        return session.scalar(select(func.count()).select_from(Draft))


def keep(form, status=303):
    """Press the button that keeps what was typed."""
    address = form.action
    form.action = f"{address}/draft"
    answer = form.submit("do", value="keep", status=status)
    form.action = address
    return answer.follow() if status == 303 else answer


@pytest.fixture
def new(sign_in, people):
    return form_of(sign_in("clerk").get(f"{BASE}/new"), BASE)


@pytest.fixture
def edit(sign_in, stored_visit):
    address = f"{BASE}/{stored_visit}"
    return form_of(sign_in("clerk").get(f"{address}/edit"), address)


class TestNew:
    def test_half_a_form_is_kept_as_it_was_typed(self, work, new):
        new["title"], new["budget"], new["urgent"] = "走访", "3.9", True
        page = keep(new)
        again = form_of(page, BASE)
        assert (again["title"].value, again["budget"].value, again["urgent"].checked) == ("走访", "3.9", True)
        assert "2026-05-06 09:00" in page.html.select_one("#draft").text
        assert count(work) == 1

    def test_it_is_offered_when_the_form_is_opened_again(self, app, new):
        new["title"] = "走访"
        keep(new)
        page = app.get(f"{BASE}/new")
        assert form_of(page, BASE)["title"].value == ""
        assert form_of(page.click("Continue with it"), BASE)["title"].value == "走访"

    def test_a_script_keeps_it_without_leaving_the_page(self, app, work, new):
        new["title"] = "走访"
        fields = [*new.submit_fields(), ("do", "keep")]
        for _time in range(2):
            app.post(f"{BASE}/draft", fields, headers={"Accept": "application/json"}, status=204)
        assert count(work) == 1

    def test_the_script_is_told_where_unless_older_input_waits_for_a_decision(self, app, new):
        def told(page):
            return [form.get("data-draft") for form in page.html.select("form[novalidate]")]

        new["title"] = "走访"
        assert told(app.get(f"{BASE}/new")) == [f"{BASE}/draft"]
        assert told(keep(new)) == [f"{BASE}/draft"]
        assert told(app.get(f"{BASE}/new")) == [None]

    def test_it_is_gone_when_it_is_discarded(self, app, work, new):
        new["title"] = "走访"
        page = keep(new)
        form_of(page, f"{BASE}/draft").submit("do", value="discard", status=303)
        assert count(work) == 0
        assert not app.get(f"{BASE}/new").html.select("#draft")

    def test_it_is_gone_when_it_is_saved_and_stays_when_that_is_refused(self, work, new):
        new["title"] = "走访"
        form = form_of(keep(new), BASE)
        form = form_of(form.submit(status=422), BASE)
        assert count(work) == 1
        form["kind"], form["starts_on"] = "school", "2026-05-06"
        form.submit(status=303)
        assert count(work) == 0

    def test_what_is_no_text_and_no_field_does_no_harm(self, app, work, new):
        token = new["csrf_token"].value
        app.post(f"{BASE}/draft", {"title": "走\0访", "colour": "red", "csrf_token": token}, status=303)
        with work() as session:
            kept = json.loads(session.scalars(select(Draft.typed)).one())
        assert kept["title"] == "走\0访"
        assert "colour" not in kept

    def test_nobody_else_is_offered_it(self, sign_in, work, people, new):
        new["title"] = "走访"
        keep(new)
        with work() as session:
            session.scalars(select(Draft)).one().account = people.leader
        page = sign_in("clerk").get(f"{BASE}/new?draft=1")
        assert form_of(page, BASE)["title"].value == ""
        assert not page.html.select("#draft")

    def test_who_may_not_write_keeps_none(self, sign_in, new):
        new["title"] = "走访"
        sign_in("auditor").post(f"{BASE}/draft", {"title": "走访"}, status=403)


class TestParts:
    def test_it_is_kept_for_the_record_to_which_the_part_is_added(self, app, work, sign_in, stored_visit):
        address = f"/o/{COUNTY}/r/probe_stop"
        page = sign_in("clerk").get(f"{address}/new", {"whole": str(stored_visit)})
        form = form_of(page, address)
        form["place"] = "中学"
        again = form_of(keep(form), address)
        assert (again["place"].value, again["whole"].value) == ("中学", str(stored_visit))
        again["minutes"] = "45"
        again.submit(status=303)
        assert count(work) == 0
        app.post(f"{address}/draft", {"csrf_token": again["csrf_token"].value}, status=404)


class TestChange:
    def test_a_change_is_kept_beside_the_record(self, work, edit):
        edit["title"] = "新"
        again = form_of(keep(edit), edit.action)
        assert again["title"].value == "新"
        assert only(work).title == "走访孙老家镇"
        again.submit(status=303)
        assert (only(work).title, count(work)) == ("新", 0)

    def test_what_somebody_else_changed_meanwhile_is_a_conflict(self, app, work, edit):
        edit["title"] = "新"
        page = keep(edit)
        with work() as session:
            session.scalars(select(type(only(work)))).one().title = "别人的"
        page = app.get(f"{edit.action}/edit?draft=1")
        form_of(page, edit.action).submit(status=409)

    def test_drafts_of_parts_and_records_are_apart(self, sign_in, work, edit):
        edit["title"] = "新"
        keep(edit)
        stop = only(work, Stop)
        page = sign_in("clerk").get(f"/o/{COUNTY}/r/probe_stop/{stop.id}/edit")
        assert not page.html.select("#draft")


class TestAge:
    def look(self, work, registry, clock):
        """Do the work that is due at this instant."""
        with work() as session:
            rows = session.scalars(select(TaskRow).where(TaskRow.name == FORGET, TaskRow.due <= clock()))
            claims = [Claim(row.id, row.name, json.loads(row.args), 1) for row in rows]
            session.execute(update(TaskRow).values(claimed_until=clock()))
        for one in claims:
            run(registry, one)

    def test_it_is_removed_when_nobody_came_back_to_it(self, work, registry, clock, new):
        new["title"] = "走访"
        keep(new)
        clock.forward(minutes=20)
        keep(new)
        clock.forward(days=30, minutes=-1)
        self.look(work, registry, clock)
        assert count(work) == 1
        clock.forward(minutes=1)
        self.look(work, registry, clock)
        assert count(work) == 0

    def test_what_was_discarded_leaves_work_that_does_nothing(self, work, registry, clock, new):
        new["title"] = "走访"
        form_of(keep(new), f"{BASE}/draft").submit("do", value="discard")
        clock.forward(days=30)
        self.look(work, registry, clock)
        with work() as session:
            assert session.scalar(select(func.count()).where(TaskRow.name == FORGET)) == 0

    def test_before_it_is_removed_it_is_not_offered_any_more(self, app, work, new):
        new["title"] = "走访"
        keep(new)
        with work() as session:
            draft = session.scalars(select(Draft)).one()
            draft.saved_at = draft.saved_at.replace(year=2025)
        assert not app.get(f"{BASE}/new").html.select("#draft")
