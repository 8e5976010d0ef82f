"""Who has reported, and what can be done about it in one click."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from renda.indicators.kinds import Status
from renda.indicators.periods import Period
from renda_tiers.reports import entering, nudging, progress, reviewing, submission
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.models import Nudge
from tests.core.security.town import form_of, post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING, TYPED
from tests.tiers.web.conftest import row, submit_form, text

QUERY = f"template={TRAINING}&period={SPRING.code}"


def matrix(organisation, more=""):
    return f"/o/{organisation}/m/tiers/matrix?{QUERY}{more}"


def nudges(work):
    with work() as session:
        return session.scalar(select(func.count()).select_from(Nudge))


def test_every_child_is_there_with_its_state_and_what_is_below(reported, signed_in):
    page = signed_in("leader", CITY).get(matrix(CITY))
    assert "Overdue — counted 1 of 2 1 late 1 missing 1 not endorsed" in row(page, "曹县")
    assert "Reported 0/2" in text(page)
    county = signed_in("leader", CAO).get(matrix(CAO))
    link = county.html.find("a", href=re.compile(f"^/o/{CAO}/m/tiers/report/{reported.hex()}"))
    assert county.goto(link["href"]).status_int == 200
    assert "Reported 1/2" in text(county)


def test_what_waits_for_a_review_is_called_so_by_those_who_sent_it_and_those_who_get_it(
    reported, work, clock, signed_in
):
    assert "To be reviewed" in row(signed_in("reviewer", CAO).get(matrix(CAO)), "庄寨镇")
    assert "To be reviewed" in row(signed_in("reviewer", CAO).get(f"/o/{CAO}"), "庄寨镇")
    assert "To be reviewed" in row(signed_in("leader", CITY).get(matrix(CITY, f"&at={CAO}")), "庄寨镇")
    assert "To be reviewed" in row(signed_in("clerk", TOWN).get(f"/o/{TOWN}/m/tiers/reports"), "Months 3–4")


def test_the_root_s_own_report_waits_for_nobody(people, work, clock, signed_in):
    with work() as session:
        sent = chain.submit(session, CITY, now=clock())
    browser = signed_in("leader", CITY)
    for address in (matrix(CITY), f"/o/{CITY}/m/tiers/report/{sent.hex()}", f"/o/{CITY}/m/tiers/reports"):
        shown = text(browser.get(address))
        assert "Endorsed" in shown
        assert "To be reviewed" not in shown


def test_those_who_have_not_reported_are_ticked_and_reminded_in_one_click(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    page = browser.get(matrix(CAO, "&select=missing"))
    ticked = [one["value"] for one in page.html.find_all("input", checked=True)]
    assert ticked == [STREET]
    done = submit_form(page).follow()
    assert "Reminded 1 organisations" in text(done)
    assert "reminded 2026-05-06" in row(done, "曹城街道")
    again = submit_form(browser.get(matrix(CAO, "&select=missing"))).follow()
    assert "reminded today already" in text(again)
    assert nudges(work) == 1
    assert "Reminded by the level above" in text(signed_in("clerk", STREET).get(f"/o/{STREET}"))


def buttons(page):
    """Words of the buttons below the table, and whether each is the primary one."""
    found = page.html.find("main").find_all("button", attrs={"formaction": True})
    return {one.get_text(): "primary" in one["class"] for one in found}


def test_of_a_locked_period_nobody_is_reminded_and_the_page_says_so(reported, work, clock, signed_in):
    clock.forward(days=60)
    browser = signed_in("reviewer", CAO)
    page = browser.get(matrix(CAO, "&select=missing"))
    assert "This period is locked: who has not reported can send nothing more" in text(page)
    assert buttons(page) == {"Endorse the selected": True}
    assert "Select all who have not reported" not in text(page)
    assert "at most once a day" not in text(page)
    assert "only where they wait for a review" in text(page)
    assert page.html.find_all("input", checked=True) == []
    address = f"/o/{CAO}/m/tiers/matrix/nudge?{QUERY}"
    assert "locked" in text(post(browser, address, {"organisation": STREET}, status=409))
    assert nudges(work) == 0


def test_a_period_ahead_is_shown_and_nobody_is_reminded_of_it(people, signed_in):
    page = signed_in("reviewer", CAO).get(f"/o/{CAO}/m/tiers/matrix?template={TRAINING}&period=2026-b5")
    assert "can be sent from 2026-10-31 on, so nobody is reminded yet" in text(page)
    assert buttons(page) == {}


def test_the_button_that_something_can_be_done_with_is_the_primary_one(reported, work, clock, signed_in):
    browser = signed_in("reviewer", CAO)
    both = {"Remind the selected": True, "Endorse the selected": False}
    assert buttons(browser.get(matrix(CAO))) == both
    with work() as session:
        chain.submit(session, STREET, now=clock())
    assert buttons(browser.get(matrix(CAO))) == {"Endorse the selected": True}


def test_of_a_running_period_nobody_is_reminded_before_its_last_day(people, clock, signed_in):
    running = f"template={TRAINING}&period={SPRING.next().code}"
    browser = signed_in("reviewer", CAO)
    page = browser.get(f"/o/{CAO}/m/tiers/matrix?{running}&select=missing")
    assert "can be sent from 2026-06-30 on" in text(page)
    assert buttons(page) == {}
    refused = post(browser, f"/o/{CAO}/m/tiers/matrix/nudge?{running}", {"organisation": TOWN}, status=409)
    assert "2026-06-30" in text(refused)
    clock.forward(days=55)
    again = signed_in("reviewer", CAO)
    submit_form(again.get(f"/o/{CAO}/m/tiers/matrix?{running}&select=missing"))
    receiver = signed_in("clerk", TOWN)
    assert "Reminded by the level above" in row(receiver.get(f"/o/{TOWN}"), "Months 5–6")
    assert "Reminded by the level above" in row(receiver.get(f"/o/{TOWN}/m/tiers/reports"), "Months 5–6")


def test_a_reminder_of_days_that_nobody_opened_waits_at_its_receiver(people, work, clock, signed_in):
    span = Period.parse("2016-01-01..2025-12-31")
    with work() as session:
        said = {"period": "span", "due_days": None, "lock_days": None}
        chain.typed_template(session, chain.typed_line("X1"), now=chain.FOUNDED, **said)
        nudging.nudge(session, CAO, [TOWN], TYPED, span, actor=None, now=clock())
    page = signed_in("clerk", TOWN).get(f"/o/{TOWN}")
    assert "Reminded by the level above" in row(page, "2016-01-01 to 2025-12-31")


def test_reports_are_endorsed_together(reported, work, clock, signed_in):
    with work() as session:
        chain.submit(session, STREET, now=clock())
    browser = signed_in("reviewer", CAO)
    page = browser.get(matrix(CAO, "&select=reported"))
    assert len(page.html.find_all("input", checked=True)) == 2
    fields = [("organisation", TOWN), ("organisation", STREET)]
    fields += [("report", one["value"]) for one in page.html.find_all("input", attrs={"name": "report"})]
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    address = page.html.find("button", string="Endorse the selected")["formaction"]
    done = browser.post(address, [("csrf_token", token), *fields], status=303).follow()
    assert "Endorsed 2 reports" in text(done)
    with work() as session:
        assert chain.standing(session, TOWN, "endorsed") == reported


@pytest.fixture
def behind(reported, work, clock, signed_in):
    """A page on which two reports are ticked to be endorsed, and what is said when they are."""
    with work() as session:
        chain.submit(session, STREET, now=clock())
    page = signed_in("reviewer", CAO).get(matrix(CAO, "&select=reported"))

    def endorse(page=page):
        form = next(one for one in page.forms.values() if "organisation" in one.fields)
        form.action = page.html.find("button", string="Endorse the selected")["formaction"]
        return form.submit(expect_errors=True)

    return endorse


def standing(work, *codes):
    with work() as session:
        return [chain.standing(session, code, "endorsed") for code in codes]


def test_what_was_returned_meanwhile_is_not_endorsed_with_the_others(behind, reported, work, clock):
    with work() as session:
        reviewing.decide(session, CAO, reported, "return", reason="why", actor=None, now=clock())
    refused = behind()
    assert refused.status_int == 409
    assert "庄寨镇：曹县 returned this report on" in text(refused)
    assert [one["value"] for one in refused.html.find_all("input", checked=True)] == [STREET]
    assert standing(work, TOWN, STREET) == [None, None]
    assert "Endorsed 1 reports" in text(behind(refused).follow())
    assert standing(work, TOWN) == [None]


def test_a_report_that_the_page_did_not_show_is_not_endorsed(behind, reported, work, clock):
    with work() as session:
        chain.training(session, TOWN, ["庚"], now=clock())
        newer = chain.submit(session, TOWN, now=clock(), reason="One class was forgotten")
    refused = behind()
    assert refused.status_int == 409
    assert "Newer reports have come in from 庄寨镇" in text(refused)
    assert standing(work, TOWN, STREET) == [None, None]
    assert "Endorsed 2 reports" in text(behind(refused).follow())
    assert standing(work, TOWN) == [newer]


def test_what_was_endorsed_meanwhile_stays_so(behind, reported, work, clock):
    with work() as session:
        reviewing.decide(session, CAO, reported, "endorse", reason="好", actor=None, now=clock())
        stands = progress.decision_on(session, reported)
    assert "Endorsed 2 reports" in text(behind().follow())
    with work() as session:
        assert progress.decision_on(session, reported) == stands


@pytest.mark.parametrize("name", ["nudge", "endorse"])
def test_nothing_ticked_or_somebody_elses_is_refused(reported, work, signed_in, name):
    browser = signed_in("reviewer", CAO)
    for organisation in ("", "371722101", SHAN, "x" * 300):
        address = f"/o/{CAO}/m/tiers/matrix/{name}?{QUERY}"
        refused = post(browser, address, {"organisation": organisation}, status=422)
        assert "Select at least one organisation" in text(refused)
    assert nudges(work) == 0


def test_only_reviewers_act_and_only_at_their_own_level(reported, work, signed_in):
    for role in ("clerk", "leader"):
        browser = signed_in(role, CAO)
        assert "checkbox" not in browser.get(matrix(CAO)).text
        for name in ("nudge", "endorse"):
            post(browser, f"/o/{CAO}/m/tiers/matrix/{name}?{QUERY}", {"organisation": TOWN}, status=403)
    browser = signed_in("reviewer", CITY)
    assert "checkbox" not in browser.get(matrix(CITY, f"&at={CAO}")).text
    post(browser, f"/o/{CITY}/m/tiers/matrix/nudge?{QUERY}&at={CAO}", {"organisation": STREET}, status=404)
    assert nudges(work) == 0


@pytest.mark.parametrize(
    ("organisation", "shown"), [(CITY, True), (CAO, True), (TOWN, False), (STREET, False)]
)
def test_only_bodies_with_others_below_have_it_and_the_totals_in_their_menu(
    people, signed_in, organisation, shown
):
    menu = signed_in("leader", organisation).get(f"/o/{organisation}").html.find("nav", class_="side")
    found = {one["href"].rpartition("/")[2] for one in menu.find_all("a")}
    assert {"matrix", "rollup"} & found == ({"matrix", "rollup"} if shown else set())
    assert "reports" in found


def test_the_city_looks_into_a_county_and_no_county_into_another(reported, signed_in):
    page = signed_in("leader", CITY).get(matrix(CITY, f"&at={CAO}"))
    assert "庄寨镇" in text(page)
    signed_in("leader", SHAN).get(matrix(SHAN, f"&at={CAO}"), status=404)
    signed_in("leader", SHAN).get(matrix(CAO), status=404)
    signed_in("leader", SHAN).get(matrix(SHAN, "&at=.."), status=404)


@pytest.mark.parametrize("page", ["matrix", "rollup"])
def test_it_opens_on_what_people_are_at_work_on(reported, work, clock, signed_in, page):
    span = Period.parse("2016-01-01..2025-12-31")
    with work() as session:
        said = {"period": "span", "due_days": None, "lock_days": None, "code": "a-decade"}
        template = chain.typed_template(session, chain.typed_line("X1"), now=chain.FOUNDED, **said)
        entries = {("X1", ""): Entered(Status.REPORTED, 7)}
        entering.enter(session, CAO, template, span, entries, author=None, now=clock())
        submission.submit(session, CAO, "a-decade", span, actor=None, now=clock())
    browser = signed_in("reviewer", CAO)

    def chosen(query=""):
        found = browser.get(f"/o/{CAO}/m/tiers/{page}{query}").html.find("form", class_="filters")
        return [one["value"] for one in found.find_all("option", selected=True)]

    assert chosen() == [TRAINING, SPRING.code]
    assert chosen("?template=a-decade") == ["a-decade", span.code]
    assert chosen(f"?period={span.code}") == ["a-decade", span.code]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("template=none", 404),
        ("period=yesterday", 422),
        ("period=2026-05", 200),
        ("period=9999-b6", 422),
        ("period=1899-b1", 422),
        ("standing=none", 200),
        ("", 200),
    ],
)
def test_what_the_address_asks_for_is_shown_or_refused(people, signed_in, query, status):
    signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/matrix?{query}", status=status)


def test_where_nothing_is_owed_nothing_is_said_to_be_lacking(people, work, signed_in):
    with work() as session:
        chain.typed_template(session, chain.typed_line("X1"), now=chain.FOUNDED, tiers=["county"])
    page = signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/matrix?template={TYPED}&period={SPRING.code}")
    assert row(page, "曹县").endswith("nothing is owed"), "of its towns"
    assert "counted 0 of 0" not in text(page)


def test_a_period_of_which_nobody_owes_anything_is_not_the_one_that_a_page_opens_on(people, work, signed_in):
    with work() as session:
        chain.typed_template(
            session,
            chain.typed_line("X1"),
            now=chain.FOUNDED,
            code="a-month",
            titles={"en": "Monthly", "zh_Hans": "月报"},
            module="liaison",
            period="month",
        )
        for code in chain.TREE:
            chain.uses_only(session, code, SPRING.end + timedelta(days=1), module="liaison")
    browser = signed_in("leader", CITY)
    opened = form_of(browser.get(f"/o/{CITY}/m/tiers/matrix"), "period")
    assert opened["template"].value == TRAINING, "April, which nobody owes, ended with spring"
    named = form_of(browser.get(f"/o/{CITY}/m/tiers/matrix?template=a-month"), "period")
    assert named["period"].value == "2026-05", "the first that anybody will owe"
    assert named["period"].options[-1][0] == "2026-04"
