"""What a phone shows first, and how much of it."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.chromium import PHONE
from tests.browser.touch import too_small
from tests.browser.visiting import Node
from tests.browser.world import CAO, CITY, TOWN
from tests.tiers.chain import SPRING

pytestmark = pytest.mark.browser

REGISTER = f"/o/{TOWN}/r/training_class"
MATRIX = f"/o/{CITY}/m/tiers/matrix"
CHART = f"/o/{CITY}/m/tiers/rollup/figure?template=training-bimonth&period={SPRING.code}&indicator=T02"
TWO_LINES = 110
TABLET = {"width": 1024, "height": 768}
DENSE = 37
"""Pixels of a row of one line where a mouse is used."""
_LABELS = """() => Array.from(document.querySelectorAll(".plot svg text"))
    .filter(one => /^[0-9,]+$/.test(one.textContent))
    .map(one => one.getBoundingClientRect()).map(box => [box.left, box.right, Math.round(box.top)])"""


@pytest.fixture
def page(node: Node) -> Iterator[Page]:
    """A phone's window of somebody who works for the town and the city."""
    with node.visit("town", PHONE) as visit:
        yield visit.page


@pytest.fixture
def city(node: Node) -> Iterator[Page]:
    """A phone's window of the city's reviewer."""
    with node.visit("city", PHONE) as visit:
        yield visit.page


def test_a_list_begins_on_the_first_screen(page: Page) -> None:
    page.goto(REGISTER)
    row = page.locator("#records tbody tr").first.bounding_box()
    assert row is not None
    assert row["y"] + row["height"] < PHONE["height"]


def test_filters_unfold_and_say_what_they_are_set_to(page: Page) -> None:
    page.goto(REGISTER)
    page.click(".fold summary")
    page.fill(".filters [name=q]", "代表法")
    page.click(".filters button")
    expect(page.locator(".filters [name=q]").first).to_be_hidden()
    expect(page.locator(".fold summary")).to_contain_text("代表法")
    page.goto(f"{REGISTER}?starts_on.from=nonsense")
    expect(page.locator("#f-starts_on\\.from-error").first).to_be_visible()


def test_filters_stay_open_on_a_wide_screen(node: Node) -> None:
    with node.visit("town") as visit:
        visit.page.goto(REGISTER)
        expect(visit.page.locator(".filters [name=q]").first).to_be_visible()
        expect(visit.page.locator(".fold summary").first).to_be_hidden()


def test_a_unit_takes_two_lines_of_the_matrix(city: Page) -> None:
    city.goto(MATRIX)
    heights = [row.bounding_box() for row in city.locator("#matrix tbody tr").all()]
    assert heights
    assert [box["height"] for box in heights if box and box["height"] > TWO_LINES] == []


def test_labels_of_a_chart_do_not_run_into_one_another(city: Page) -> None:
    def larger(route: Route) -> None:
        """Wide labels below, and long names that leave them little room."""
        text = re.sub(r'data-value="[0-9]+"', 'data-value="1480"', route.fetch().text())
        route.fulfill(
            body=text.replace("曹县", "菏泽经济技术开发区"), content_type="text/html; charset=utf-8"
        )

    city.route("**/rollup/figure?**", larger)
    city.goto(CHART)
    boxes = sorted(city.evaluate(_LABELS), key=lambda box: (box[2], box[0]))
    beside = [pair for pair in pairwise(boxes) if pair[0][2] == pair[1][2]]
    assert beside
    assert [pair for pair in beside if pair[0][1] + 4 > pair[1][0]] == []


def test_a_finger_has_room_on_a_tablet_and_a_mouse_has_dense_tables(node: Node) -> None:
    home = f"/o/{CAO}"
    with node.visit("caodeputy", TABLET, is_mobile=True, has_touch=True) as visit:
        visit.page.goto(home)
        assert too_small(visit.page, "phone") == []
    with node.visit("caodeputy", TABLET) as visit:
        visit.page.goto(home)
        row = visit.page.locator("#todo tbody tr").first.bounding_box()
        assert row is not None
        assert row["height"] <= DENSE
