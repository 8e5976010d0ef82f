"""Two people change one record: nothing typed is lost, and the writer decides field by field."""

import pytest
from sqlalchemy import select

from renda.records import engine, workflow
from tests.core.records.conftest import ALL_VERBS, NOW
from tests.core.records.probe import VISITS, Visit
from tests.core.records.test_pages import BASE, form_of, only


@pytest.fixture
def form(sign_in, stored_visit):
    """The form that the clerk has open while somebody else works."""
    page = sign_in("clerk").get(f"{BASE}/{stored_visit}/edit")
    return form_of(page, f"{BASE}/{stored_visit}")


@pytest.fixture
def meanwhile(work, people):
    def change(**values):
        with work() as session:
            row = session.scalars(select(Visit)).one()
            engine.update(session, VISITS, row, values, lock=row.lock, now=NOW, actor=people.leader)

    return change


def versions(page) -> dict[str, list[tuple[str, bool]]]:
    """Both values of each field that differs, as they are shown, and which is chosen."""
    return {
        one["id"].removeprefix("f-"): [
            (label.select_one(".value").text.strip(), label.input.has_attr("checked"))
            for label in one.select("label")
        ]
        for one in page.html.select("fieldset.versions")
    }


def test_each_field_shows_what_was_typed_and_what_is_there_and_by_whom(form, meanwhile, people):
    meanwhile(title="别人的", guide=str(people.county))
    form["title"], form["budget"] = "我的", "1200"
    page = form.submit(status=409)
    assert versions(page) == {
        "title": [("我的", False), ("别人的", False)],
        "budget": [("1,200", True), ("—", False)],
        "guide": [("—", False), ("李梅", True)],
    }
    told = page.html.select_one("#f-title small").text
    assert "账户leader" in told
    assert "2026-05-06 09:00" in told
    assert not page.html.select("#f-budget small")


def test_the_writer_takes_one_and_keeps_the_other_and_saves(work, form, meanwhile, people):
    meanwhile(title="别人的", kind="school")
    form["title"], form["kind"], form["notes"] = "我的", "village", "记了很多"
    again = form_of(form.submit(status=409), form.action)
    again["take.title"] = "mine"
    assert again["take.kind"].value == "theirs"
    again.submit(status=303)
    row = only(work)
    assert (row.title, row.kind, row.notes, row.lock) == ("我的", "school", "记了很多", 3)


def test_the_other_s_word_is_kept_where_it_is_chosen(work, form, meanwhile):
    meanwhile(title="别人的")
    form["title"] = "我的"
    again = form_of(form.submit(status=409), form.action)
    again["take.title"] = "theirs"
    again.submit(status=303)
    assert (only(work).title, only(work).lock) == ("别人的", 2)


def test_nothing_typed_is_lost_when_it_changes_once_more(work, form, meanwhile):
    meanwhile(title="别人的")
    form["title"], form["notes"] = "我的", "记了很多"
    again = form_of(form.submit(status=409), form.action)
    again["take.title"] = "theirs"
    meanwhile(title="第三个")
    page = again.submit(status=409)
    assert versions(page) == {
        "title": [("我的", False), ("第三个", True)],
        "notes": [("记了很多", True), ("—", False)],
    }
    last = form_of(page, form.action)
    last["take.title"] = "mine"
    last.submit(status=303)
    assert (only(work).title, only(work).notes) == ("我的", "记了很多")


def test_a_step_meanwhile_is_shown_and_changes_no_field(work, form, people):
    with work() as session:
        row = session.scalars(select(Visit)).one()
        workflow.move(session, VISITS, row, "hold", now=NOW, actor=people.leader, permissions=ALL_VERBS)
    page = form.submit(status=409)
    assert versions(page) == {}
    assert "Mark as held" in page.html.select(".timeline li")[0].text
    form_of(page, form.action).submit(status=303)
    assert only(work).lock == 2


def test_a_personal_text_of_the_other_stays_masked(form, meanwhile):
    meanwhile(phone="13812341234")
    form["phone"] = "13900000000"
    page = form.submit(status=409)
    assert versions(page)["phone"] == [("13900000000", False), ("138****1234", False)]
    assert "13812341234" not in page.text


def test_a_mistake_in_a_stale_form_is_told_before_the_conflict(work, form, meanwhile):
    meanwhile(title="别人的")
    form["budget"] = "3.9"
    again = form_of(form.submit(status=422), form.action)
    again["budget"] = "4"
    page = again.submit(status=409)
    assert "title" in versions(page)
    assert only(work).budget is None


def test_a_step_on_an_older_state_keeps_its_reason(sign_in, stored_visit, meanwhile):
    address = f"{BASE}/{stored_visit}"
    form = form_of(sign_in("clerk").get(address), f"{address}/do")
    form["reason"] = "下雨"
    meanwhile(title="别人的")
    page = form.submit("transition", value="cancel", status=409)
    assert form_of(page, f"{address}/do")["reason"].value.strip() == "下雨"
    assert page.html.select_one("#f-reason-error")
