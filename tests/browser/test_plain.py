"""Without JavaScript: come in, read, enter, submit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

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
    before = rows.count()
    plain.click(".actions a.primary")
    plain.fill("[name=title]", "没有脚本的培训班")
    plain.select_option("[name=kind]", "topic")
    plain.fill("[name=starts_on]", "2026-05-05")
    plain.click("main form button.primary")
    assert "没有脚本的培训班" in plain.inner_text("h1")
    plain.set_input_files("[name=file]", {"name": "通知.pdf", "mimeType": "", "buffer": PDF})
    plain.click("#attachments button[value=add]")
    assert "通知.pdf" in plain.inner_text("#files")
    plain.check("#files [name=attachment]")
    plain.click("#attachments button[value=remove]")
    assert plain.locator("#files").count() == 0
    plain.click(".crumbs li:last-child a")
    assert rows.count() == before + 1


def test_a_report_is_filled_in_and_sent(plain: Page) -> None:
    sign_in(plain, "village", PASSWORD)
    plain.click(f"#todo a[href*='/o/{VILLAGE}/m/tiers/reports/']")
    plain.fill("[name='why.T02']", "本期多办了一期培训班。")
    plain.click("button[name=do][value=check]")
    plain.click("main form button.primary")
    assert plain.is_visible(".flash.ok")


def test_reminders_need_no_script(plain: Page) -> None:
    sign_in(plain, "city", PASSWORD)
    plain.click(".card a[href*='/m/tiers/matrix']")
    plain.click(".picks a[href*='select=missing']")
    plain.click("button[formaction*='nudge']")
    assert plain.is_visible(".flash.ok")


def test_a_total_is_a_table_without_its_chart(plain: Page) -> None:
    sign_in(plain, "city", PASSWORD)
    plain.click(f".side a[href='/o/{CITY}/m/tiers/rollup']")
    plain.click("#totals td a[href*='indicator=T02']")
    assert plain.is_visible("#parts tbody tr")
    assert not plain.is_visible("figure.chart")
