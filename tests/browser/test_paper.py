"""Paper says what it shows: what was chosen stands on it in words, and nothing that only acts."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES, REGISTER, T02, address_of
from tests.browser.test_records import A4
from tests.browser.visiting import Node
from tests.browser.world import CITY

pytestmark = pytest.mark.browser

REPORT, PERIOD = "培训情况双月报", "2026年3—4月"
ROLLUP = f"/o/{CITY}/m/tiers/rollup"
CHOSEN = {
    "matrix": (f"/o/{CITY}/m/tiers/matrix", (REPORT, PERIOD), ()),
    "totals": (ROLLUP, (REPORT, PERIOD, "最新报送"), ("仅已审定",)),
    "endorsed totals": (f"{ROLLUP}?standing=endorsed", (REPORT, PERIOD, "仅已审定"), ("最新报送",)),
    "comparison": (f"{ROLLUP}/compare", (REPORT, PERIOD, "最新报送"), ()),
    "a total": (f"{ROLLUP}/figure?{T02}", (REPORT, PERIOD, "最新报送"), ("区划分布图",)),
    "a total over time": (f"{ROLLUP}/trend?{T02}", (REPORT, "最新报送"), ("仅已审定",)),
}
ACTING = "main button, main .button, main textarea, main select, main input"


def on_paper(page: Page) -> str:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 960})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= A4
    return page.inner_text("body")


@pytest.mark.parametrize("name", CHOSEN)
def test_what_was_chosen_stands_on_paper_in_words(node: Node, name: str) -> None:
    address, stands, gone = CHOSEN[name]
    with node.visit("city") as visit:
        visit.page.goto(address)
        paper = on_paper(visit.page)
        assert [one for one in stands if one not in paper] == []
        assert [one for one in gone if one in paper] == []


def test_a_list_on_paper_says_what_it_was_filtered_by(node: Node) -> None:
    with node.visit("town") as visit:
        visit.page.goto(f"{REGISTER}?q=代表法")
        paper = on_paper(visit.page)
        assert "代表法" in paper.partition("名称")[0]


@pytest.mark.parametrize(
    "name", ["record", "matter", "report", "task", "response", "matrix", "suggestion to be rated"]
)
def test_nothing_that_only_acts_is_printed(node: Node, name: str) -> None:
    shown = PAGES[name]
    with node.visit(shown.login) as visit:
        visit.page.goto(address_of(shown, node.world))
        on_paper(visit.page)
        found: Any = visit.page.locator(ACTING).all()
        assert [one.evaluate("one => one.outerHTML") for one in found if one.is_visible()] == []
