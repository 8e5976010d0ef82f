"""The clerk accepts, assigns and closes, and enters what a deputy gives on paper."""

import uuid
from datetime import date

import pytest
from sqlalchemy import update

from renda.deputies.registers import HandlingUnit
from renda_suggestions.records import SUGGESTIONS
from tests.plugins.suggestions.conftest import COUNTY, MINE, REGISTER, WANG

ASSIGN = f"/o/{COUNTY}/m/suggestions/assign"


def _form(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def _step(desk, one, name, status=303, reason=""):
    form = _form(desk.app.get(f"{REGISTER}/{one}"), "transition")
    form["reason"] = reason
    return form.submit("transition", value=name, status=status)


def test_a_suggestion_on_paper_is_submitted_for_its_deputy(desk):
    app = desk.enter("clerk")
    page = app.get(f"/o/{COUNTY}").click(href="/suggestions/paper$", index=0)
    form = _form(page, "title")
    form["title"], form["text"], form["lead_deputy.typed"] = "关于内涝的建议", "逢雨必涝。", "孙远"
    refused = form.submit(status=422)
    assert refused.html.find(id="f-lead_deputy-error")
    form["lead_deputy.typed"], form["cosigner.typed"], form["number"] = "王小明", "王小明、李梅", "第12号"
    form["made_on"] = "2026-03-01"
    page = form.submit(status=303).follow()
    assert "李梅" in page.html.find(id="participation").text
    assert "王小明" not in page.html.find(id="participation").text
    one = page.request.path.rpartition("/")[2]
    assert desk.read(uuid.UUID(one), "state", "number", "made_on") == (
        "submitted",
        "第12号",
        date(2026, 3, 1),
    )
    assert "关于内涝的建议" in desk.enter(WANG).get(MINE).text


def test_a_clerk_may_enter_one_field_by_field_as_in_every_register(desk):
    form = _form(desk.enter("clerk").get(f"{REGISTER}/new"), "title")
    for name, value in {"title": "关于内涝的建议", "text": "逢雨必涝。", "category": "suggestion"}.items():
        form[name] = value
    form["subject"], form["raised_in"], form["made_on"] = "construction", "session", "2026-03-01"
    form["lead_deputy"] = str(desk.person("王小明"))
    one = form.submit(status=303).location.rpartition("/")[2]
    _step(desk, one, "submit")
    assert "关于内涝的建议" in desk.enter(WANG).get(MINE).text


def test_the_to_do_list_leads_to_the_assignment_and_that_to_the_last_day(desk):
    one = desk.make("submit")
    home = desk.enter("clerk").get(f"/o/{COUNTY}").html
    assert home.select_one(f"#todo a[href='{REGISTER}/{one}']")
    _step(desk, one, "accept")
    assert desk.app.get(f"/o/{COUNTY}").html.select_one(f"#todo a[href='{ASSIGN}/{one}']")
    form = _form(desk.app.get(f"{ASSIGN}/{one}"), "lead_handler")
    form.submit(status=422)
    form["lead_handler"], form["co_handlers"], form["is_key"] = "交通运输局", "民政局", True
    assert form.submit(status=422).html.find(id="f-co_handlers-error")
    assert desk.read(one, "state", "lead_handler") == ("accepted", None)
    form["co_handlers"] = "教育局"
    form.submit(status=303)
    assert desk.read(one, "state", "is_key") == ("assigned", True)
    assert desk.read(one, "due_on").isoformat() == "2026-08-06"
    desk.app.get(f"{ASSIGN}/{one}", status=409)


def test_where_there_are_no_units_the_way_to_their_list_is_shown(desk):
    one = desk.make("submit", "accept")
    with desk.work() as session:
        session.execute(update(HandlingUnit).values(state="given_up"))
    assert desk.enter("clerk").get(f"{ASSIGN}/{one}").html.find("a", href=f"/o/{COUNTY}/r/core_handling_unit")


@pytest.mark.parametrize(("name", "state"), [("send_back", "returned"), ("decline", "declined")])
def test_what_is_not_accepted_is_given_back_with_a_reason(desk, name, state):
    one = desk.make("submit")
    desk.enter("clerk")
    _step(desk, one, name, status=422)
    _step(desk, one, name, reason="请补充。")
    assert desk.read(one) == state


def test_somebody_else_changed_it_meanwhile(desk):
    one = desk.make("submit", "accept")
    form = _form(desk.enter("clerk").get(f"{ASSIGN}/{one}"), "lead_handler")
    with desk.work() as session:
        desk.row(session, one).number = "第12号"
    form["lead_handler"] = "交通运输局"
    form.submit(status=409)
    assert desk.read(one) == "accepted"


def test_readers_read_and_do_nothing(desk):
    one = desk.make("submit", "accept")
    for login in ("leader", "reviewer", "auditor"):
        page = desk.enter(login).get(f"{REGISTER}/{one}")
        assert not [form for form in page.forms.values() if "transition" in form.fields]
        desk.app.get(f"{ASSIGN}/{one}", status=403)
        desk.app.get(f"{REGISTER}/new", status=403)
    desk.enter("admin").get(f"{REGISTER}/{one}", status=403)


def test_the_list_says_how_long_there_is(desk):
    desk.make("submit", "accept", "assign")
    desk.clock.forward(days=100)
    assert "逾期 6 个工作日" in desk.enter("leader").get(REGISTER).html.find(id="records").text
    assert [state.name for state in SUGGESTIONS.workflow.states if state.limit] == ["assigned", "rehandling"]


@pytest.mark.parametrize("query", ["路面破损", "排水管网已改造", "水务局", "副主任"])
def test_a_suggestion_is_found_by_its_text_its_reply_and_who_is_concerned(desk, query):
    values = {
        "lead_handler": "交通运输局",
        "co_handlers": "教育局",
        "supervised_by": "副主任",
        "is_key": "true",
    }
    one = desk.make("submit", "accept", **values)
    desk.step(one, "assign")
    desk.step(one, "reply", reply="会同水务局现场查看，排水管网已改造。")
    page = desk.enter("clerk").get(f"/o/{COUNTY}/search", {"q": query})
    assert "关于修复乡村道路的建议" in page.html.find("main").text
