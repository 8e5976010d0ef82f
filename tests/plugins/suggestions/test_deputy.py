"""A deputy makes a suggestion, sees what becomes of it, and rates the reply; nobody else's is seen."""

from datetime import date

import pytest
from sqlalchemy import select
from webtest import Upload

from renda.directory.models import Mandate, Person
from renda.records.models import Participant
from renda_suggestions.records import Suggestion
from tests.core.files.samples import PDF
from tests.plugins.suggestions.conftest import (
    COUNTY,
    FAR,
    LI,
    MINE,
    NEIGHBOUR,
    NEW,
    REGISTER,
    WANG,
    ZHAO,
    token,
)

TITLE, TEXT = "关于增开城乡公交班次的建议", "镇东头没有公交站。\n请增设。"


def _form(page):
    return next(form for form in page.forms.values() if "title" in form.fields)


def _fill(app, title=TITLE, text=TEXT, **more):
    form = _form(app.get(NEW))
    form["title"], form["text"] = title, text
    for name, value in more.items():
        form[name] = value
    return form


def _confirm(page):
    return next(form for form in page.forms.values() if form.action == "" and "title" not in form.fields)


def _submitted(desk, login=WANG, **more):
    """The address of a suggestion that was made on the pages."""
    app = desk.enter(login)
    return (
        _confirm(_fill(app, **more).submit(status=303).follow()).submit(status=303).location.partition("?")[0]
    )


def test_it_is_a_draft_until_it_is_confirmed(desk):
    app = desk.enter(WANG)
    page = _fill(app).submit(status=303).follow()
    assert TITLE in page.text
    with desk.work() as session:
        (row,) = session.scalars(select(Suggestion))
        lead = session.scalars(select(Person.name).where(Person.id == row.lead_deputy)).one()
        assert (row.state, lead, row.organisation) == ("draft", "王小明", COUNTY)
        assert (row.text, row.category, row.made_on.isoformat()) == (TEXT, "suggestion", "2026-05-06")
    done = _confirm(page).submit(status=303).follow()
    assert "建议已提交" in done.text
    assert desk.read(row.id) == "submitted"


def test_it_begins_where_the_reader_is(desk):
    home = desk.enter(WANG).get(f"/o/{COUNTY}")
    cards = home.html.select(".cards .card")
    assert [card.h2.text for card in cards] == ["代表建议和议案", "我的建议", "待我测评"]
    assert cards[0].a["href"] == NEW
    assert cards[0].a.text == "提建议"
    assert "提建议" in desk.app.get(MINE).html.select_one(".actions").text


def test_an_empty_form_says_what_is_missing_and_keeps_nothing(desk):
    page = _fill(desk.enter(WANG), "", "").submit(status=422)
    assert page.html.find(id="f-title-error")
    assert page.html.find(id="f-text-error")
    assert desk.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "字\u202e倒"),
        ("title", "长" * 61),
        ("text", "字\x00"),
        ("cosigner.typed", "没有这个人"),
        ("cosigner.typed", "孙远"),
        ("category", "decree"),
        ("subject", ""),
        ("file", Upload("现场.png", b"<script>")),
        ("file", Upload("代码.exe", b"MZ")),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_keeps_nothing(desk, field, value):
    form = _fill(desk.enter(WANG))
    if field == "file":
        form[field] = [value]
    else:
        form[field].force_value(value)
    page = form.submit(status=422)
    assert page.html.find(id=f"f-{field.partition('.')[0]}-error")
    assert _form(page)["text"].value.replace("\r", "") in {TEXT, value}
    assert desk.count() == 0


def test_nobody_makes_one_in_anothers_name(desk):
    form = _fill(desk.enter(WANG))
    csrf = form["csrf_token"].value
    said = {"csrf_token": csrf, "title": TITLE, "text": TEXT, "lead_deputy": str(desk.person("李梅"))}
    said |= {"category": "suggestion", "subject": "other", "raised_in": "recess", "state": "closed"}
    desk.app.post(NEW, said, status=303)
    with desk.work() as session:
        (row,) = session.scalars(select(Suggestion))
        lead = session.scalars(select(Person.name).where(Person.id == row.lead_deputy)).one()
        assert (lead, row.state) == ("王小明", "draft")


def test_another_deputy_cannot_see_a_draft_nor_touch_it(desk):
    _fill(desk.enter(WANG), **{"cosigner.typed": "赵强"}).submit(status=303)
    with desk.work() as session:
        one = session.scalars(select(Suggestion.id)).one()
    for login in (LI, ZHAO):
        app = desk.enter(login)
        assert TITLE not in app.get(MINE).text
        for page in ("", "/edit", "/confirm"):
            app.get(f"{MINE}/{one}{page}", status=404)
        csrf = token(app.get(NEW))
        for page, said in (("", {"do": "withdraw", "reason": "x"}), ("/edit", {}), ("/confirm", {})):
            app.post(f"{MINE}/{one}{page}", {"csrf_token": csrf, **said}, status=404)
        for page in (REGISTER, f"{REGISTER}/{one}", f"{REGISTER}/export.xlsx"):
            app.get(page, status=403)
        step = {"csrf_token": csrf, "transition": "withdraw", "reason": "x", "lock": "1"}
        app.post(f"{REGISTER}/{one}/do", step, status=403)
        assert TITLE not in app.get(f"/o/{COUNTY}/search", {"q": "公交"}).text
    assert desk.read(one) == "draft"


def test_a_sibling_organisation_sees_nothing(desk):
    one = desk.make("submit", "accept", "assign", co_handlers="教育局")
    for login in (FAR, "stranger", "far-roads"):
        app = desk.enter(login)
        for page in (MINE, f"{MINE}/{one}", NEW, f"/o/{COUNTY}/m/suggestions/handling/{one}", REGISTER):
            app.get(page, status=404)
    app = desk.enter(FAR)
    assert "关于修复" not in app.get(MINE.replace(COUNTY, NEIGHBOUR)).text
    app.get(f"{MINE.replace(COUNTY, NEIGHBOUR)}/{one}", status=404)


def test_a_cosigner_sees_it_once_it_is_submitted_and_may_take_the_signature_back(desk):
    address = _submitted(desk, **{"cosigner.typed": "李梅、赵强"})
    app = desk.enter(LI)
    assert TITLE in app.get(MINE).text
    page = app.get(address)
    assert "赵强" in page.text
    csrf = token(page)
    app.post(address, {"csrf_token": csrf, "do": "withdraw", "reason": "x"}, status=404)
    app.post(address, {"csrf_token": csrf, "do": "unsign"}, status=303)
    app.get(address, status=404)
    with desk.work() as session:
        states = dict(session.execute(select(Participant.person, Participant.state)).all())
    assert states == {desk.person("李梅"): "taken_back", desk.person("赵强"): "signed"}


def test_cosigners_of_one_name_are_told_apart_by_their_seats(desk):
    with desk.work() as session:
        here = session.scalars(select(Mandate).where(Mandate.person == desk.person("李梅"))).one()
        other = Person(name="李梅", key=777)
        session.add(other)
        session.flush()
        place = {"organisation": here.organisation, "term": here.term, "starts_on": here.starts_on}
        session.add(Mandate(person=other.id, seat=88, **place))
        first, second = f"李梅（曹县 席位{here.seat}）", "李梅（曹县 席位88）"
    form = _fill(desk.enter(WANG), **{"cosigner.typed": f"{first}、{second}"})
    assert {option[2] for option in form["cosigner"].options} == {first, second, "赵强"}
    page = form.submit(status=303).follow()
    assert first in page.text
    assert second in page.text


def test_who_signs_is_chosen_from_the_deputies_of_this_congress(desk):
    form = _fill(desk.enter(WANG))
    names = [option[2] for option in form["cosigner"].options]
    assert names == ["李梅", "赵强"]
    form["cosigner"] = [str(desk.person("赵强"))]
    form["cosigner.typed"] = "王小明"
    page = form.submit(status=303).follow()
    assert "赵强" in page.text
    edit = _form(page.click(href="/edit$"))
    edit["kept"] = None
    edit["cosigner"] = [str(desk.person("李梅"))]
    assert "赵强" not in edit.submit(status=303).follow().text
    edit = _form(_edit(desk))
    edit["cosigner"] = [str(desk.person("赵强"))]
    assert "李梅、赵强" in edit.submit(status=303).follow().text


def _edit(desk):
    with desk.work() as session:
        one = session.scalars(select(Suggestion.id)).one()
    return desk.app.get(f"{MINE}/{one}/edit")


def test_a_form_that_is_refused_forgets_nobody_and_says_that_files_are_to_be_chosen_again(desk):
    form = _fill(desk.enter(WANG), text="", file=[Upload("现场.pdf", PDF)])
    form["cosigner"] = [str(desk.person("赵强"))]
    form["cosigner.typed"] = "李梅"
    page = form.submit(status=422)
    assert page.html.find(id="f-file-error")
    form = _form(page)
    assert form["cosigner.typed"].value == "李梅"
    form["text"] = TEXT
    assert "李梅、赵强" in form.submit(status=303).follow().text


def test_a_draft_is_made_on_the_day_on_which_it_is_submitted(desk):
    page = _fill(desk.enter(WANG)).submit(status=303).follow()
    desk.clock.forward(days=3)
    desk.enter(WANG)
    _confirm(desk.app.get(page.request.url)).submit(status=303)
    with desk.work() as session:
        assert session.scalars(select(Suggestion.made_on)).one() == date(2026, 5, 9)


def test_files_come_with_it_and_are_given_to_those_who_may_read_it(desk):
    address = _submitted(desk, file=[Upload("现场.pdf", PDF)], **{"cosigner.typed": "李梅"})
    file = desk.app.get(address).html.find("a", string="现场.pdf")["href"]
    for login, status in ((WANG, 200), (LI, 200), (ZHAO, 404)):
        found = desk.enter(login).get(file, status=status)
        assert (found.body == PDF) == (status == 200)
    desk.enter(WANG).get(f"{address}/files/nonsense", status=404)


def test_progress_is_one_page_with_every_step_but_no_names_of_clerks(desk):
    one = desk.make("submit", "accept", "assign")
    page = desk.enter(WANG).get(f"{MINE}/{one}")
    assert [entry.b.text for entry in page.html.select(".timeline li")] == ["交办", "受理", "提交"]
    assert "2026-08-06" in page.html.find(id="stay").text
    assert "交通运输局" in page.text


@pytest.mark.parametrize(
    ("attitude", "result", "state"),
    [("satisfied", "fairly", "rated"), ("satisfied", "dissatisfied", "dissatisfied")],
)
def test_the_lead_deputy_rates_attitude_and_result(desk, attitude, result, state):
    one = desk.make("submit", "accept", "assign", "reply")
    page = desk.enter(WANG).get(f"{MINE}/{one}")
    form = next(form for form in page.forms.values() if "attitude" in form.fields)
    refused = form.submit("do", value="rate", status=422)
    assert refused.html.find(id="f-attitude-error")
    assert refused.html.find(id="f-result-error")
    form["attitude"], form["result"] = attitude, result
    assert "测评已提交" in form.submit("do", value="rate", status=303).follow().text
    assert desk.read(one, "state", "attitude", "result") == (state, attitude, result)
    form.submit("do", value="rate", status=409)


def test_a_second_reply_is_rated_beside_the_first(desk):
    one = desk.make("submit", "accept", "assign", "reply")
    desk.rate(one, "fairly", "dissatisfied")
    for step in ("rehandle", "reply_again"):
        desk.step(one, step)
    page = desk.enter(WANG).get(f"{MINE}/{one}")
    form = next(form for form in page.forms.values() if "attitude" in form.fields)
    assert form.submit("do", value="rate", status=422).html.find(id="f-attitude-error")
    form["attitude"], form["result"] = "satisfied", "satisfied"
    form.submit("do", value="rate", status=303)
    assert desk.read(one, "result", "final_result", "state") == ("dissatisfied", "satisfied", "rated")


def test_a_cosigner_cannot_rate(desk):
    address = _submitted(desk, **{"cosigner.typed": "李梅"})
    with desk.work() as session:
        one = session.scalars(select(Suggestion.id)).one()
    for step in ("accept", "assign", "reply"):
        desk.step(one, step)
    page = desk.enter(LI).get(address)
    assert not page.html.find(id="rating")
    said = {"csrf_token": token(page), "do": "rate"}
    desk.app.post(address, {**said, "attitude": "satisfied", "result": "satisfied"}, status=404)


def test_nonsense_is_refused_and_changes_nothing(desk):
    one = desk.make("submit")
    page = desk.enter(WANG).get(f"{MINE}/{one}")
    csrf = token(page)
    for said, status in (
        ({"do": "close"}, 422),
        ({}, 422),
        ({"do": "withdraw"}, 422),
        ({"do": "withdraw", "reason": "\x00"}, 422),
        ({"do": "rate", "attitude": "satisfied", "result": "satisfied"}, 409),
    ):
        desk.app.post(f"{MINE}/{one}", {"csrf_token": csrf, **said}, status=status)
    desk.app.get(f"{MINE}/{one}/edit", status=409)
    desk.app.post(f"{MINE}/{one}/confirm", {"csrf_token": csrf}, status=409)
    desk.app.get(f"{MINE}/nonsense", status=404)
    desk.app.post(f"{MINE}/{one}", {"do": "withdraw", "reason": "理由"}, status=400)
    assert desk.read(one) == "submitted"


def test_it_is_withdrawn_with_a_reason(desk):
    one = desk.make("submit")
    page = desk.enter(WANG).get(f"{MINE}/{one}")
    form = next(form for form in page.forms.values() if "reason" in form.fields)
    form["reason"] = "情况已经改变。"
    assert "已撤回" in form.submit("do", value="withdraw", status=303).follow().text
    assert desk.read(one) == "withdrawn"


def test_what_is_returned_is_changed_and_submitted_again(desk):
    one = desk.make("submit")
    desk.step(one, "send_back", reason="请写明具体地点。")
    app = desk.enter(WANG)
    page = app.get(f"{MINE}/{one}")
    assert "请写明具体地点。" in page.text
    form = _form(page.click(href="/edit$"))
    form["text"] = "庄寨镇东头。"
    _confirm(form.submit(status=303).follow()).submit(status=303)
    assert desk.read(one, "state", "text") == ("submitted", "庄寨镇东头。")


def test_an_account_that_is_nobodys_is_told_whom_to_ask(desk):
    app = desk.enter("deputy")
    assert "请联系管理员" in app.get(MINE, status=409).text
    app.get(NEW, status=409)
    assert "我的建议" not in [card.h2.text for card in app.get(f"/o/{COUNTY}").html.select(".card")]


def test_whose_seat_is_suspended_makes_none(desk):
    person = desk.person("王小明")
    with desk.work() as session:
        for seat in session.scalars(select(Mandate).where(Mandate.person == person)):
            seat.suspended_on = seat.starts_on
    page = _fill(desk.enter(WANG)).submit(status=422)
    assert "暂停执行代表职务" in page.text
    assert desk.count() == 0
