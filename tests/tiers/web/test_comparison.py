"""A period beside the one before and that of last year, and a figure over time."""

from datetime import UTC, datetime

import pytest

from renda_tiers.reports import entering, submission
from tests.tiers import chain
from tests.tiers.chain import CITY, SPRING, TOWN, TYPED, VILLAGE
from tests.tiers.web.conftest import row, text

QUERY = f"template={TYPED}&period={SPRING.code}"
COMPARE = f"/o/{CITY}/m/tiers/rollup/compare?{QUERY}"
TREND = f"/o/{CITY}/m/tiers/rollup/trend?{QUERY}"


def say(work, template, code, period, *texts):
    said = {
        (line.indicator, ""): entering.read(line, words)
        for line, words in zip(template.lines, texts, strict=True)
    }
    now = datetime(period.end.year, period.end.month, period.end.day, 4, tzinfo=UTC)
    with work() as session:
        entering.enter(session, code, template, period, said, author=None, now=now)
        submission.submit(session, code, TYPED, period, actor=None, now=now)


@pytest.fixture
def year(typed, work):
    """Two bodies in winter, one in spring, and one in the spring before."""
    winter, before = SPRING.previous(), SPRING.year_before()
    say(work, typed, TOWN, before, "4", "9", "/")
    say(work, typed, TOWN, winter, "2", "10", "一条")
    say(work, typed, VILLAGE, winter, "6", "5", "/")
    say(work, typed, TOWN, SPRING, "5", "12", "/")
    return typed


def test_a_period_stands_beside_the_one_before_and_that_of_last_year(year, signed_in):
    page = signed_in("leader", CITY).get(COMPARE)
    first = row(page, "X1")
    assert "5 counted 1 of 6" in first
    assert "8 counted 2 of 6" in first
    assert "3（37.5%） fewer" in first
    assert "4 counted 1 of 6" in first
    assert "1（25.0%） more" in first
    assert "13 counted 3 of 12" in first
    assert "17 counted 3 of 12" in row(page, "X2")
    assert "more" not in row(page, "X3")


def test_a_figure_over_time_is_drawn_from_its_table(year, signed_in):
    browser = signed_in("leader", CITY)
    page = browser.get(browser.get(COMPARE).html.find("a", class_="over")["href"])
    assert page.html.find("figure", attrs={"data-chart": "line"})["data-table"] == "trend"
    rows = page.html.find("table", id="trend").find("tbody").find_all("tr")
    assert len(rows) == 6 + 2
    assert [one.find("td")["data-value"] for one in rows] == ["", "4", "", "", "", "", "8", "5"]
    last = " ".join(rows[-1].get_text(" ").split())
    assert "3（37.5%） fewer" in last
    assert "1（25.0%） more" in last
    figure = browser.get(rows[-1].find("a")["href"])
    assert row(figure, "All together").startswith("All together 5")


def test_a_figure_that_was_defined_differently_is_shown_and_not_subtracted(year, work, signed_in):
    lines = [chain.typed_line("X1", unit="person"), *map(chain.typed_line, ("X2", "X3"))]
    with work() as session:
        revised = chain.typed_template(session, *lines, now=datetime(2026, 4, 1, tzinfo=UTC))
    say(work, revised, VILLAGE, SPRING, "7", "5", "1")
    browser = signed_in("leader", CITY)
    page = browser.get(COMPARE)
    rows = [" ".join(one.get_text(" ").split()) for one in page.html.select("#compared tbody tr")]
    new, old = [one for one in rows if "指标X1" in one or one.startswith("X1")]
    assert "Defined differently" in new
    assert "Defined differently" in old
    assert "7 counted" in new
    assert "more" not in new
    assert "5 counted" in old
    assert "3（37.5%） fewer" in old
    trend = browser.get(f"{TREND}&indicator=X1")
    winter = trend.html.find("table", id="trend").find("tbody").find_all("tr")[-2]
    assert "Defined differently" in winter.get_text()
    assert winter.find("td")["data-value"] == ""


def test_what_is_not_there_is_not_found(year, signed_in):
    browser = signed_in("leader", CITY)
    for figure in ("X9", "X3"):
        browser.get(f"{TREND}&indicator={figure}", status=404)
    browser.get(f"{TREND}&indicator=X1&meaning=none", status=404)


def test_a_span_is_compared_with_nothing(people, work, signed_in):
    from renda.indicators.periods import Period

    span = Period.parse("2026-03-01..2026-03-20")
    with work() as session:
        template = chain.typed_template(
            session, chain.typed_line("X1"), now=chain.FOUNDED, period="span", lock_days=None
        )
        said = {("X1", ""): entering.read(template.line("X1"), "3")}
        now = datetime(2026, 3, 21, tzinfo=UTC)
        entering.enter(session, TOWN, template, span, said, author=None, now=now)
        submission.submit(session, TOWN, TYPED, span, actor=None, now=now)
    browser = signed_in("leader", CITY)
    page = browser.get(f"/o/{CITY}/m/tiers/rollup/compare?template={TYPED}&period={span.code}")
    assert "3 counted 1 of 6" in row(page, "X1")
    assert "Against last year" not in text(page)
    trend = browser.get(page.html.find("a", class_="over")["href"])
    assert trend.html.find("figure", class_="chart") is None


def test_without_templates_there_is_nothing_to_compare(people, signed_in, work):
    page = signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/rollup/compare")
    assert "Compare periods" in page.html.find("h1").get_text()
