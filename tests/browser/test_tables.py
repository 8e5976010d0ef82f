"""Tables stand on the page as a whole; only very long ones scroll inside."""

import pytest

from tests.browser.visiting import Node
from tests.browser.world import CITY

pytestmark = pytest.mark.browser

MATRIX = f"/o/{CITY}/m/tiers/matrix"
_REPEAT = """count => {
    const body = document.querySelector("#matrix tbody");
    const row = body.rows[0];
    while (body.rows.length < count) body.append(row.cloneNode(true));
}"""
_CUT = """() => { const region = document.querySelector(".region"); return region.scrollHeight > region.clientHeight + 1; }"""


def test_the_table_of_a_county_with_forty_townships_is_not_cut(node: Node) -> None:
    with node.visit("city") as visit:
        visit.page.goto(MATRIX)
        visit.page.evaluate(_REPEAT, 40)
        assert not visit.page.evaluate(_CUT)
        visit.page.evaluate("document.querySelector('.region').classList.add('long')")
        assert visit.page.evaluate(_CUT)
