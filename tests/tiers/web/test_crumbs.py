"""Who went down to a report finds the way back up, step by step, in the breadcrumb."""

import pytest

from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, TOWN, TRAINING
from tests.tiers.web.conftest import submit_form

QUERY = f"template={TRAINING}&period={SPRING.code}"


def crumbs(page):
    """Words and addresses of the steps after the organisations."""
    links = page.html.find("nav", class_="crumbs").find_all("a")
    return [(one.get_text(), one["href"]) for one in links if "/m/tiers/" in one["href"]]


def names(page):
    return [name for name, _href in crumbs(page)]


def opened(browser, page, ident, index=0):
    """The page that a link in a row of a table leads to."""
    row = next(one for one in page.html.find_all("tr") if ident in one.get_text())
    return browser.get(row.find_all("a")[index]["href"])


def test_from_a_total_down_to_the_evidence_and_back(reported, signed_in):
    browser = signed_in("leader", CITY)
    address = f"/o/{CITY}/m/tiers/rollup/figure?{QUERY}&standing=latest&indicator=T02&at={CAO}"
    figure = browser.get(address)
    report = opened(browser, figure, "庄寨镇")
    assert names(report) == ["Totals", "Person-times trained", "曹县"]
    evidence = opened(browser, report, "Person-times trained")
    assert names(evidence)[:3] == ["Totals", "Person-times trained", "曹县"]
    assert "庄寨镇" in names(evidence)[3]
    back = browser.get(crumbs(evidence)[3][1])
    assert names(back) == ["Totals", "Person-times trained", "曹县"]
    county = browser.get(crumbs(evidence)[2][1])
    assert county.html.find("h1").get_text() == figure.html.find("h1").get_text()
    whole = browser.get(crumbs(evidence)[1][1])
    assert whole.html.find("h1").get_text() == "菏泽市: Person-times trained"
    assert "曹县" in whole.html.find("table").get_text()


def test_the_standing_is_kept_on_the_way(reported, signed_in):
    browser = signed_in("leader", CITY)
    figure = f"/o/{CITY}/m/tiers/rollup/figure?{QUERY}&standing=endorsed&indicator=T02&at={CAO}"
    report = browser.get(
        f"/o/{CITY}/m/tiers/report/{reported.hex()}?via=figure&standing=endorsed&indicator=T02&at={CAO}"
    )
    assert all("standing=endorsed" in href for _name, href in crumbs(report))
    assert browser.get(figure).status_int == 200


def test_from_the_matrix_of_a_county_and_back(reported, signed_in):
    browser = signed_in("leader", CITY)
    matrix = browser.get(f"/o/{CITY}/m/tiers/matrix?{QUERY}&at={CAO}")
    report = opened(browser, matrix, "庄寨镇")
    assert names(report) == ["Who has reported", "曹县"]
    assert "庄寨镇" in browser.get(crumbs(report)[1][1]).text


@pytest.mark.parametrize("query", ["", "?via=nothing", "?at=999999", "?via=figure&indicator=T99"])
def test_who_came_by_no_page_gets_the_way_that_there_is(reported, signed_in, query):
    address = f"report/{reported.hex()}{query}"
    assert names(signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/{address}")) == [
        "Who has reported",
        "曹县",
    ]
    assert names(signed_in("leader", CAO).get(f"/o/{CAO}/m/tiers/{address}")) == ["Who has reported"]
    own = names(signed_in("leader", TOWN).get(f"/o/{TOWN}/m/tiers/{address}"))
    assert own in (["Form of the report"], ["Who has reported"])


def test_a_county_s_own_report_leads_back_to_where_it_stands(reported, work, clock, signed_in):
    with work() as session:
        chain.submit(session, CAO, now=clock())
    browser = signed_in("leader", CITY)
    inside = browser.get(f"/o/{CITY}/m/tiers/rollup/figure?{QUERY}&indicator=T02&at={CAO}")
    assert names(opened(browser, inside, "曹县 itself")) == ["Totals", "Person-times trained", "曹县"]
    matrix = browser.get(f"/o/{CITY}/m/tiers/matrix?{QUERY}")
    assert names(opened(browser, matrix, "曹县", index=-1)) == ["Who has reported"]


def test_a_decision_keeps_the_way(reported, signed_in):
    browser = signed_in("reviewer", CAO)
    page = opened(browser, browser.get(f"/o/{CAO}/m/tiers/rollup/figure?{QUERY}&indicator=T02"), "庄寨镇")
    done = submit_form(page, "decision=endorse", reason="").follow()
    assert names(done) == names(page) == ["Totals", "Person-times trained"]
