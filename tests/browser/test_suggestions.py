"""A deputy's phone: a suggestion in four activations, its progress in one, its rating in two."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE
from tests.browser.keyboard import Keyboard
from tests.browser.visiting import Node
from tests.browser.world import CAO
from tests.core.files.samples import PDF

pytestmark = pytest.mark.browser

HOME = f"/o/{CAO}"
MINE = f"{HOME}/m/suggestions/mine"
TITLE = "关于增开城乡公交班次的建议"
FOLLOWING = 1
"""The link by which the deputy comes is an activation, too."""


@pytest.fixture
def plain(own_node: Node) -> Iterator[Page]:
    """A phone on which no script runs, used by touch."""
    with own_node.visit("caodeputy", PHONE, java_script_enabled=False, has_touch=True) as visit:
        yield visit.page


def test_a_suggestion_takes_four_activations_and_its_progress_one(own_node: Node) -> None:
    with own_node.visit("caodeputy", PHONE) as visit:
        visit.page.goto(HOME)
        keyboard = Keyboard(visit.page)
        keyboard.activate(".card a[href$='/suggestions/new']")
        keyboard.write("[name=title]", TITLE)
        keyboard.write("[name=text]", "镇东头没有公交站，请增设。")
        keyboard.activate("main form .button.primary")
        expect(visit.page.locator("main h2").first).to_have_text(TITLE)
        keyboard.activate("main form .button.primary")
        expect(visit.page.locator(".flash.ok")).to_be_visible()
        assert FOLLOWING + keyboard.activations <= 4
        visit.page.goto(HOME)
        keyboard = Keyboard(visit.page)
        keyboard.activate(".card a[href$='/suggestions/mine']")
        expect(visit.page.locator("#suggestions tbody tr", has_text=TITLE)).to_contain_text("已提交")
        assert keyboard.activations == 1
        assert visit.complaints == []


def test_a_reply_is_rated_in_two_activations(own_node: Node) -> None:
    with own_node.visit("caodeputy", PHONE) as visit:
        visit.page.goto(HOME)
        keyboard = Keyboard(visit.page)
        keyboard.activate(f"#todo a[href='{MINE}/{own_node.world.suggestions['replied']}']")
        for name in ("attitude", "result"):
            keyboard.reach(f"[name={name}]")
            visit.page.keyboard.press("Space")
        keyboard.activate("button[name=do][value=rate]")
        expect(visit.page.locator(".flash.ok")).to_be_visible()
        expect(visit.page.locator("#answered")).to_contain_text("满意")
        assert keyboard.activations <= 2
        assert visit.complaints == []


def test_it_all_works_by_touch_without_scripts(plain: Page, own_node: Node) -> None:
    plain.goto(HOME)
    plain.tap(".card a[href$='/suggestions/new']")
    plain.fill("[name=title]", TITLE)
    plain.tap("main form .button.primary")
    expect(plain.locator("#f-text-error")).to_be_visible()
    plain.fill("[name=text]", "镇东头没有公交站，请增设。")
    plain.set_input_files("[name=file]", {"name": "现场.pdf", "mimeType": "", "buffer": PDF})
    plain.tap("main form .button.primary")
    expect(plain.locator("#asked")).to_contain_text("现场.pdf")
    plain.tap("main form .button.primary")
    expect(plain.locator(".flash.ok")).to_be_visible()
    plain.goto(f"{MINE}/{own_node.world.suggestions['replied']}")
    plain.tap("[name=attitude][value=satisfied]")
    plain.tap("[name=result][value=dissatisfied]")
    plain.tap("button[name=do][value=rate]")
    expect(plain.locator(".flash.ok")).to_be_visible()
    expect(plain.locator("main .status").first).to_contain_text("不满意")


def test_the_unit_replies_and_the_clerk_assigns_by_keyboard(own_node: Node) -> None:
    with own_node.visit("caoclerk") as visit:
        visit.page.goto(HOME)
        keyboard = Keyboard(visit.page)
        keyboard.activate(f"#todo a[href$='/assign/{own_node.world.suggestions['accepted']}']")
        keyboard.activate("main form .button.primary")
        expect(visit.page.locator("main .status").first).to_contain_text("办理中")
    with own_node.visit("caoroads") as visit:
        visit.page.goto(HOME)
        keyboard = Keyboard(visit.page)
        keyboard.activate(f"#todo a[href$='/handling/{own_node.world.suggestions['assigned']}']")
        keyboard.reach("[name=outcome_class]")
        visit.page.keyboard.type("A")
        keyboard.write("[name=reply]", "已修复，请代表查看。")
        keyboard.activate("button[name=do][value=reply]")
        expect(visit.page.locator(".flash.ok")).to_be_visible()
        assert visit.complaints == []
