"""Tasks on pages: set, passed on, answered, verified, closed out, each by who may."""

import gc
import json
import warnings
from datetime import date

import pytest
from sqlalchemy import select
from webtest import Upload

from renda.directory import service
from renda.directory.divisions import Body
from renda.tasks.models import TaskRow
from renda_tiers.directives import held, receipts
from renda_tiers.directives.files import File
from renda_tiers.directives.models import DirectiveStanding
from renda_tiers.directives.selections import Selection
from tests.core.files.samples import JPEG, PDF, docx
from tests.core.security.town import post
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.directives.desk import STEPS, TEXT, TITLE, Desk, named
from tests.tiers.web.conftest import row, submit_form, text


@pytest.fixture(autouse=True)
def spooled_bodies():
    """WebOb leaves it to the interpreter to close the files in which it keeps long bodies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect(1)


@pytest.fixture
def done(issued, at_desk):
    """曹县 says that all is done; the hash of its response."""
    return at_desk(lambda desk: desk.done(CAO, issued, note="已全部完成", files=[File("照片.jpg", JPEG)]))


def page_of(code, subject, more=""):
    _kind, issuer, name = subject.split(":")
    return f"/o/{code}/m/tiers/directives/{issuer}/{name}{more}"


def standing(work):
    with work() as session:
        return session.scalars(select(DirectiveStanding.subject)).all()


def phases(work, subject):
    with work() as session:
        return Desk(session, None).phases(subject)


def body(work, subject):
    with work() as session:
        return held.own(session, subject, subject.split(":")[1]).body


NEW = f"/o/{CITY}/m/tiers/directives/new"


def test_a_task_is_set_in_five_clicks(people, work, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(f"/o/{CITY}").click("Tasks", href="/m/tiers/directives$", index=0).click("Set a task")
    confirm = submit_form(page, "do=check", title=TITLE, text=TEXT, steps="\n".join(STEPS) + "\n")
    assert "曹县、单县" in text(confirm)
    assert "2026-05-19 10 working days left" in text(confirm)
    form = next(one for one in confirm.forms.values() if "files" in one.fields)
    form["files"] = [Upload("通知.pdf", PDF)]
    board = form.submit("do", value="issue").follow()
    assert "The task is set" in text(board)
    assert "Not delivered yet" in row(board, "曹县")
    (subject,) = standing(work)
    said = body(work, subject)
    assert (said["title"], said["steps"], said["targets"], said["days"]) == (
        TITLE,
        list(STEPS),
        [CAO, SHAN],
        10,
    )
    link = board.html.find("a", string="通知.pdf")["href"]
    answer = browser.get(link)
    assert (answer.body, answer.content_type) == (PDF, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with work() as session:
        waiting = session.scalars(select(TaskRow).where(TaskRow.name == receipts.RECEIVE)).one()
        receipts.receive(None, session, session.info["registry"].clock(), *json.loads(waiting.args))
    assert "Delivered, not read" in row(browser.get(page_of(CITY, subject)), "曹县")


def test_single_organisations_a_saved_list_a_day_and_a_report(people, work, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(NEW)
    form = next(one for one in page.forms.values() if "title" in one.fields)
    form["title"], form["due"], form["save_as"] = TITLE, "2026-05-29", "先行县乡"
    form["report"] = "training-bimonth|2026-b3"
    for box in form.fields["codes"]:
        box.checked = box._value in {CAO, VILLAGE}
    confirm = form.submit("do", value="check")
    assert "2026-05-29" in text(confirm)
    assert "Months 5–6" in text(confirm)
    submit_form(confirm, "do=issue").follow()
    (subject,) = standing(work)
    said = body(work, subject)
    assert (said["targets"], said["report"]["period"], said["days"]) == ([CAO, VILLAGE], "2026-b3", None)
    again = browser.get(NEW)
    confirm = submit_form(again, "do=check", title="再来", whom="saved:先行县乡")
    assert "曹县" in text(confirm)
    back = submit_form(confirm, "do=edit")
    assert back.html.find("input", attrs={"name": "title"})["value"] == "再来"


def test_figures_of_its_own_are_asked_for(people, work, signed_in):
    browser = signed_in("leader", CITY)
    fields = {
        "figure.1.title": "查办问题数",
        "figure.1.unit": "件",
        "first": "2026-01-01",
        "last": "2026-05-05",
    }
    confirm = submit_form(browser.get(NEW), "do=check", title=TITLE, **fields)
    assert "查办问题数" in text(confirm)
    submit_form(confirm, "do=issue").follow()
    (subject,) = standing(work)
    asked = body(work, subject)["report"]
    county = signed_in("clerk", CAO)
    titles = [one.text.strip() for one in county.get(f"/o/{CAO}").html.select("tbody th")]
    assert len(titles) == len(set(titles))
    assert any(one.startswith(f"{TITLE} ") for one in titles)
    board = county.get(page_of(CAO, subject))
    form = board.click("开展优化", href="/reports/ask-")
    assert "查办问题数" in text(form)
    sent = submit_form(form, "do=check", **{"value.Q1": "12"}).follow()
    submit_form(sent).follow()
    assert "To be reviewed" in text(county.get(page_of(CAO, subject)))
    matrix = signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/matrix?template={asked['template']}")
    assert "Reported 1/2" in text(matrix)
    signed_in("clerk", STREET).get(
        f"/o/{STREET}/m/tiers/reports/{asked['template']}/{asked['period']}", status=404
    )


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"title": ""}, "Fill this in"),
        ({"title": TITLE, "days": "", "due": ""}, "Say until when"),
        ({"title": TITLE, "days": "ten"}, "number of working days"),
        ({"title": TITLE, "days": "99999"}, "number of working days"),
        ({"title": TITLE, "days": "0"}, "working days away"),
        ({"title": TITLE, "due": "soon"}, "Write the day"),
        ({"title": TITLE, "due": "2026-05-05"}, "over already"),
        ({"title": TITLE, "steps": "同\n同"}, "stands twice"),
        ({"title": TITLE, "figure.1.title": "数"}, "first and the last day"),
        (
            {"title": TITLE, "figure.1.title": "数", "first": "2026-01-01", "last": "2026-05-01"},
            "short name and a unit",
        ),
    ],
)
def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(people, work, signed_in, fields, word):
    page = submit_form(signed_in("leader", CITY).get(NEW), "do=check", **fields)
    assert page.status_int == 422
    assert page.html.find(class_="summary")
    assert page.html.find("input", attrs={"name": "title"})["value"] == fields["title"]
    assert word in text(page)
    assert standing(work) == []


def test_addresses_that_somebody_made_up_are_refused(people, signed_in, issued):
    browser = signed_in("leader", CITY)
    for fields in (
        {"title": "x", "days": "5", "whom": "saved:没有"},
        {"title": "x", "days": "5", "codes": "999999"},
        {"title": "x", "days": "5", "report": "none|2026-b2"},
    ):
        post(browser, NEW, {"do": "check", **fields}, status=404)
    post(browser, NEW, {"do": "check", "title": "x", "days": "5", "whom": "everybody"}, status=422)
    post(browser, NEW, {"do": "issue", "title": "x", "days": "5", "report": "training-bimonth|x"}, status=422)
    browser.get(f"{NEW}?parent=directive:x:y", status=404)
    browser.get(f"{NEW}?parent={issued}", status=404)
    browser.get(page_of(CITY, "directive:371700:none"), status=404)
    browser.get(page_of(CITY, issued, f"/responses/{'0' * 64}"), status=404)
    browser.get(page_of(CITY, issued, "/responses/x"), status=404)
    browser.get(page_of(CITY, issued, "?show=none&said=none"))
    browser.get(f"/o/{CITY}/m/tiers/directives?side=x&page=x")
    post(browser, page_of(CITY, issued, "/end"), {"do": "explode"}, status=404)
    post(browser, page_of(CITY, issued, "/decide"), {"do": "explode", "organisation": CAO}, status=422)


def test_a_target_acknowledges_reports_and_is_done(issued, work, signed_in):
    home = signed_in("clerk", CAO).get(f"/o/{CAO}")
    assert "2026-05-20 11 working days left Delivered, not read" in row(home, TITLE)
    page = home.click(TITLE)
    assert "Delivered, not read" in text(page)
    page = submit_form(page, "state=acknowledged").follow()
    assert "The task is acknowledged" in text(page)
    form = next(one for one in page.forms.values() if "note" in one.fields)
    form["note"] = "方案已印发"
    form.fields["step"][0].checked = True
    page = form.submit("state", value="progress").follow()
    assert "In progress" in text(page)
    form = next(one for one in page.forms.values() if "note" in one.fields)
    assert [box.checked for box in form.fields["step"]] == [True, False]
    refused = form.submit("state", value="done", expect_errors=True)
    assert refused.status_int == 422
    assert "Not all steps are done yet: 组织视察" in text(refused)
    form = next(one for one in refused.forms.values() if "note" in one.fields)
    form.fields["step"][1].checked = True
    form["files"] = [Upload("总结.docx", docx())]
    page = form.submit("state", value="done").follow()
    assert "Done, to be verified" in text(page)
    shown = page.click("What we said last")
    assert "总结.docx" in text(shown)
    assert "In progress" in text(shown)
    assert phases(work, issued)[CAO] == "done"


def test_the_issuer_verifies_and_returns_what_it_saw(done, issued, work, at_desk, signed_in):
    browser = signed_in("reviewer", CITY)
    home = browser.get(f"/o/{CITY}")
    assert "To be verified 1" in row(home, TITLE)
    page = browser.get(page_of(CITY, issued, "?show=done&select=done"))
    refused = submit_form(page, "do=return")
    assert refused.status_int == 422
    assert "Say why it is returned" in text(refused)
    page = browser.get(page_of(CITY, issued, "?select=done"))
    assert [one["value"] for one in page.html.find_all("input", checked=True)] == [CAO]
    submit_form(page, "do=return", reason="请补充照片").follow()
    assert phases(work, issued)[CAO] == "returned"
    clerk = signed_in("clerk", CAO)
    assert "请补充照片" in text(clerk.get(page_of(CAO, issued)))
    assert "Returned" in row(clerk.get(f"/o/{CAO}"), TITLE)
    stale = signed_in("reviewer", CITY)
    at_desk(lambda desk: desk.done(CAO, issued, note="已补"))
    page = stale.get(page_of(CITY, issued, "?select=done"))
    assert "round 2" in row(page, "曹县")
    at_desk(lambda desk: desk.done(CAO, issued, note="又补"))
    refused = submit_form(page, "do=verify")
    assert refused.status_int == 422
    assert "A newer response has come in" in text(refused)
    page = stale.get(page_of(CITY, issued, "?select=done"))
    assert "Verified." in text(submit_form(page, "do=verify").follow())
    assert phases(work, issued)[CAO] == "verified"


def form_with(page, name):
    return next(one for one in page.forms.values() if name in one.fields)


def test_a_program_is_not_attached_and_what_was_typed_stays(issued, work, signed_in):
    program = Upload("x.exe", b"MZ\x90\x00")
    browser = signed_in("clerk", CAO)
    form = form_with(browser.get(page_of(CAO, issued)), "note")
    form["note"], form["files"] = "已开展", [program]
    refused = form.submit("state", value="progress", status=422)
    assert "x.exe: Such files are not taken here. Take one of: .pdf .ofd" in text(refused)
    assert form_with(refused, "note")["note"].value == "已开展"
    assert phases(work, issued)[CAO] == "received"
    leader = signed_in("leader", CITY)
    form = form_with(leader.get(page_of(CITY, issued)), "end_reason")
    form["end_reason"], form["files"] = "另行安排", [program]
    refused = form.submit("do", value="closed", status=422)
    assert "x.exe: Such files are not taken here." in text(refused)
    assert body(work, issued)["state"] == "open"
    confirm = submit_form(leader.get(NEW), "do=check", title=TITLE, text=TEXT)
    form = form_with(confirm, "files")
    form["files"] = [program]
    assert "x.exe: Such files are not taken here." in text(form.submit("do", value="issue", status=422))
    assert standing(work) == [issued]


def test_fields_for_files_name_the_endings_that_are_taken(issued, signed_in):
    pages = [signed_in("clerk", CAO).get(page_of(CAO, issued))]
    leader = signed_in("leader", CITY)
    pages += [
        leader.get(page_of(CITY, issued)),
        submit_form(leader.get(NEW), "do=check", title=TITLE, text=TEXT),
    ]
    for page in pages:
        field = page.html.find("input", type="file")
        assert field["accept"] == ".pdf,.ofd,.docx,.xlsx,.pptx,.png,.jpg,.jpeg"
        assert ".pdf .ofd .docx" in page.html.find(id=field["aria-describedby"]).text


def test_one_response_is_decided_about_on_its_own_page(done, issued, work, signed_in):
    browser = signed_in("reviewer", CITY)
    page = browser.get(page_of(CITY, issued, f"/responses/{done.hex()}"))
    assert "已全部完成" in text(page)
    assert page.click("照片.jpg").body == JPEG
    submit_form(page, "do=verify").follow()
    assert phases(work, issued)[CAO] == "verified"
    assert "Verified" in text(browser.get(page_of(CITY, issued, f"/responses/{done.hex()}")))


def test_a_county_passes_the_task_on_and_every_level_sees_every_level(issued, work, at_desk, signed_in):
    page = signed_in("reviewer", CAO).get(page_of(CAO, issued))
    form = page.click("Pass the task on")
    assert TEXT in text(form)
    late = submit_form(form, "do=check", due="2026-06-30")
    assert "due later than the one that it breaks down" in text(late)
    confirm = submit_form(form, "do=check", due="2026-05-18", text="另报照片。", steps="报送照片")
    submit_form(confirm, "do=issue").follow()
    inner = next(one for one in standing(work) if one != issued)
    said = body(work, inner)
    assert (said["targets"], said["text"]) == ([STREET, TOWN], f"{TEXT}\n另报照片。")
    assert said["steps"] == [*STEPS, "报送照片"]
    at_desk(lambda desk: desk.deliver())
    city = signed_in("leader", CITY).get(page_of(CITY, issued))
    assert "Delivered, not read" in row(city, "庄寨镇")
    assert "庄寨镇" not in text(signed_in("leader", SHAN).get(page_of(SHAN, issued)))
    opened = signed_in("leader", CITY).get(page_of(CITY, inner))
    assert "checkbox" not in opened.text
    town = signed_in("clerk", TOWN)
    assert "曹县" in row(town.get(f"/o/{TOWN}"), TITLE)
    town.get(page_of(TOWN, issued), status=404)
    assert "曹城街道" not in text(town.get(page_of(TOWN, inner)))


def test_a_break_down_that_is_overtaken_is_issued_anew_with_one_click(issued, work, at_desk, signed_in):
    inner = at_desk(lambda desk: desk.assign(CAO, issued, TOWN))
    at_desk(lambda desk: desk.revise(CITY, issued, due=date(2026, 5, 13)))
    browser = signed_in("reviewer", CAO)
    assert "To be issued anew" in text(browser.get(f"/o/{CAO}"))
    page = browser.get(page_of(CAO, inner))
    assert "the level above asks for it earlier" in text(page)
    submit_form(page, "do=renew").follow()
    assert body(work, inner)["due"] == "2026-05-13"


def test_another_day_late_joiners_close_out_and_cancel(issued, work, at_desk, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(page_of(CITY, issued))
    refused = post(browser, page_of(CITY, issued, "/revise"), {"do": "due", "due": "x"}, status=422)
    assert "Write the day" in text(refused)
    submit_form(page, "do=due", due="2026-05-25", revise_reason="延期").follow()
    assert body(work, issued)["due"] == "2026-05-25"
    refused = submit_form(browser.get(page_of(CITY, issued)), "do=closed", end_reason="")
    assert refused.status_int == 422
    assert "not verified" in text(refused)
    page = submit_form(browser.get(page_of(CITY, issued)), "do=closed", end_reason="另行安排").follow()
    assert "Closed out" in text(page)
    assert "另行安排" in text(page)
    assert TITLE in text(browser.get(f"/o/{CITY}/m/tiers/directives?side=issued&ended=1"))
    other = at_desk(lambda desk: desk.issue(selection=named(CAO)))
    page = submit_form(browser.get(page_of(CITY, other)), "do=cancelled", end_reason="情况有变").follow()
    assert "Cancelled" in text(page)
    assert TITLE not in text(signed_in("clerk", CAO).get(f"/o/{CAO}"))


def test_who_joined_the_selection_is_shown_and_asked(people, work, at_desk, signed_in):
    subject = at_desk(lambda desk: desk.issue(selection=Selection("children")))
    with work() as session:
        day = session.info["registry"].clock().date()
        service.place(session, [Body("371723", "成武县", "county", "county", CITY, congress=True)], day)
    page = signed_in("leader", CITY).get(page_of(CITY, subject))
    assert "Joined since the task was set 成武县" in text(page)
    submit_form(page, "do=join").follow()
    assert body(work, subject)["targets"] == [CAO, SHAN, "371723"]


def test_what_needs_attention_is_told_apart_and_reminded_once_a_day(issued, work, clock, at_desk, signed_in):
    at_desk(lambda desk: desk.respond(SHAN, issued))
    clock.forward(days=5)
    browser = signed_in("reviewer", CITY)
    assert "Delivered and not read 1" in row(browser.get(f"/o/{CITY}"), "Delivered and not read")
    page = browser.get(page_of(CITY, issued, "?show=attention"))
    assert "曹县" in text(page)
    assert "Acknowledged" not in text(page)
    assert "单县" not in [one.get_text() for one in page.html.find_all("th")]
    address = page_of(CITY, issued, "/decide")
    done = post(browser, address, {"do": "nudge", "organisation": CAO}, status=303).follow()
    assert "Reminded" in text(done)
    again = post(browser, address, {"do": "nudge", "organisation": CAO}, status=303).follow()
    assert "reminded today already" in text(again)
    post(browser, address, {"do": "nudge"}, status=422)
    assert "reminded" in row(signed_in("clerk", CAO).get(f"/o/{CAO}"), TITLE)
    clock.forward(days=30)
    assert "Overdue" in row(signed_in("clerk", SHAN).get(f"/o/{SHAN}"), TITLE)
    assert "working days overdue" in row(signed_in("reviewer", CITY).get(page_of(CITY, issued)), "单县")


@pytest.mark.parametrize("role", ["clerk", "reviewer", "leader"])
def test_every_page_by_role(role, done, issued, signed_in):
    browser = signed_in(role, CITY)
    directs = 200 if role in {"reviewer", "leader"} else 403
    browser.get(f"/o/{CITY}/m/tiers/directives")
    board = browser.get(page_of(CITY, issued))
    assert ("Verify the selected" in board.text) == (directs == 200)
    shown = browser.get(page_of(CITY, issued, f"/responses/{done.hex()}"))
    assert ("Decide" in text(shown)) == (directs == 200)
    browser.get(NEW, status=directs)
    for action in ("/decide", "/end", "/revise"):
        post(
            browser,
            page_of(CITY, issued, action),
            {},
            status={200: None, 403: 403}[directs],
            expect_errors=True,
        )
    county = signed_in(role, CAO)
    page = county.get(page_of(CAO, issued))
    assert ("Report progress" in page.text) == (role == "clerk")
    assert ("Pass the task on" in page.text) == (directs == 200)
    answer = post(county, page_of(CAO, issued, "/respond"), {"state": "x"}, expect_errors=True)
    assert answer.status_int == (422 if role == "clerk" else 403)


def test_others_learn_nothing(done, issued, signed_in):
    shan = signed_in("reviewer", SHAN)
    shan.get(page_of(SHAN, issued, f"/responses/{done.hex()}"), status=404)
    shan.get(page_of(SHAN, issued, f"/files/{done.hex()}/1"), status=404)
    assert shan.get(page_of(SHAN, issued)).html.find("a", string="通知.pdf")
    own = signed_in("clerk", CAO)
    own.get(page_of(CAO, issued, f"/files/{done.hex()}/1"))
    for number in ("0", "2", "x", "-1", "99999"):
        own.get(page_of(CAO, issued, f"/files/{done.hex()}/{number}"), status=404)
    village = signed_in("leader", VILLAGE)
    village.get(page_of(VILLAGE, issued), status=404)
    post(village, page_of(VILLAGE, issued, "/decide"), {"do": "verify", "organisation": CAO}, status=404)


def test_a_form_with_files_may_be_larger_and_others_not(people, issued, signed_in):
    browser = signed_in("clerk", CAO)
    form = next(one for one in browser.get(page_of(CAO, issued)).forms.values() if "note" in one.fields)
    form["note"], form["files"] = "附件", [Upload("大.jpg", JPEG + bytes(2_000_000))]
    form.submit("state", value="progress").follow()
    form["files"] = [Upload("太大.jpg", JPEG + bytes(17_000_000))]
    assert form.submit("state", value="progress", expect_errors=True).status_int == 422
    form["files"] = [Upload("太大.jpg", JPEG + bytes(21_000_000))]
    assert form.submit("state", value="progress", expect_errors=True).status_int == 413
