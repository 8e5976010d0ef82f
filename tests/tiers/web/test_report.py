"""A report that was sent: who sees it, what is decided on it, and what its figures were made from."""

import json
import re

import pytest
from sqlalchemy import update

from renda.security.grants import grant
from renda.security.models import Account
from renda_tiers.documents.models import LedgerPart
from renda_tiers.reports import progress, reviewing
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.web.conftest import row, submit_form, text

SCRIPT = "<img src=x onerror=alert(1)>"


def address(organisation, document, rest=""):
    return f"/o/{organisation}/m/tiers/report/{document.hex()}{rest}"


def cell(organisation, document, indicator):
    return address(organisation, document, f"/cell?indicator={indicator}&dimension=")


def decided(work, document):
    with work() as session:
        return progress.decision_on(session, document)


def test_its_origin_and_those_above_see_it_and_nobody_else(reported, signed_in):
    for organisation, status in (
        (TOWN, 200),
        (CAO, 200),
        (CITY, 200),
        (SHAN, 404),
        (STREET, 404),
        (VILLAGE, 404),
    ):
        browser = signed_in("leader", organisation)
        browser.get(address(organisation, reported), status=status)
        browser.get(cell(organisation, reported, "T02"), status=status)
        browser.get(address(TOWN, reported), status=200 if organisation == TOWN else 404)


def test_what_a_rate_is_divided_from_stands_below_its_title(reported, signed_in):
    for role, page in (
        ("reviewer", address(CAO, reported)),
        ("clerk", f"/o/{TOWN}/m/tiers/reports/training-bimonth/2026-b2"),
    ):
        shown = signed_in(role, CAO if role == "reviewer" else TOWN).get(page)
        formula = shown.html.find("small", string="Deputies trained ÷ Deputies in office (persons)")
        assert formula.find_parent(["th", "td"]).name == "th"


@pytest.mark.parametrize("text_", ["0", "z" * 64, "0" * 64, "%2e%2e", "%EF%BC%A1"])
def test_what_is_no_report_is_not_found(reported, signed_in, text_):
    signed_in("leader", TOWN).get(f"/o/{TOWN}/m/tiers/report/{text_}", status=404)


def test_the_direct_parent_endorses(reported, work, signed_in):
    page = signed_in("reviewer", CAO).get(address(CAO, reported))
    done = submit_form(page, "decision=endorse", reason="").follow()
    assert "The report is endorsed" in text(done)
    assert decided(work, reported).decision == "endorse"
    assert done.html.find(class_="status ok").get_text() == "Endorsed"


def test_the_direct_parent_returns_with_notes_at_figures(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    page = browser.get(address(CAO, reported))
    refused = submit_form(page, "decision=return", reason=" ")
    assert refused.status_int == 422
    assert "Say why" in text(refused)
    done = submit_form(
        refused, "decision=return", **{"reason": SCRIPT, "note.T02": f"Guests? {SCRIPT}"}
    ).follow()
    assert SCRIPT not in done.text
    assert "Guests?" in done.html.find("tr", id="T02").get_text()
    found = decided(work, reported)
    assert (found.decision, found.notes) == ("return", (("T02", "", f"Guests? {SCRIPT}"),))


def test_a_tab_that_is_behind_overturns_nothing_before_its_reader_has_seen_it(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    one, other = browser.get(address(CAO, reported)), browser.get(address(CAO, reported))
    submit_form(one, "decision=endorse", reason="").follow()
    said = {"reason": "Count again", "note.T02": "Guests?"}
    refused = submit_form(other, "decision=return", **said)
    assert refused.status_int == 409
    assert re.search(
        r"reviewer 371721 endorsed this report on \d{4}-\d\d-\d\d \d\d:\d\d, after you had", text(refused)
    )
    assert refused.html.find(class_="status ok").get_text() == "Endorsed"
    assert decided(work, reported).decision == "endorse"
    form = next(form for form in refused.forms.values() if "note.T02" in form.fields)
    assert {name: form[name].value for name in said} == said
    submit_form(refused, "decision=return").follow()
    assert decided(work, reported).reason == "Count again"
    late = submit_form(one, "decision=endorse", reason="")
    assert late.status_int == 409
    assert "returned this report on" in text(late)
    assert "Count again" in text(late)
    assert decided(work, reported).decision == "return"


def test_the_same_decision_from_two_tabs_is_one_decision(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    one, other = browser.get(address(CAO, reported)), browser.get(address(CAO, reported))
    submit_form(one, "decision=return", reason="Count again").follow()
    first = decided(work, reported)
    submit_form(other, "decision=return", reason="Count again").follow()
    assert decided(work, reported) == first


def test_of_a_decision_without_a_person_the_body_is_named(reported, work, clock, signed_in):
    page = signed_in("reviewer", CAO).get(address(CAO, reported))
    with work() as session:
        reviewing.decide(session, CAO, reported, "return", reason="why", actor=None, now=clock())
    refused = submit_form(page, "decision=endorse", reason="")
    assert "曹县 returned this report on" in text(refused)


def test_nobody_else_decides(reported, work, signed_in):
    for role, organisation in (("reviewer", CITY), ("clerk", CAO), ("leader", CAO), ("reviewer", TOWN)):
        browser = signed_in(role, organisation)
        assert "decision" not in browser.get(address(organisation, reported)).forms
        assert 'name="reason"' not in browser.get(address(organisation, reported)).text
        post(browser, address(organisation, reported), {"decision": "endorse"}, status=403)
    assert decided(work, reported) is None


def test_neither_endorsed_nor_returned_is_refused(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    post(browser, address(CAO, reported), {"decision": "burn", "reason": "x"}, status=422)
    assert decided(work, reported) is None


def test_a_correction_says_what_changed_and_takes_the_place_of_the_report(reported, work, clock, signed_in):
    clock.forward(minutes=5)
    with work() as session:
        chain.training(session, TOWN, ["庚"], now=clock())
        newer = chain.submit(session, TOWN, now=clock(), reason="One class was forgotten")
    browser = signed_in("reviewer", CAO)
    page = browser.get(address(CAO, newer))
    assert "Person-times trained: 2 → 3" in text(page)
    assert "One class was forgotten" in text(page)
    old = browser.get(address(CAO, reported))
    assert "Replaced by a newer revision" in text(old)
    assert 'name="reason"' not in old.text
    post(browser, address(CAO, reported), {"decision": "endorse"}, status=409)


def test_a_file_in_place_of_a_reason_or_a_decision_is_refused(reported, work, signed_in):
    browser = signed_in("reviewer", CAO)
    page = browser.get(address(CAO, reported))
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    for name, fields in (("reason", {"decision": "return"}), ("decision", {"reason": "why"})):
        sent = {"csrf_token": token, **fields}
        files = [(name, "a.txt", b"why"), ("note.T01", "a.txt", b"why")]
        browser.post(address(CAO, reported), sent, upload_files=files, status=422)
    assert decided(work, reported) is None


def test_each_figure_opens_what_it_was_made_from(reported, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(address(CITY, reported))
    link = page.html.find("tr", id="T02").find("td").find("a")["href"]
    evidence = browser.get(link)
    assert "These 2 records make up the reported figure" in text(evidence)
    assert row(evidence, "All together").endswith("2")
    assert "己" not in text(evidence)
    first = evidence.html.find("table", id="evidence").find_all("tr")[:2]
    assert [one.find("th").get_text() for one in first] == ["Row", "1"]
    assert f"/o/{TOWN}/r/" not in evidence.text
    assert "open for those with a role at 庄寨镇; you have none there" in text(evidence)


def test_the_live_record_opens_for_those_who_may_read_it_there(reported, work, clock, signed_in):
    page = signed_in("leader", TOWN).get(cell(TOWN, reported, "T01"))
    assert page.html.find("table", id="evidence").find("a")["href"].startswith(f"/o/{TOWN}/r/training_class/")
    with work() as session:
        account = session.query(Account).filter_by(login=f"leader-{CITY}").one()
        grant(session, account=account, organisation=TOWN, role="leader", now=clock())
    browser = signed_in("leader", CITY)
    link = browser.get(cell(CITY, reported, "T01")).html.find("table", id="evidence").find("a")["href"]
    browser.get(link, status=200)
    assert "you have none there" not in text(browser.get(cell(CITY, reported, "T01")))


def test_who_has_disabled_the_module_since_is_told_that_the_records_wait_for_it(
    reported, work, clock, signed_in
):
    with work() as session:
        chain.uses_only(session, TOWN, chain.SINCE, clock().date())
    page = signed_in("leader", TOWN).get(cell(TOWN, reported, "T01"))
    assert "The records themselves open again when their module is enabled." in text(page)
    assert "you have none there" not in text(page)


def test_evidence_stays_as_it_was_and_tells_its_keeper_what_changed(reported, work, clock, signed_in):
    with work() as session:
        chain.training(session, TOWN, ["庚"], now=clock())
    page = signed_in("clerk", TOWN).get(cell(TOWN, reported, "T02"))
    assert "These 2 records make up" in text(page)
    assert "1 records have changed since" in text(page)
    assert "changed since" not in text(signed_in("leader", CAO).get(cell(CAO, reported, "T02")))


def test_erased_evidence_is_said_and_the_figure_stays(reported, work, signed_in):
    with work() as session:
        session.execute(update(LedgerPart).values(content=None, erased=True))
    page = signed_in("leader", CAO).get(cell(CAO, reported, "T02"))
    assert "erased by an order" in text(page)
    assert "Person-times trained 2" in text(page)


@pytest.mark.parametrize("content", [b"{}", b"\xff", b"[" * 100_000, b'{"types":{},"rows":[[]]}'])
def test_evidence_that_cannot_be_read_is_said_and_breaks_nothing(reported, work, signed_in, content):
    with work() as session:
        session.execute(update(LedgerPart).values(content=content))
    for organisation in (TOWN, CAO):
        page = signed_in("leader", organisation).get(cell(organisation, reported, "T02"))
        assert "evidence of this report cannot be read" in text(page)
        assert "Person-times trained 2" in text(page)


@pytest.mark.parametrize("indicator", ["T01", "T02", "T03"])
def test_evidence_that_makes_up_another_figure_is_said(reported, work, signed_in, indicator):
    row_ = [indicator, "", "training_class", "x", 7, None, [None, 9, "?"]]
    said = {"types": {"training_class": ["title", "kind", "starts_on"]}, "rows": [row_]}
    with work() as session:
        session.execute(update(LedgerPart).values(content=json.dumps(said).encode()))
    page = signed_in("leader", CAO).get(cell(CAO, reported, indicator))
    assert "These records do not make up the reported figure" in text(page)


def test_the_figure_its_unit_and_nil_stand_apart(people, work, clock, signed_in):
    with work() as session:
        report = chain.submit(session, TOWN, now=clock())
    page = signed_in("leader", TOWN).get(cell(TOWN, report, "T02"))
    said = " ".join(page.html.find(class_="evidence").find("p").get_text().split())
    assert re.search(r" 0 \S+ nil report$", said)


@pytest.mark.parametrize("query", ["", "?indicator=T99", "?indicator=T04", "?indicator=T01&dimension=x"])
def test_a_figure_that_is_not_there_is_not_found(reported, signed_in, query):
    signed_in("leader", TOWN).get(address(TOWN, reported, f"/cell{query}"), status=404)
