"""Without JavaScript: come in, read, enter, submit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import Node, sign_in
from tests.browser.world import CITY, PASSWORD, TOWN, VILLAGE
from tests.core.files.samples import PDF

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(own_node: Node) -> Iterator[Page]:
    """A window in which no script runs."""
    with own_node.visit(java_script_enabled=False) as visit:
        yield visit.page


def test_registers_list_show_and_take_records(plain: Page) -> None:
    sign_in(plain, "town", PASSWORD)
    plain.click(f".side a[href='/o/{TOWN}/r/training_class']")
    rows = plain.locator("#records tbody tr")
    expect(rows).not_to_have_count(0)
    before = rows.count()
    plain.click(".actions a.primary")
    plain.fill("[name=title]", "没有脚本的培训班")
    plain.select_option("[name=kind]", "topic")
    plain.fill("[name=starts_on]", "2026-05-05")
    plain.click("main form button.primary")
    expect(plain.locator("h1")).to_contain_text("没有脚本的培训班")
    plain.set_input_files("[name=file]", {"name": "通知.pdf", "mimeType": "", "buffer": PDF})
    plain.click("#attachments button[value=add]")
    expect(plain.locator("#files")).to_contain_text("通知.pdf")
    plain.check("#files [name=attachment]")
    plain.click("#attachments button[value=remove]")
    expect(plain.locator("#files")).to_have_count(0)
    plain.click(".crumbs li:last-child a")
    expect(rows).to_have_count(before + 1)


def test_a_report_is_filled_in_and_sent(plain: Page) -> None:
    sign_in(plain, "village", PASSWORD)
    plain.click(f"#todo a[href*='/o/{VILLAGE}/m/tiers/reports/']")
    plain.fill("[name='why.T02']", "本期多办了一期培训班。")
    plain.click("button[name=do][value=check]")
    plain.click("main form button.primary")
    expect(plain.locator(".flash.ok").first).to_be_visible()


def test_reminders_need_no_script(plain: Page) -> None:
    sign_in(plain, "city", PASSWORD)
    plain.click(".card a[href*='/m/tiers/matrix']")
    plain.click(".picks a[href*='select=missing']")
    plain.click("button[formaction*='nudge']")
    expect(plain.locator(".flash.ok").first).to_be_visible()


def test_a_total_is_a_table_without_its_chart(plain: Page) -> None:
    sign_in(plain, "city", PASSWORD)
    plain.click(f".side a[href='/o/{CITY}/m/tiers/rollup']")
    plain.click("#totals td a[href*='indicator=T02']")
    expect(plain.locator("#parts tbody tr").first).to_be_visible()
    expect(plain.locator("figure.chart").first).to_be_hidden()
    plain.click(".ways a:not([aria-current])")
    expect(plain.locator("#map .tile").first).to_be_visible()
    expect(plain.locator("#parts tbody tr").first).to_be_visible()
