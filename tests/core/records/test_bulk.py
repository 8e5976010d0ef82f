"""Many records take one step: first it is shown what it would do, then all that can take it."""

import json
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from renda.errors import Conflict
from renda.records import batches, bulk, engine, tasks
from renda.records.batches import Batch
from renda.records.listing import ListQuery
from renda.records.models import TransitionLog
from renda.security.models import AuditEntry, Grant
from renda.tasks.models import TaskRow
from renda.tasks.queue import Claim
from renda.tasks.running import run
from tests.core.records.conftest import ALL_VERBS, COUNTY, NOW, VALUES
from tests.core.records.probe import VISITS, Visit
from tests.core.records.test_pages import BASE

HOLD = bulk.step_of(VISITS, "hold")
TITLES = ("甲", "乙", "to the moon", "丁")


@pytest.fixture
def four(work, people):
    """Four planned visits, of which one is held already and one is to the moon; ids by title."""
    with work() as session:
        rows = {
            title: engine.create(
                session, VISITS, COUNTY, {**VALUES, "title": title}, now=NOW, author=people.clerk
            )
            for title in TITLES
        }
        rows["丁"].state = "held"
        return {title: row.id for title, row in rows.items()}


def states(work) -> dict[str, str]:
    with work() as session:
        return {row.title: row.state for row in session.execute(select(Visit.title, Visit.state))}


def numbers(page) -> list[int]:
    return [int(item.b.text.replace(",", "")) for item in page.html.select("#counts li")]


def choose(page, *titles, step="hold", of="selected"):
    """Tick these records in a list, choose a step, and look at what it would do."""
    form = page.forms[next(key for key, one in page.forms.items() if one.action == f"{BASE}/bulk")]
    for row, box in zip(page.html.select("#records tbody tr"), form.fields["id"], strict=True):
        box.checked = row.th.text in titles
    form["step"], form["of"] = step, of
    return form.submit()


class TestList:
    def test_who_may_take_a_step_gets_boxes_and_who_may_only_read_none(self, sign_in, four):
        page = sign_in("clerk").get(BASE)
        boxes = page.html.select("#records tbody .pick input")
        assert {box["value"] for box in boxes} == {str(one) for one in four.values()}
        assert "甲" in {box["aria-label"].removeprefix("Select ") for box in boxes}
        assert not sign_in("auditor").get(BASE).html.select(".pick")

    def test_only_steps_that_the_reader_may_take_are_offered(self, sign_in, four):
        def offered(role):
            return [one["value"] for one in sign_in(role).get(BASE).html.select("#f-step option")]

        assert offered("clerk") == ["hold", "cancel", "export.xlsx"]
        assert offered("leader") == ["reopen"]


class TestLooking:
    def test_a_step_says_what_it_does_to_the_records(self, sign_in, four):
        listed = sign_in("clerk").get(BASE)
        (option,) = listed.html.select("#f-step option[value=cancel]")
        assert option.text == "Cancel (they become: Cancelled)"
        page = choose(listed, "甲", "乙", step="cancel")
        said = [one.get_text(strip=True) for one in page.html.select("#confirm .button")]
        assert said == ["Cancel: 2 records", "Back to the list"]

    def test_it_says_how_many_can_and_which_cannot_and_why(self, sign_in, work, four):
        page = choose(sign_in("clerk").get(BASE), "甲", "to the moon", "丁")
        assert numbers(page) == [3, 1, 2]
        told = {row.th.text: row.td.text for row in page.html.select("#unable tbody tr")}
        assert told["to the moon"] == "Nobody goes to the moon."
        assert "present state" in told["丁"]
        assert states(work)["甲"] == "planned"

    def test_all_that_the_filters_find_may_be_chosen(self, sign_in, four):
        page = choose(sign_in("clerk").get(BASE, {"q": "甲"}), of="all")
        assert numbers(page) == [1, 1, 0]

    def test_nothing_chosen_is_told(self, sign_in, four):
        form = sign_in("clerk").get(BASE).forms
        bulk_form = next(one for one in form.values() if one.action == f"{BASE}/bulk")
        assert "Select records first" in bulk_form.submit(status=422).text

    @pytest.mark.parametrize(
        ("params", "status"),
        [
            ({"of": "all", "step": "fly"}, 404),
            ({"of": "all", "step": "reopen"}, 403),
            ({"of": "all", "step": "hold", "query": "colour=red"}, 422),
            ({"id": "1", "step": "hold"}, 422),
        ],
    )
    def test_others_are_refused(self, sign_in, four, params, status):
        sign_in("clerk").get(f"{BASE}/bulk", params, status=status)

    def test_who_may_only_read_looks_at_nothing(self, sign_in, four):
        for step in ("hold", "export.xlsx"):
            sign_in("auditor").get(f"{BASE}/bulk", {"of": "all", "step": step}, status=403)

    def test_the_selected_are_exported(self, sign_in, four):
        answer = choose(sign_in("clerk").get(BASE), "甲", "乙", step="export.xlsx").follow()
        sheet = openpyxl.load_workbook(BytesIO(answer.body)).active
        assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == ["乙", "甲"]


class TestDoing:
    def test_those_that_can_take_the_step_and_the_others_stay(self, sign_in, work, people, four):
        page = choose(sign_in("clerk").get(BASE), "甲", "乙", "to the moon", "丁")
        done = page.forms["confirm"].submit("transition", value="hold").follow()
        assert numbers(done) == [4, 2, 2]
        assert states(work) == {"甲": "held", "乙": "held", "to the moon": "planned", "丁": "held"}
        assert [row.th.text for row in done.html.select("#unable tbody tr")] == ["to the moon", "丁"]
        with work() as session:
            steps = session.scalars(select(TransitionLog)).all()
            assert {step.record for step in steps} == {four["甲"], four["乙"]}
            assert {step.actor for step in steps} == {people.clerk}
            (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.hold"))
            assert len(json.loads(entry.detail)["records"]) == 2

    def test_a_reason_is_asked_for_and_what_was_chosen_stays(self, sign_in, work, four):
        page = choose(sign_in("clerk").get(BASE), "甲", step="cancel")
        again = page.forms["confirm"].submit("transition", value="cancel", status=422)
        assert again.html.select_one("#f-reason-error")
        form = again.forms["confirm"]
        form["reason"] = "下雨"
        form.submit("transition", value="cancel", status=303)
        assert states(work)["甲"] == "cancelled"
        assert states(work)["乙"] == "planned"

    def test_what_changed_since_it_was_shown_is_shown_again(self, sign_in, work, four):
        page = choose(sign_in("clerk").get(BASE), "甲", "乙")
        with work() as session:
            session.get(Visit, four["甲"]).state = "held"
        again = page.forms["confirm"].submit("transition", value="hold", status=409)
        assert numbers(again) == [2, 1, 1]
        assert states(work)["乙"] == "planned"
        again.forms["confirm"].submit("transition", value="hold", status=303)
        assert states(work)["乙"] == "held"

    def test_where_none_can_there_is_nothing_to_confirm(self, app, sign_in, four):
        page = choose(sign_in("clerk").get(BASE), "丁")
        assert not page.html.select("#confirm button")
        token = page.forms["confirm"]["csrf_token"].value
        values = {"transition": "hold", "query": f"id={four['丁']}", "able": "0", "csrf_token": token}
        app.post(f"{BASE}/bulk", values, status=409)

    def test_a_step_needs_its_own_right(self, app, sign_in, work, four):
        token = choose(sign_in("clerk").get(BASE), "甲").forms["confirm"]["csrf_token"].value
        for step, status in (("reopen", 403), ("fly", 404)):
            values = {"transition": step, "query": "", "able": "1", "reason": "x", "csrf_token": token}
            app.post(f"{BASE}/bulk", values, status=status)
        assert states(work)["丁"] == "held"

    def test_its_page_is_that_of_whoever_confirmed_it(self, sign_in, work, people, four):
        page = choose(sign_in("clerk").get(BASE), "甲")
        address = page.forms["confirm"].submit("transition", value="hold").follow().request.path
        sign_in("leader").get(address, status=404)
        sign_in("clerk").get(f"{BASE}/bulk/1", status=404)


class TestBackground:
    @pytest.fixture
    def waiting(self, sign_in, four, monkeypatch):
        """The page of a step for more records than are changed at once: two."""
        monkeypatch.setattr(bulk, "AT_ONCE", 2)
        page = choose(sign_in("clerk").get(BASE), of="all")
        assert numbers(page) == [4, 3, 1]
        assert "background" in page.text
        return page.forms["confirm"].submit("transition", value="hold").follow()

    def go_on(self, work, registry):
        with work() as session:
            rows = session.scalars(select(TaskRow).where(TaskRow.name == batches.GO_ON)).all()
            for row in rows:
                row.claimed_until = row.due
            claims = [Claim(row.id, row.name, json.loads(row.args), 1) for row in rows]
        for one in claims:
            run(registry, one)
        return len(claims)

    def test_slice_after_slice_is_gone_through_until_all_were_looked_at(
        self, sign_in, work, registry, waiting
    ):
        assert numbers(waiting) == [4, 0, 0]
        assert set(states(work).values()) == {"planned", "held"}
        seen = []
        while self.go_on(work, registry):
            page = sign_in("clerk").get(waiting.request.path)
            seen.append((numbers(page), bool(page.html.select("[data-progress]"))))
        assert seen == [([4, 2, 0], True), ([4, 2, 2], False)]
        assert [row.th.text for row in page.html.select("#unable tbody tr")] == ["to the moon", "丁"]
        assert states(work)["乙"] == "held"

    def test_what_somebody_changed_since_is_left_alone(self, work, registry, clock, four, waiting):
        clock.forward(minutes=1)
        with work() as session:
            row = session.get(Visit, four["甲"])
            engine.update(session, VISITS, row, {"budget": 5}, lock=row.lock, now=clock(), actor=None)
            engine.create(session, VISITS, COUNTY, VALUES, now=clock(), author=None)
        while self.go_on(work, registry):
            pass
        assert states(work) == {
            "甲": "planned",
            "乙": "held",
            "to the moon": "planned",
            "丁": "held",
            "走访孙老家镇": "planned",
        }
        with work() as session:
            batch = session.scalars(select(Batch)).one()
            assert (batch.total, batch.done, batch.refused) == (4, 1, 3)

    def test_who_lost_the_role_changes_nothing_more(self, work, registry, people, waiting):
        with work() as session:
            session.scalars(select(Grant).where(Grant.account == people.clerk)).one().until = NOW
        self.go_on(work, registry)
        assert states(work)["甲"] == "planned"
        with work() as session:
            batch = session.scalars(select(Batch)).one()
            assert (batch.settled_at, batch.done) == (NOW, 0)
            assert "role" in batch.trouble

    def test_work_that_is_done_is_not_done_again(self, work, registry, waiting):
        while self.go_on(work, registry):
            pass
        with work() as session:
            batch = session.scalars(select(Batch)).one()
            tasks.go_on(registry, session, NOW, str(batch.id))
            assert (batch.done, batch.refused) == (2, 2)

    def test_when_it_has_ended_it_is_forgotten_after_a_while(self, work, registry, waiting):
        while self.go_on(work, registry):
            pass
        with work() as session:
            row = session.scalars(select(TaskRow).where(TaskRow.name == batches.FORGET)).one()
            assert row.due == NOW + batches.KEPT
            for _time in range(2):
                tasks.forget_batch(registry, session, NOW, *json.loads(row.args))
                session.flush()
            assert session.scalars(select(Batch)).all() == []


def test_five_hundred_records_are_one_transaction(db, people, visit):
    for number in range(30):
        visit(title=f"第{number}次")
    found = bulk.outlook(db, VISITS, COUNTY, ListQuery(), HOLD)
    assert (found.total, found.able, found.exact) == (30, 30, True)
    who = {"account": people.clerk, "permissions": ALL_VERBS, "now": NOW}
    batch = bulk.begin(db, VISITS, COUNTY, words="", step=HOLD, reason="", able=30, **who)
    assert (batch.done, batch.settled_at) == (30, NOW)
    with pytest.raises(Conflict):
        bulk.begin(db, VISITS, COUNTY, words="", step=HOLD, reason="", able=30, **who)
