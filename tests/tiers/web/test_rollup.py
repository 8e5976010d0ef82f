"""Totals with their coverage, and the way from a total down to the record."""

import re

import pytest

from renda_tiers.reports import reviewing, standings
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING, TYPED, VILLAGE
from tests.tiers.web.conftest import row, text

QUERY = f"template={TRAINING}&period={SPRING.code}"


def rollup(organisation, more="", page=""):
    return f"/o/{organisation}/m/tiers/rollup{page}?{QUERY}{more}"


@pytest.fixture
def four(trained, work, clock):
    """Reports of the town, the village, the county above the town and the city; the town's is endorsed."""
    with work() as session:
        chain.training(session, VILLAGE, ["辛", "共"], now=clock())
        chain.training(session, CAO, ["丙", "丁", "共"], now=clock())
        sent = {code: chain.submit(session, code, now=clock()) for code in (TOWN, VILLAGE, CAO, CITY)}
        reviewing.decide(session, CAO, sent[TOWN], standings.ENDORSE, actor=None, now=clock())
    return sent


def test_every_total_stands_beside_its_coverage(four, signed_in):
    page = signed_in("leader", CITY).get(rollup(CITY))
    assert "7 counted 4 of 6 4 late 2 missing 1 nil 2 not endorsed" in row(page, "Person-times trained")
    assert "5 counted 4 of 6" in row(page, "Deputies trained")
    ratio = row(page, "Training coverage")
    assert "Deputies trained ÷ Deputies in office (persons)" in ratio
    assert "counted 4 of 6" in ratio
    formula = page.html.find("small", string="Deputies trained ÷ Deputies in office (persons)")
    assert formula.find_parent(["th", "td"]).name == "th"


def test_the_endorsed_standing_counts_what_was_endorsed(four, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(rollup(CITY)).click("Endorsed reports only")
    assert "2 counted 2 of 6" in row(page, "Person-times trained")
    assert "standing=endorsed" in page.html.find("tr", class_=None).find_next("td").find("a")["href"]


def test_a_total_opens_down_to_the_record(four, signed_in):
    browser = signed_in("leader", CITY)
    city = browser.get(browser.get(rollup(CITY)).html.find("a", string="7")["href"])
    county = city.click("曹县")
    assert row(county, "All together").startswith("All together 5")
    report = county.click("庄寨镇")
    assert report.request.path.endswith(four[TOWN].hex())
    evidence = browser.get(report.html.find("tr", id="T02").find("td").find("a")["href"])
    assert "These 2 records make up the reported figure" in text(evidence)
    crumbs = county.html.find("nav", class_="crumbs")
    assert [one.get_text() for one in crumbs.find_all("a")][-2:] == ["Totals", "Person-times trained"]


@pytest.mark.parametrize("at", [CITY, CAO, SHAN])
def test_the_rows_add_up_to_the_total(four, signed_in, at):
    page = signed_in("leader", CITY).get(rollup(CITY, f"&indicator=T02&at={at}", "/figure"))
    rows = page.html.find("table", id="parts").find("tbody").find_all("tr")
    values = [int(one.find("td")["data-value"] or 0) for one in rows]
    assert sum(values[:-1]) == values[-1] > 0
    assert page.html.find("figure", attrs={"data-chart": "bar"})["data-table"] == "parts"


def test_persons_are_counted_once_and_the_page_says_so(four, signed_in):
    page = signed_in("leader", CITY).get(rollup(CITY, "&indicator=T03", "/figure"))
    assert "counted once over all organisations" in text(page)
    assert row(page, "All together").startswith("All together 5")


def test_a_leaf_has_totals_of_its_own(four, signed_in):
    page = signed_in("leader", TOWN).get(rollup(TOWN))
    assert "2 counted 1 of 1" in row(page, "Person-times trained")


def test_remarks_are_listed_and_escaped(typed, work, clock, signed_in):
    from renda_tiers.reports import entering, submission

    said = {
        ("X1", ""): entering.read(typed.line("X1"), "约35000"),
        ("X2", ""): entering.read(typed.line("X2"), "≥9"),
    }
    said |= {("X3", ""): entering.read(typed.line("X3"), "<script>alert(1)</script>")}
    with work() as session:
        entering.enter(session, STREET, typed, SPRING, said, author=None, now=clock())
        submission.submit(session, STREET, TYPED, SPRING, actor=None, now=clock())
    browser = signed_in("leader", CITY)
    address = f"/o/{CITY}/m/tiers/rollup?template={TYPED}&period={SPRING.code}"
    page = browser.get(address)
    assert "about 35,000" in row(page, "X1")
    assert re.search(r"at least ≥ 9", row(page, "X2"))
    remarks = browser.get(address.replace("rollup?", "rollup/figure?") + f"&indicator=X3&at={CAO}")
    assert "<script>alert(1)" not in remarks.text
    assert "<script>alert(1)</script>" in text(remarks)


@pytest.mark.parametrize(
    ("more", "page", "status"),
    [
        (f"&at={VILLAGE}", "", 404),
        ("&at=999999", "", 404),
        ("&indicator=T99", "/figure", 404),
        ("&indicator=T04", "/figure", 404),
        ("&indicator=T01&meaning=none", "/figure", 404),
        ("", "/figure", 404),
        ("&period=nonsense", "", 422),
    ],
)
def test_what_is_not_there_is_not_found(four, signed_in, more, page, status):
    signed_in("leader", CAO).get(rollup(CAO, more, page), status=status)


def test_other_organisations_are_not_found(four, signed_in):
    for page in ("", "/figure"):
        signed_in("leader", SHAN).get(rollup(CAO, "&indicator=T02", page), status=404)
