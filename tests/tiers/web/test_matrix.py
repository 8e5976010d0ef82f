"""Who has reported, and what can be done about it in one click."""

import pytest
from sqlalchemy import func, select

from renda_tiers.reports.models import Nudge
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING
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
    assert county.html.find("a", href=f"/o/{CAO}/m/tiers/report/{reported.hex()}")
    assert "Reported 1/2" in text(county)


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


def test_reports_are_endorsed_together(reported, work, clock, signed_in):
    with work() as session:
        chain.submit(session, STREET, now=clock())
    browser = signed_in("reviewer", CAO)
    fields = [("organisation", TOWN), ("organisation", STREET)]
    page = browser.get(matrix(CAO, "&select=reported"))
    assert len(page.html.find_all("input", checked=True)) == 2
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    address = page.html.find("button", string="Endorse the selected")["formaction"]
    done = browser.post(address, [("csrf_token", token), *fields], status=303).follow()
    assert "Endorsed 2 reports" in text(done)
    with work() as session:
        assert chain.standing(session, TOWN, "endorsed") == reported


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


def test_the_city_looks_into_a_county_and_no_county_into_another(reported, signed_in):
    page = signed_in("leader", CITY).get(matrix(CITY, f"&at={CAO}"))
    assert "庄寨镇" in text(page)
    signed_in("leader", SHAN).get(matrix(SHAN, f"&at={CAO}"), status=404)
    signed_in("leader", SHAN).get(matrix(CAO), status=404)
    signed_in("leader", SHAN).get(matrix(SHAN, "&at=.."), status=404)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("template=none", 404),
        ("period=yesterday", 422),
        ("period=2026-05", 200),
        ("standing=none", 200),
        ("", 200),
    ],
)
def test_what_the_address_asks_for_is_shown_or_refused(people, signed_in, query, status):
    signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/matrix?{query}", status=status)
