"""The list of reports, and the cards of the home page."""

from datetime import timedelta

import pytest

from renda.indicators.kinds import Status
from renda.indicators.periods import Period
from renda_tiers.reports import entering, reviewing, standings, submission
from renda_tiers.reports.entering import Entered
from renda_tiers.web import home, owed
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING, TYPED, VILLAGE
from tests.tiers.web.conftest import row, submit_form, text


def reports(organisation):
    return f"/o/{organisation}/m/tiers/reports"


def test_it_says_what_is_owed_until_when_and_how_far_it_is(reported, work, clock, signed_in):
    page = signed_in("clerk", TOWN).get(reports(TOWN))
    assert "To be reviewed 2026-05-05 1" in row(page, "Months 3–4 of 2026").replace("sent late ", "")
    assert "Not reported can be sent from 2026-06-30 on 2026-07-05 42 working days left" in row(
        page, "Months 5–6 of 2026"
    )
    assert page.html.find("a", href=f"{reports(TOWN)}/{TRAINING}/{SPRING.code}")
    other = signed_in("clerk", STREET).get(reports(STREET))
    assert "Overdue 2026-05-05 1 working days overdue" in row(other, "Months 3–4 of 2026")


@pytest.fixture
def in_time(clock):
    """Three days earlier, before the report of spring is due."""
    clock.now -= timedelta(days=3)


def test_a_report_goes_from_begun_to_returned_and_endorsed(in_time, people, work, clock, signed_in):
    browser = signed_in("clerk", VILLAGE)
    submit_form(
        browser.get(f"{reports(VILLAGE)}/{TRAINING}/{SPRING.code}"), "do=save", **{"why.T01": "nothing held"}
    )
    assert "Being filled in" in row(browser.get(reports(VILLAGE)), "Months 3–4")
    with work() as session:
        sent = chain.submit(session, VILLAGE, now=clock())
        reviewing.decide(session, SHAN, sent, standings.RETURN, reason="why", actor=None, now=clock())
    assert "Returned" in row(browser.get(reports(VILLAGE)), "Months 3–4")
    with work() as session:
        again = chain.submit(session, VILLAGE, now=clock(), reason="looked again")
        reviewing.decide(session, SHAN, again, standings.ENDORSE, actor=None, now=clock())
    assert "Endorsed" in row(browser.get(reports(VILLAGE)), "Months 3–4")


def test_a_report_of_any_days_is_opened_by_naming_them(people, work, signed_in):
    with work() as session:
        chain.typed_template(
            session, chain.typed_line("X1"), now=chain.FOUNDED, period="span", due_days=None, lock_days=None
        )
    browser = signed_in("clerk", TOWN)
    form = next(one for one in browser.get(reports(TOWN)).forms.values() if "start" in one.fields)
    form["start"], form["end"] = "2016-01-01", "2025-12-31"
    opened = form.submit(status=303).follow()
    assert "2016-01-01 to 2025-12-31" in text(opened)
    confirm = submit_form(opened, "do=check", **{"value.X1": "约130"}).follow()
    submit_form(confirm)
    assert "To be reviewed" in row(browser.get(reports(TOWN)), "2016-01-01")


SPAN = "2016-01-01..2025-12-31"


@pytest.fixture
def spanned(people, work):
    """A template of any days, and who reports on the last ten years: `spanned(code)`."""

    def report(organisation, period, now):
        with work() as session:
            with_value = {("X1", ""): Entered(Status.REPORTED, 7)}
            scope = (session, organisation, chain.template(session, TYPED), period)
            entering.enter(*scope, with_value, author=None, now=now)
            submission.submit(session, organisation, TYPED, period, actor=None, now=now)

    with work() as session:
        said = {"period": "span", "due_days": None, "lock_days": None}
        chain.typed_template(session, chain.typed_line("X1"), now=chain.FOUNDED, **said)
    return report


def test_days_that_others_named_are_offered_above_and_below_them_and_nowhere_else(spanned, clock, signed_in):
    spanned(CAO, Period.parse(SPAN), clock())
    for code, listed in ((CITY, True), (CAO, True), (TOWN, True), (STREET, True), (SHAN, False)):
        browser = signed_in("leader", code)
        page = browser.get(reports(code))
        assert (page.html.find("a", href=f"{reports(code)}/{TYPED}/{SPAN}") is not None) == listed
        chosen = browser.get(f"/o/{code}/m/tiers/matrix?template={TYPED}")
        assert (chosen.html.find("option", value=SPAN) is not None) == listed


def test_a_town_does_not_learn_what_its_neighbour_reported_on(spanned, clock, signed_in):
    spanned(TOWN, Period.parse(SPAN), clock())
    assert SPAN not in signed_in("leader", STREET).get(reports(STREET)).text
    assert SPAN in signed_in("leader", CAO).get(reports(CAO)).text


def test_of_days_without_number_the_last_are_listed(spanned, clock, signed_in, monkeypatch):
    monkeypatch.setattr(owed, "MOST_SPANS", 2)
    for month in (5, 7, 6):
        spanned(CAO, Period.parse(f"2025-0{month}-01..2025-0{month}-09"), clock())
    page = signed_in("leader", TOWN).get(reports(TOWN))
    assert [month for month in (5, 6, 7) if f"2025-0{month}-01.." in page.text] == [6, 7]


def test_a_returned_report_is_not_called_locked(people, work, clock, signed_in):
    with work() as session:
        sent = chain.submit(session, VILLAGE, now=clock())
        reviewing.decide(session, SHAN, sent, standings.RETURN, reason="why", actor=None, now=clock())
    clock.forward(days=30)
    found = row(signed_in("clerk", VILLAGE).get(reports(VILLAGE)), "Months 3–4")
    assert "Returned" in found
    assert "locked" not in found


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"?template={TYPED}&start=2020-01-01",
        f"?template={TYPED}&start=2020-01-02&end=2020-01-01",
        f"?template={TYPED}&start=x&end=2020-01-01",
        f"?template={TYPED}&start=2020-01-01&end=9999-12-31",
        f"?template={TRAINING}&start=2020-01-01&end=2020-01-02",
    ],
)
def test_days_that_are_none_are_refused(people, signed_in, query):
    signed_in("clerk", TOWN).get(f"{reports(TOWN)}/start{query}", status=422)


def test_only_those_with_a_role_there_see_it(people, signed_in):
    signed_in("clerk", TOWN).get(reports(CAO), status=404)
    assert "Reports to send" in text(signed_in("leader", CAO).get(reports(CAO)))
    browser = signed_in("clerk", TOWN)
    post(browser, reports(TOWN), status=405)


def test_home_shows_a_clerk_what_to_send(people, signed_in):
    page = signed_in("clerk", TOWN).get(f"/o/{TOWN}")
    assert "Reports to send 1 1 overdue" in text(page)
    assert "1 working days overdue Overdue" in row(page, "Bimonthly report on training")


def test_home_shows_a_reviewer_what_came_in_and_who_lacks(reported, signed_in):
    page = signed_in("reviewer", CAO).get(f"/o/{CAO}")
    assert "1/2 1 have not reported" in text(page)
    assert "Reports from below — To be reviewed" in row(page, "庄寨镇")
    opened = page.click("庄寨镇", index=0)
    submit_form(opened, "decision=endorse", reason="")
    assert "To be reviewed" not in text(signed_in("reviewer", CAO).get(f"/o/{CAO}"))


def test_home_says_how_many_more_there_are_and_where(reported, signed_in, monkeypatch):
    monkeypatch.setattr(home, "MOST_TASKS", 0)
    page = signed_in("reviewer", CAO).get(f"/o/{CAO}")
    assert "Who has reported" in text(page.click("1 more"))


def test_home_is_quiet_for_those_who_neither_send_nor_review(reported, signed_in):
    assert "Nothing waits for you" in text(signed_in("leader", TOWN).get(f"/o/{TOWN}"))


@pytest.fixture
def since_may(people, work, signed_in):
    """The town enabled the module a day after spring had ended; its clerk, signed in."""
    with work() as session:
        chain.uses_only(session, TOWN, SPRING.end + timedelta(days=1))
    return signed_in("clerk", TOWN)


def test_of_a_period_that_ended_before_its_module_was_enabled_nothing_is_asked(since_may, signed_in):
    assert "Own reports" not in text(since_may.get(f"/o/{TOWN}"))
    listed = text(since_may.get(reports(TOWN)))
    assert "Months 3–4" not in listed
    assert "Months 5–6" in listed
    refused = since_may.get(f"{reports(TOWN)}/{TRAINING}/{SPRING.code}", status=404)
    assert "its module is not in use here on the period's last day" in text(refused)
    query = f"template={TRAINING}&period={SPRING.code}"
    matrix = signed_in("reviewer", CAO).get(f"/o/{CAO}/m/tiers/matrix?{query}")
    assert "owes no report" in row(matrix, "庄寨镇")


def test_what_was_begun_for_such_a_period_asks_for_nothing_either(people, work, clock, signed_in):
    browser = signed_in("clerk", TOWN)
    form = f"{reports(TOWN)}/{TRAINING}/{SPRING.code}"
    submit_form(browser.get(form), "do=save", **{"why.T01": "nothing held"})
    with work() as session:
        chain.uses_only(session, TOWN, clock().date())
    assert "Own reports" not in text(browser.get(f"/o/{TOWN}"))
    assert "Months 3–4" not in text(browser.get(reports(TOWN)))


def test_what_was_sent_for_such_a_period_stays_listed_and_can_be_corrected(reported, work, clock, signed_in):
    with work() as session:
        chain.uses_only(session, TOWN, clock().date())
    browser = signed_in("clerk", TOWN)
    assert "To be reviewed" in row(browser.get(reports(TOWN)), "Months 3–4")
    assert browser.get(f"{reports(TOWN)}/{TRAINING}/{SPRING.code}").html.find("main").find("form")


def test_what_was_owed_when_its_period_ended_is_owed_though_the_module_is_disabled(
    people, work, clock, signed_in
):
    with work() as session:
        chain.uses_only(session, TOWN, chain.SINCE, clock().date())
    browser = signed_in("clerk", TOWN)
    listed = text(browser.get(reports(TOWN)))
    assert "Months 3–4" in listed
    assert "Months 5–6" not in listed
    submit_form(browser.get(f"{reports(TOWN)}/{TRAINING}/{SPRING.code}"), "do=check")
