"""Every page, at the width of an office screen and of a phone."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.visiting import Node, Visit
from tests.browser.world import CAO, CITY, STREET, TOWN, World
from tests.tiers.chain import SPRING

pytestmark = pytest.mark.browser

_log = logging.getLogger(__name__)

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HEAVIEST = 120 * 1024
SMALLEST_TARGET = {"desktop": 24, "phone": 44}
CUT = """select => {
    const text = document.createElement("span"), look = getComputedStyle(select);
    text.textContent = select.options[select.selectedIndex].textContent = "十年工作成果（公开数据）";
    text.style.cssText = `position: absolute; white-space: nowrap; font: ${look.font}`;
    document.body.append(text);
    const arrow = 24;
    return text.offsetWidth + parseFloat(look.paddingLeft) + arrow > select.clientWidth;
}"""
"""Whether a selection cannot show a long value in full."""

SIZES = {"desktop": DESKTOP, "phone": PHONE}
FORM = f"/o/{TOWN}/m/tiers/reports/training-bimonth/{SPRING.code}"
T02 = f"template=training-bimonth&period={SPRING.code}&indicator=T02"
DEPUTIES = f"/o/{CAO}/m/core/deputies"
CONFIRM = f"/o/{CITY}/m/tiers/policies/confirm?module=training&rule=forbid&tier=township&since=2026-05-06"


@dataclass(frozen=True)
class Shown:
    """A page: who reads it, where it is, and what is done there before it is looked at."""

    login: str | None
    address: str | Callable[[World], str]
    then: Callable[[Any], Any] | None = None
    status: int = 200


def _send_empty(page: Any) -> None:
    page.click("form.panel button.primary")
    page.wait_for_selector(".summary.bad")


def _answer_empty(page: Any) -> None:
    page.click("[name=do][value=answer]")
    page.wait_for_selector(".summary.bad")


def _refuse(page: Any) -> None:
    page.fill("[name=login]", "nobody")
    page.fill("[name=password]", "wrong-password")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".summary.bad")


def _open_all(page: Any) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def _check_task(page: Any) -> None:
    page.fill("[name=title]", "开展优化营商环境联动监督")
    page.click("button[value=check]")
    page.wait_for_selector("[name=files]")


def _check_nothing(page: Any) -> None:
    page.click("button[value=check]")
    page.wait_for_selector(".summary.bad")


def _person(world: World) -> str:
    return world.deputy.split("/")[1]


def _end_without_reason(page: Any) -> None:
    page.click("[name=do][value=end]")
    page.wait_for_selector(".summary.bad")


def _give_roster(page: Any) -> None:
    content = "姓名,届,开始日期\n王小明,18,2017-01-10\n李梅,,\n".encode()
    page.set_input_files("[name=file]", {"name": "名册.csv", "mimeType": "text/csv", "buffer": content})
    page.click("form.panel button.primary")
    page.wait_for_selector("#questions")


def _attach_wrong(page: Any) -> None:
    content = {"name": "现场.png", "mimeType": "image/png", "buffer": b"<script>"}
    page.set_input_files("#attachments [name=file]", content)
    page.click("#attachments button[value=add]")
    page.wait_for_selector(".summary.bad")


PAGES = {
    "sign-in": Shown(None, "/sign-in"),
    "sign-in refused": Shown(None, "/sign-in", _refuse),
    "first sign-in": Shown(None, "/first-sign-in"),
    "home of a clerk": Shown("town", f"/o/{TOWN}"),
    "home of a reviewer": Shown("cao", f"/o/{CAO}"),
    "home of the city": Shown("city", f"/o/{CITY}"),
    "choice of an organisation": Shown("counties", "/"),
    "password": Shown("town", "/password"),
    "help": Shown("town", "/help"),
    "register": Shown("town", f"/o/{TOWN}/r/training_class"),
    "register filtered to nothing": Shown("town", f"/o/{TOWN}/r/training_class?q=没有这样的班"),
    "columns and views": Shown("town", f"/o/{TOWN}/r/training_class/arrange"),
    "a step of many records": Shown("town", f"/o/{TOWN}/r/training_class/bulk?of=all&step=reopen"),
    "a step that they cannot take": Shown("town", f"/o/{TOWN}/r/training_class/bulk?of=all&step=hold"),
    "new record": Shown("town", f"/o/{TOWN}/r/training_class/new"),
    "new record with errors": Shown("town", f"/o/{TOWN}/r/training_class/new", _send_empty),
    "record": Shown("town", lambda world: f"/o/{TOWN}/r/training_class/{world.classes[TOWN]}", _open_all),
    "record with a file that is refused": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/r/training_class/{world.classes[CAO]}", _attach_wrong
    ),
    "reports": Shown("town", f"/o/{TOWN}/m/tiers/reports"),
    "report form": Shown("town", FORM),
    "confirmation": Shown("town", f"{FORM}/confirm"),
    "report": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[STREET]}"),
    "report that was returned": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[TOWN]}"),
    "evidence": Shown(
        "cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[STREET]}/cell?indicator=T02"
    ),
    "matrix": Shown("city", f"/o/{CITY}/m/tiers/matrix"),
    "matrix of a county": Shown("city", f"/o/{CITY}/m/tiers/matrix?at={CAO}"),
    "roll-up": Shown("city", f"/o/{CITY}/m/tiers/rollup"),
    "roll-up of endorsed reports": Shown("city", f"/o/{CITY}/m/tiers/rollup?standing=endorsed"),
    "comparison of periods": Shown("city", f"/o/{CITY}/m/tiers/rollup/compare"),
    "a total over time": Shown("city", f"/o/{CITY}/m/tiers/rollup/trend?{T02}"),
    "publishing": Shown("city", f"/o/{CITY}/m/tiers/rollup/publish?standing=endorsed"),
    "publications": Shown("town", f"/o/{TOWN}/m/tiers/publications"),
    "publication": Shown("city", lambda world: f"/o/{CITY}/m/tiers/publication/{world.published[1]}"),
    "publication read below": Shown(
        "town", lambda world: f"/o/{TOWN}/m/tiers/publication/{world.published[0]}"
    ),
    "two vintages": Shown(
        "city",
        lambda world: f"/o/{CITY}/m/tiers/publication/{world.published[0]}/compare?with={world.published[1]}",
    ),
    "a total": Shown("city", f"/o/{CITY}/m/tiers/rollup/figure?{T02}"),
    "a county's total": Shown("city", f"/o/{CITY}/m/tiers/rollup/figure?{T02}&at={CAO}"),
    "modules": Shown("caoadmin", f"/o/{CAO}/m/core/modules"),
    "a module": Shown("caoadmin", f"/o/{CAO}/m/core/modules/training"),
    "modules below": Shown("admin", f"/o/{CITY}/m/tiers/policies"),
    "modules below with errors": Shown("admin", f"{CONFIRM}&reason=", status=422),
    "a word on a module": Shown("admin", f"{CONFIRM}&reason=试点结束"),
    "matters": Shown("city", f"/o/{CITY}/m/tiers/matters"),
    "matters handed on": Shown("town", f"/o/{TOWN}/m/tiers/matters?box=out"),
    "matter": Shown("city", lambda world: f"/o/{CITY}/m/tiers/matters/{world.matter}"),
    "matter with errors": Shown(
        "city", lambda world: f"/o/{CITY}/m/tiers/matters/{world.matter}", _answer_empty
    ),
    "matter where it began": Shown("town", lambda world: f"/o/{TOWN}/m/tiers/matters/{world.matter}"),
    "new matter": Shown("town", f"/o/{TOWN}/m/tiers/matters/new"),
    "new matter with errors": Shown("town", f"/o/{TOWN}/m/tiers/matters/new", _send_empty),
    "tasks": Shown("city", f"/o/{CITY}/m/tiers/directives"),
    "tasks from above": Shown("town", f"/o/{TOWN}/m/tiers/directives"),
    "new task": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _open_all),
    "task to be issued": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _check_task),
    "new task with errors": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _check_nothing),
    "task": Shown("city", lambda world: f"/o/{CITY}/m/tiers/directives/{world.directives[0]}", _open_all),
    "task of a county": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/directives/{world.directives[1]}"),
    "task at a township": Shown("town", lambda world: f"/o/{TOWN}/m/tiers/directives/{world.directives[1]}"),
    "response": Shown("city", lambda world: f"/o/{CITY}/m/tiers/directives/{world.response}"),
    "deputies": Shown("caoclerk", f"{DEPUTIES}?q=王小明"),
    "deputy": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}"),
    "deputy to somebody who reads": Shown("cao", lambda world: f"{DEPUTIES}/{_person(world)}"),
    "seat": Shown("caoclerk", lambda world: f"/o/{CAO}/m/core/{world.deputy}"),
    "seat that nothing is said of": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/m/core/{world.deputy}", _end_without_reason
    ),
    "new deputy": Shown("caoclerk", f"{DEPUTIES}/new"),
    "new deputy with errors": Shown("caoclerk", f"{DEPUTIES}/new", _send_empty),
    "change of a deputy": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/edit"),
    "sealed data": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/open"),
    "publication of a deputy": Shown("cao", lambda world: f"{DEPUTIES}/{_person(world)}/public"),
    "erasing": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/erase"),
    "groups": Shown("caoclerk", f"/o/{CAO}/m/core/groups"),
    "roster": Shown("caoclerk", f"{DEPUTIES}/import"),
    "roster with a question": Shown("caoclerk", f"{DEPUTIES}/import", _give_roster),
    "personal data": Shown("caoclerk", f"/o/{CAO}/m/core/data"),
    "public deputies": Shown(None, f"/public/{CAO}/deputies"),
    "public deputy": Shown(None, lambda world: f"/public/{CAO}/deputies/{_person(world)}"),
    "tokens": Shown("town", f"/o/{TOWN}/tokens"),
    "interface for programs": Shown("town", "/api/v1/", _open_all),
    "what is done": Shown("city", f"/o/{CITY}?show=done"),
    "notices": Shown("town", f"/o/{TOWN}/notices?show=all"),
    "what is sent": Shown("town", f"/o/{TOWN}/notices/choices"),
    "calendar": Shown("town", f"/o/{TOWN}/calendar"),
    "working days": Shown("admin", f"/o/{CITY}/m/core/workdays"),
    "a day with errors": Shown("admin", f"/o/{CITY}/m/core/workdays", _send_empty),
    "no such page": Shown("town", f"/o/{TOWN}/r/nothing", status=404),
}


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
    address = shown.address if isinstance(shown.address, str) else shown.address(node.world)
    with node.visit(shown.login, SIZES[size]) as visit:
        answer = visit.page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == shown.status, visit.page.inner_text("body")
        weight = visit.weight()
        if shown.then:
            shown.then(visit.page)
        yield Looked(name, size, visit, weight)


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


_TARGETS = """() => Array.from(document.querySelectorAll(
        "button, .button, summary, .menu a, .tabs a, .foot a, input:not([type=hidden]), select"))
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest("details:not([open]) > :not(summary)"))
    .map(one => [one.getBoundingClientRect(), (one.innerText || one.name || one.id).trim(), one.type])
    .map(([box, words, type]) => [words, Math.round(box.width * 10) / 10, Math.round(box.height * 10) / 10, type])"""


def test_buttons_and_menu_entries_are_large_enough(looked: Looked) -> None:
    page, least = looked.visit.page, SMALLEST_TARGET[looked.size]
    if looked.size == "phone":
        page.evaluate("document.querySelectorAll('.drawer details').forEach(one => { one.open = true; })")
    found = page.evaluate(_TARGETS)
    small = [one for one in found if one[3] != "checkbox" and min(one[1], one[2]) < least]
    assert found
    assert small == []


def test_the_page_speaks_chinese(looked: Looked) -> None:
    """Words in Latin letters are names of formats and keys and nothing else, except in code."""
    looked.visit.page.evaluate(
        "document.querySelectorAll('code, pre').forEach(one => { one.hidden = true; })"
    )
    words = set(re.findall(r"(?<![\w.])[A-Za-z_]{3,}(?!\w)", looked.visit.page.inner_text("body")))
    assert (
        words - {"Excel", "PDF", "Ctrl", "Shift", "OpenAPI", "JSON", "ETag", "Match", "errors", "next"}
        == set()
    )


def test_what_is_loaded_is_light(looked: Looked) -> None:
    """As a proxy would compress it; charts do not count."""
    assert looked.weight <= HEAVIEST


@pytest.mark.parametrize("page", ["matrix", "rollup"])
@pytest.mark.parametrize("size", SIZES)
def test_a_selection_shows_its_whole_value(node: Node, page: str, size: str) -> None:
    with node.visit("city", SIZES[size]) as visit:
        visit.page.goto(f"/o/{CITY}/m/tiers/{page}")
        found = visit.page.locator(".filters select").all()
        assert found
        assert not any(one.evaluate(CUT) for one in found)


STYLE = "(one, name) => getComputedStyle(one)[name]"


@pytest.mark.parametrize("size", SIZES)
def test_filters_stand_at_the_top_of_their_frame_and_formulas_are_no_titles(node: Node, size: str) -> None:
    with node.visit("city", SIZES[size]) as visit:
        visit.page.goto(f"/o/{CITY}/m/tiers/rollup")
        fields = visit.page.locator(".filters > .field").all()
        assert {one.evaluate(STYLE, "marginTop") for one in fields} == {"0px"}
        notes = visit.page.locator("tbody th .note").all()
        assert {one.evaluate(STYLE, "fontWeight") for one in notes} == {"400"}
