"""Every page, at the width of an office screen and of a phone."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.pages import PAGES, address_of, pattern_of, patterns
from tests.browser.touch import too_small
from tests.browser.visiting import Node, Visit
from tests.browser.world import CITY

pytestmark = pytest.mark.browser

_log = logging.getLogger(__name__)

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HEAVIEST = 120 * 1024
NAMES = {
    "English",
    "Excel",
    "Word",
    "WPS",
    "PDF",
    "Ctrl",
    "Shift",
    "OpenAPI",
    "JSON",
    "ETag",
    "Match",
    "errors",
    "next",
    "https",
    "webhook_hosts",
}
"""Words in Latin letters that a Chinese page may hold."""
CUT = """select => {
    const text = document.createElement("span"), look = getComputedStyle(select);
    text.textContent = select.options[select.selectedIndex].textContent = "十年工作成果（公开数据）";
    text.style.cssText = `position: absolute; white-space: nowrap; font: ${look.font}`;
    document.body.append(text);
    const arrow = 24;
    return [select.name, text.offsetWidth + parseFloat(look.paddingLeft) + arrow, select.clientWidth];
}"""
"""Name of a selection, how wide it would have to be to show a long value in full, and how wide it is."""

OF_LINKS = "/o/{org}/m/tiers/node"
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@dataclass(frozen=True)
class Looked:
    """A visit that has arrived."""

    name: str
    size: str
    visit: Visit
    weight: int


@pytest.fixture(scope="module", params=[(name, size) for size in SIZES for name in PAGES], ids=" at ".join)
def looked(request: pytest.FixtureRequest, node: Node) -> Iterator[Looked]:
    """Each page at each size, loaded once for all the tests of it."""
    name, size = request.param
    shown = PAGES[name]
    address = address_of(shown, node.world)
    with node.visit(shown.login, SIZES[size]) as visit:
        answer = visit.page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == shown.status, visit.page.inner_text("body")
        weight = visit.weight()
        if shown.then:
            shown.then(visit.page)
        if shown.to:
            assert pattern_of(urlsplit(visit.page.url).path, {shown.to}), visit.page.url
        yield Looked(name, size, visit, weight)


def test_every_page_is_looked_at(node: Node, registry: Any) -> None:
    """Those that the application has, told by its own views; `test_node.py` looks at those of links."""
    there = {one for one in patterns(registry) if not one.startswith(OF_LINKS)}
    seen = {shown.to or pattern_of(address_of(shown, node.world), there) for shown in PAGES.values()}
    assert there - seen == set()


def test_nothing_goes_wrong(looked: Looked) -> None:
    """No console error, nothing refused by the policy, no failed request but the refusal that was asked for."""
    asked = "Failed to load resource: the server responded with a status of 4"
    refused = PAGES[looked.name].status != 200 or PAGES[looked.name].then is not None
    found = [one for one in looked.visit.complaints if not (refused and one.startswith(asked))]
    assert found == []


def test_axe_finds_nothing(looked: Looked) -> None:
    page = looked.visit.page
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wrong = []
    for one in found["violations"]:
        said = f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:3])
        if set(one["tags"]) & set(RULES):
            wrong.append(said)
        else:
            _log.info("good practice: %s", said)
    assert wrong == []


def test_the_page_never_scrolls_sideways(looked: Looked) -> None:
    wide, seen = looked.visit.page.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
    )
    assert wide <= seen


NARROWEST = 320
"""Pixels of the smallest phones, and of an office screen that is enlarged to four times its size."""
_NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def width_at_the_narrowest(page: Any) -> int:
    """How wide a page is that has been made as narrow as can be; it is as it was afterwards."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": PHONE["height"]})
    page.evaluate(_NEXT_FRAME)
    wide: int = page.evaluate("document.scrollingElement.scrollWidth")
    page.set_viewport_size(before)
    page.evaluate(_NEXT_FRAME)
    return wide


def test_the_page_never_scrolls_sideways_at_the_narrowest(looked: Looked) -> None:
    assert width_at_the_narrowest(looked.visit.page) <= NARROWEST


def test_whatever_is_touched_is_large_enough(looked: Looked) -> None:
    assert too_small(looked.visit.page, looked.size) == []


CODES = "[name=code], [autocomplete=username], [autocomplete=one-time-code], .find"
"""What is typed besides text: codes, names of accounts, and parts of a name that narrow a choice."""
_UNGUARDED = """codes => Array.from(document.querySelectorAll("main form[method=post]:not([data-guard])"))
    .filter(form => !form.matches("[data-carries]"))
    .filter(form => Array.from(form.querySelectorAll("textarea, input[type=text]")).some(one => !one.matches(codes)))
    .map(form => form.outerHTML.slice(0, 120))"""


def test_what_is_typed_is_not_left_without_a_question(looked: Looked) -> None:
    """Forms with text ask before their page is left, and keep it where a session has ended."""
    assert looked.visit.page.evaluate(_UNGUARDED, CODES) == []


_CUT_OFF = """() => Array.from(document.querySelectorAll("main select:not([multiple])"))
    .filter(select => select.checkVisibility({visibilityProperty: true}) && select.selectedIndex >= 0)
    .filter(select => !select.closest("details:not([open])"))
    .map(select => {
        const text = document.createElement("span"), look = getComputedStyle(select);
        text.textContent = select.options[select.selectedIndex].textContent;
        text.style.cssText = `position: absolute; white-space: nowrap; font: ${look.font}`;
        document.body.append(text);
        const needed = text.offsetWidth + parseFloat(look.paddingLeft);
        text.remove();
        return [select.name, needed, select.clientWidth];
    }).filter(([_name, needed, wide]) => needed > wide)"""


def test_what_is_chosen_can_be_read_to_its_end(looked: Looked) -> None:
    assert looked.visit.page.evaluate(_CUT_OFF) == []


def test_the_page_speaks_chinese(looked: Looked) -> None:
    """Words in Latin letters are names of formats and keys and nothing else, except in code."""
    looked.visit.page.evaluate(
        "document.querySelectorAll('code, pre').forEach(one => { one.hidden = true; })"
    )
    words = set(re.findall(r"(?<![\w.])[A-Za-z_]{3,}(?!\w)", looked.visit.page.inner_text("body")))
    assert words - NAMES == set()


def test_what_is_loaded_is_light(looked: Looked) -> None:
    """As a proxy would compress it; charts do not count."""
    assert looked.weight <= HEAVIEST


@pytest.mark.parametrize(("login", "address"), [(None, "/sign-in"), ("city", f"/o/{CITY}")])
def test_a_first_page_is_light_on_the_wire(node: Node, login: str | None, address: str) -> None:
    """Page, styles, scripts and fonts with their headers, as the web process sends them, with nothing kept.

    A proxy that compresses files makes it less.
    """
    with node.visit(login) as visit:
        visit.page.goto(address, wait_until="networkidle")
        sizes = [one.request.sizes() for one in visit.responses]
    assert len(sizes) > 2
    assert sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) <= HEAVIEST


@pytest.mark.parametrize("page", ["matrix", "rollup"])
@pytest.mark.parametrize("size", SIZES)
def test_a_selection_shows_its_whole_value(node: Node, page: str, size: str) -> None:
    with node.visit("city", SIZES[size]) as visit:
        visit.page.goto(f"/o/{CITY}/m/tiers/{page}")
        # On a phone a script folds them.
        visit.page.evaluate("document.querySelectorAll('details.fold').forEach(one => { one.open = true; })")
        found = [one.evaluate(CUT) for one in visit.page.locator(".filters select").all()]
        assert found
        assert [name for name, needed, wide in found if needed > wide] == []


STYLE = "(one, name) => getComputedStyle(one)[name]"


@pytest.mark.parametrize("size", SIZES)
def test_filters_stand_at_the_top_of_their_frame_and_formulas_are_no_titles(node: Node, size: str) -> None:
    with node.visit("city", SIZES[size]) as visit:
        visit.page.goto(f"/o/{CITY}/m/tiers/rollup")
        fields = visit.page.locator(".filters > .field").all()
        assert {one.evaluate(STYLE, "marginTop") for one in fields} == {"0px"}
        notes = visit.page.locator("tbody th .note").all()
        assert {one.evaluate(STYLE, "fontWeight") for one in notes} == {"400"}
