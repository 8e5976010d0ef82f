"""The map of divisions: one square for each body below, and never more than its table says."""

import pytest

from renda.indicators.folds import EMPTY, Folded
from renda.indicators.kinds import Status
from renda_tiers.rollup.coverage import Coverage
from renda_tiers.rollup.explain import Part
from renda_tiers.web import tiles
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN
from tests.tiers.web.conftest import text
from tests.tiers.web.test_rollup import rollup

FIGURE = "&indicator=T02"


def squares(page):
    """Words and look of each square, in their order."""
    return [(" ".join(one.get_text(" ").split()), one["class"][1]) for one in page.html.select("#map .tile")]


@pytest.fixture
def two(trained, work, clock):
    """Reports of two places of one county; the other county has not reported."""
    with work() as session:
        chain.training(session, CAO, ["丙", "丁", "共"], now=clock())
        for code in (TOWN, CAO):
            chain.submit(session, code, now=clock())


@pytest.fixture
def page(two, signed_in):
    return signed_in("leader", CITY).get(rollup(CITY, f"{FIGURE}&chart=map", "/figure"))


def test_each_body_below_has_a_square_in_the_order_of_the_codes(page):
    assert CAO < SHAN
    assert squares(page) == [("曹县 5 1 missing", "step-1"), ("单县 Not reported", "lacks")]


def test_the_table_stands_beside_the_map(page):
    assert page.html.find("table", id="parts") or page.html.select("#parts table")
    assert page.html.find("figure", attrs={"data-chart": True}) is None
    assert not page.html.select('script[src*="echarts"]')


def test_the_legend_names_the_shades_and_what_is_hatched(page):
    assert text(page).count("Hatched: no figure") == 1
    assert [one.get_text() for one in page.html.select(".legend li")] == ["5", "Hatched: no figure"]


def test_a_link_changes_between_bars_and_map_and_all_links_keep_to_it(page):
    bars = page.click("Bars")
    assert bars.html.find("figure", attrs={"data-chart": "bar"})
    assert bars.html.find(id="map") is None
    assert bars.click("Map of divisions").html.find(id="map")
    assert page.click("Endorsed reports only").html.find(id="map")
    below = page.click("曹县", index=0)
    assert below.html.find(id="map")
    assert below.click("Person-times trained", index=0).html.find(id="map")


def test_what_waits_for_a_review_is_not_said_to_be_missing(page):
    endorsed = page.click("Endorsed reports only").click("曹县", index=0)
    words = [said for said, _look in squares(endorsed)]
    assert any(said.endswith("Not endorsed") for said in words)
    assert any(said.endswith("Not reported") for said in words)


def test_remarks_and_bodies_without_others_below_have_no_map(page, signed_in):
    below = signed_in("leader", STREET).get(rollup(STREET, f"{FIGURE}&chart=map", "/figure"))
    assert below.html.find(id="map") is None


def test_a_chart_that_there_is_not_shows_bars(two, signed_in):
    page = signed_in("leader", CITY).get(rollup(CITY, f"{FIGURE}&chart=globe", "/figure"))
    assert page.html.find("figure", attrs={"data-chart": "bar"})


def part(code, figure, **covered):
    return Part(code, f"{code}县", False, figure, Coverage(**covered), None, True)


def test_the_eleven_counties_of_a_city_are_told_apart_by_five_shades():
    said = {"status": Status.REPORTED, "reported": 1}
    codes = [f"3717{number:02}" for number in range(2, 13)]
    values = [3, 90, 45, 0, 17, 88, 61, None, 33, 90, None]
    parts = [
        part(code, EMPTY if value is None else Folded(value=value, **said), expected=15, reported=15)
        for code, value in zip(codes, values, strict=True)
    ]
    parts[7] = part(codes[7], EMPTY, expected=15, missing=15)
    parts[10] = part(codes[10], Folded(status=Status.NOT_APPLICABLE), expected=15, not_applicable=15)
    itself = Part("371700", "市", True, Folded(value=999, **said), Coverage(), None, True)
    cells = {code: {"href": f"/{code}"} for code in codes}
    found = tiles.drawn([itself, *reversed(parts)], cells, str)
    assert [one["href"] for one in found["tiles"]] == [f"/{code}" for code in codes]
    assert [one["step"] for one in found["tiles"]] == [1, 5, 3, 1, 1, 5, 4, 0, 2, 5, 0]
    assert [one["words"] for one in found["legend"]] == ["0–18", "19–37", "38–56", "57–75", "76–90"]
    assert [one["lacks"] for one in found["tiles"]].count(True) == 1
    assert [one["words"] for one in found["tiles"] if one["words"]] == ["Not reported", "not applicable"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([7, 7], [(7, 7)]),
        ([0, 1], [(0, 0), (1, 1)]),
        ([1, 2, 3], [(1, 1), (2, 2), (3, 3)]),
        ([1, 11], [(1, 3), (4, 6), (7, 9), (10, 11)]),
        ([-3, 20], [(-3, 1), (2, 6), (7, 11), (12, 16), (17, 20)]),
        ([0, 10**12], None),
    ],
)
def test_shades_cover_every_value_once(values, expected):
    found = tiles.steps(values)
    if expected is not None:
        assert found == expected
    assert len(found) <= tiles.STEPS
    for value in values:
        assert len([one for one in found if one[0] <= value <= one[1]]) == 1
