"""A handling unit sees what was assigned to it, and the lead unit replies."""

import pytest

from tests.plugins.suggestions.conftest import COUNTY, HANDLING, REGISTER, ROADS, SCHOOLS, token

ASSIGNED = ("submit", "accept", "assign")


def _form(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def test_a_unit_sees_what_was_assigned_to_it_and_nothing_else(desk):
    ours = desk.make(*ASSIGNED, title="关于路灯的建议")
    theirs = desk.make(*ASSIGNED[:2], title="关于学位的建议", lead_handler="教育局")
    desk.step(theirs, "assign", lead_handler="教育局")
    early = desk.make("submit", "accept", title="关于公园的建议", lead_handler="交通运输局")
    app = desk.enter(ROADS)
    page = app.get(HANDLING)
    assert "关于路灯的建议" in page.text
    assert "关于学位的建议" not in page.text
    assert "关于公园的建议" not in page.text
    app.get(f"{HANDLING}/{ours}")
    for one in (theirs, early):
        app.get(f"{HANDLING}/{one}", status=404)
    for address in (REGISTER, f"{REGISTER}/{ours}", f"/o/{COUNTY}/m/suggestions/assign/{early}"):
        app.get(address, status=403)


def test_the_lead_unit_replies_once(desk):
    one = desk.make(*ASSIGNED)
    page = desk.enter(ROADS).get(f"{HANDLING}/{one}")
    form = _form(page, "reply")
    refused = form.submit("do", value="reply", status=422)
    assert refused.html.find(id="f-reply-error")
    assert desk.read(one) == "assigned"
    form["outcome_class"], form["reply"] = "B", "已列入下半年工程计划。"
    assert "答复已提交" in form.submit("do", value="reply", status=303).follow().text
    assert desk.read(one, "state", "outcome_class", "reply") == ("replied", "B", "已列入下半年工程计划。")
    form.submit("do", value="reply", status=409)


def test_a_unit_that_helps_reads_and_does_not_reply(desk):
    one = desk.make(*ASSIGNED, co_handlers="教育局")
    page = desk.enter(SCHOOLS).get(f"{HANDLING}/{one}")
    assert not page.html.find(id="reply")
    csrf = token(page)
    said = {"csrf_token": csrf, "do": "reply", "outcome_class": "A", "reply": "代为答复"}
    desk.app.post(f"{HANDLING}/{one}", said, status=404)
    assert desk.read(one) == "assigned"


def test_a_unit_whose_name_is_part_of_anothers_sees_nothing_of_it(desk):
    one = desk.make(*ASSIGNED)
    with desk.work() as session:
        desk.row(session, one).co_handlers = "县教育局"
    assert "关于修复" not in desk.enter(SCHOOLS).get(HANDLING).text
    desk.app.get(f"{HANDLING}/{one}", status=404)


def test_what_is_not_its_business_it_gives_back_with_a_reason(desk):
    one = desk.make(*ASSIGNED)
    form = _form(desk.enter(ROADS).get(f"{HANDLING}/{one}"), "reason")
    form.submit("do", value="give_back", status=422)
    form["reason"] = "属于水务部门职责。"
    form.submit("do", value="give_back", status=303).follow()
    assert desk.read(one, "state", "due_on") == ("accepted", None)
    desk.app.get(f"{HANDLING}/{one}", status=404)


def test_it_replies_again_to_what_did_not_satisfy(desk):
    one = desk.make(*ASSIGNED, "reply")
    desk.rate(one, "dissatisfied", "dissatisfied")
    desk.step(one, "rehandle")
    form = _form(desk.enter(ROADS).get(f"{HANDLING}/{one}"), "reply")
    assert form.submit("do", value="reply", status=422).html.find(id="f-reply-error")
    form["outcome_class"], form["reply"] = "A", "已经修复，附照片。"
    form.submit("do", value="reply", status=303)
    assert desk.read(one, "state", "reply", "final_reply") == ("replied", "已修复。", "已经修复，附照片。")


@pytest.mark.parametrize("do", ["", "close", "unassign"])
def test_it_does_nothing_else(desk, do):
    one = desk.make(*ASSIGNED)
    page = desk.enter(ROADS).get(f"{HANDLING}/{one}")
    desk.app.post(f"{HANDLING}/{one}", {"csrf_token": token(page), "do": do}, status=404)
    assert desk.read(one) == "assigned"


def test_its_home_page_says_what_waits_and_until_when(desk):
    one = desk.make(*ASSIGNED)
    home = desk.enter(ROADS).get(f"/o/{COUNTY}").html
    assert home.select_one(f"#todo a[href='{HANDLING}/{one}']")
    assert "2026-08-06" in home.find(id="todo").text


def test_an_account_without_a_unit_is_told_whom_to_ask(desk):
    assert "请联系管理员" in desk.enter("handler").get(HANDLING, status=409).text
