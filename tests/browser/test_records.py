"""Working with records: unfinished input, two writers, many records at once, and paper."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE
from tests.browser.test_pages import AXE, RULES
from tests.browser.visiting import Node
from tests.browser.world import TOWN

pytestmark = pytest.mark.browser

REGISTER = f"/o/{TOWN}/r/training_class"
A4 = 680
"""Pixels between the margins."""


def violations(page: Page) -> list[str]:
    """What axe finds against the rules that we hold."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then(found => found.violations)")
    return [f"{one['id']}: {one['help']}" for one in found if set(one["tags"]) & set(RULES)]


def test_what_is_typed_is_kept_by_itself_and_offered_again(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.clock.install()
        page.goto(f"{REGISTER}/new")
        page.fill("[name=title]", "写到一半的培训班")
        page.clock.run_for(11_000)
        page.wait_for_selector("[data-draft-said] span:not([hidden])")
        page.goto(f"{REGISTER}/new")
        expect(page.locator("[name=title]")).to_have_value("")
        assert violations(page) == []
        page.click("#draft a.primary")
        expect(page.locator("[name=title]")).to_have_value("写到一半的培训班")
        assert visit.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_button_keeps_it_and_another_discards_it(own_node: Node, scripts: bool) -> None:
    with own_node.visit("town", java_script_enabled=scripts) as visit:
        page = visit.page
        page.goto(f"{REGISTER}/new")
        page.fill("[name=title]", "写到一半的培训班")
        page.click("button[value=keep]")
        expect(page.locator("[name=title]")).to_have_value("写到一半的培训班")
        page.click("button[value=discard]")
        expect(page.locator("[name=title]")).to_have_value("")
        expect(page.locator("#draft").first).to_be_hidden()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_two_writers_are_both_heard(own_node: Node, size: Any) -> None:
    address = f"{REGISTER}/{own_node.world.classes[TOWN]}/edit"
    with own_node.visit("town", **({"size": size} if size else {})) as late, own_node.visit("town") as early:
        late.page.goto(address)
        early.page.goto(address)
        early.page.fill("[name=title]", "先改的名称")
        early.page.click("main form button.primary")
        late.page.fill("[name=title]", "后改的名称")
        late.page.fill("[name=place]", "镇会议室")
        late.page.click("main form button.primary")
        expect(late.page.locator("#f-title")).to_contain_text("先改的名称")
        assert violations(late.page) == []
        late.page.click("main form button.primary")
        expect(late.page.locator("fieldset.versions").first).to_be_visible()
        late.page.check("[name='take.title'][value=mine]")
        late.page.click("main form button.primary")
        expect(late.page.locator("h1")).to_have_text("后改的名称")
        expect(late.page.locator(".facts")).to_contain_text("镇会议室")
        expect(late.page.locator(".timeline")).to_contain_text("先改的名称")
        assert violations(late.page) == []


def test_all_rows_of_a_list_take_a_step(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.goto(REGISTER)
        page.check("[data-select-all]")
        rows = page.locator("#records tbody tr").count()
        page.select_option("#f-step", "reopen")
        page.click(".bulk button")
        page.fill("#f-reason", "工作安排调整。")
        page.click("#confirm button")
        expect(page.locator("#counts b")).to_have_text([str(rows), str(rows), "0"])
        assert violations(page) == []
        page.click(".actions a")
        expect(page.locator("#records .status.ok")).to_have_count(0)


def test_a_comment_stands_in_the_history(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        visit.page.goto(f"{REGISTER}/{own_node.world.classes[TOWN]}")
        visit.page.fill("#f-comment", "请与组织部核对名单。")
        visit.page.click(".comment button")
        expect(visit.page.locator(".timeline")).to_contain_text("请与组织部核对名单。")


def test_paper_shows_the_table_and_nothing_that_a_screen_is_needed_for(node: Node) -> None:
    with node.visit("town") as visit:
        page = visit.page
        page.goto(REGISTER)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": A4, "height": 960})
        row = page.locator("#records tbody tr").first
        assert row.evaluate("one => getComputedStyle(one).display") == "table-row"
        for gone in (
            ".bar",
            ".side",
            ".actions",
            ".filters",
            ".bulk",
            ".pick",
            ".tabs a:not([aria-current])",
        ):
            assert not page.locator(gone).first.is_visible(), gone
        page.goto(f"{REGISTER}/{node.world.classes[TOWN]}")
        expect(page.locator(".facts").first).to_be_visible()
        expect(page.locator(".timeline li").first).to_be_visible()
        for gone in (".comment", "button", "textarea", "[name=transition]"):
            assert not page.locator(f"main {gone}").first.is_visible(), gone
        assert page.evaluate("document.scrollingElement.scrollWidth") <= A4
