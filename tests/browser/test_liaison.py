"""A stranger with a phone scans a QR code: two activations, no script, no cookie; and the poster on paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE
from tests.browser.pages import SCANNED
from tests.browser.visiting import Node
from tests.browser.world import CAO, RECEIPT
from tests.plugins.liaison.pictures import exif, jpeg

pytestmark = pytest.mark.browser

PROMISED = 2


@pytest.fixture
def phone(own_node: Node) -> Iterator[Page]:
    """A phone's window in which no script runs."""
    with own_node.visit(size=PHONE, java_script_enabled=False) as visit:
        yield visit.page
        # A request that becomes a file on the phone is told as one that failed.
        assert [one for one in visit.complaints if not one.endswith("/liaison/receipt")] == []
        assert visit.page.context.cookies() == []


def test_an_opinion_is_given_and_its_receipt_kept_in_two_activations(phone: Page) -> None:
    activations = 0
    phone.goto(SCANNED)
    expect(phone.locator(".duty li")).to_have_text(["丁", "丙"])
    phone.fill("[name=content]", "村口路灯坏了两个月，晚上走路不方便。")
    phone.set_input_files(
        "[name=photo]", {"name": "路灯.jpg", "mimeType": "image/jpeg", "buffer": jpeg(exif())}
    )
    phone.get_by_role("button", name="提交").click()
    activations += 1
    code = phone.locator(".code code").inner_text()
    with phone.expect_download() as kept:
        phone.get_by_role("button", name="保存").click()
    activations += 1
    assert activations <= PROMISED
    assert code in Path(kept.value.path()).read_text(encoding="utf-8-sig")
    assert code not in phone.url
    phone.get_by_role("button", name="查询进度").click()
    expect(phone.locator("#found")).to_contain_text("待分办")


def test_the_reply_is_read_and_rated_by_the_code(phone: Page) -> None:
    phone.goto(SCANNED)
    phone.get_by_role("link", name="我有回执码").click()
    phone.fill("[name=code]", RECEIPT.lower())
    phone.get_by_role("button", name="查询进度").click()
    expect(phone.locator("#found")).to_contain_text("路灯恢复照明")
    phone.get_by_role("button", name="基本满意").click()
    expect(phone.locator("#found")).to_contain_text("您的评价")
    expect(phone.locator("[name=rating]")).to_have_count(0)


def test_the_trap_is_neither_seen_nor_reached(node: Node) -> None:
    with node.visit(size=PHONE) as visit:
        visit.page.goto(SCANNED)
        expect(visit.page.locator("[name=website]")).to_be_hidden()
        visit.page.focus("[name=ticket] ~ .fields [name=content]")
        visit.page.keyboard.press("Shift+Tab")
        assert visit.page.evaluate("document.activeElement.name || ''") != "website"


def test_the_poster_is_one_sheet_with_nothing_but_what_people_need(node: Node) -> None:
    with node.visit("caoclerk") as visit:
        visit.page.goto(f"/o/{CAO}/m/liaison/stations/{node.world.station}/poster")
        visit.page.emulate_media(media="print")
        expect(visit.page.locator("#poster .qr")).to_be_visible()
        for hidden in (".codes", ".crumbs", ".side", ".bar", "h1"):
            expect(visit.page.locator(hidden).first).to_be_hidden()
        sheets = visit.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheets)) == 1
