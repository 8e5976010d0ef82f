"""The main job by keyboard alone, in no more activations than were promised."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.visiting import Node, Visit
from tests.browser.world import CAO, CITY, PASSWORD, STREET, TOWN, VILLAGE
from tests.core.word.reading import everything, opened

pytestmark = pytest.mark.browser

RECEIPT = re.compile(r"\b[0-9A-F]{12}\b")


@pytest.fixture
def visit(own_node: Node) -> Iterator[Visit]:
    """A window on a node of one's own."""
    with own_node.visit() as found:
        yield found
        assert found.complaints == []


def _come_in(visit: Visit, login: str) -> Keyboard:
    """Sign in by keyboard; counting begins at the first page."""
    visit.page.goto("/sign-in")
    keyboard = Keyboard(visit.page)
    keyboard.write("[name=login]", login)
    keyboard.write("[name=password]", PASSWORD)
    keyboard.activate("form button.primary")
    keyboard.activations = 0
    return keyboard


def test_a_clerk_explains_and_sends_the_report(visit: Visit) -> None:
    keyboard = _come_in(visit, "village")
    keyboard.activate(f"#todo a[href*='/o/{VILLAGE}/m/tiers/reports/']")
    keyboard.write("[name='why.T02']", "本期多办了一期培训班。")
    keyboard.activate("button[name=do][value=check]")
    expect(visit.page.locator("main")).to_contain_text("本期多办了一期培训班。")
    keyboard.activate("main form button.primary")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert RECEIPT.search(visit.page.inner_text("main"))
    assert keyboard.activations <= 4
    keyboard.reach("a[href$='/report.docx']")
    with visit.page.expect_download() as fetched:
        keyboard.press()
    visit.complaints.clear()  # The browser calls it a failure that no page came.
    assert "郭村镇人民代表大会主席团" in everything(opened(fetched.value.path().read_bytes()))


def test_a_clerk_fills_the_report_in_with_a_spreadsheet(visit: Visit, tmp_path: Path) -> None:
    keyboard = _come_in(visit, "village")
    keyboard.activate(f"#todo a[href*='/o/{VILLAGE}/m/tiers/reports/']")
    keyboard.reach("#sheet .actions a")
    with visit.page.expect_download() as fetched:
        keyboard.press()
    file = tmp_path / "填好.xlsx"
    visit.complaints.clear()  # The browser calls it a failure that no page came.
    book = openpyxl.load_workbook(BytesIO(fetched.value.path().read_bytes()))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "T02":
            row[5].value = "本期多办了一期培训班。"
    book.save(file)
    visit.page.set_input_files("#sheet [name=file]", file)
    keyboard.activate("#sheet button")
    expect(visit.page.locator("main")).to_contain_text("本期多办了一期培训班。")
    keyboard.activate("main form button.primary")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 6


def test_a_clerk_gets_a_faulty_spreadsheet_back(visit: Visit) -> None:
    keyboard = _come_in(visit, "village")
    keyboard.activate(f"#todo a[href*='/o/{VILLAGE}/m/tiers/reports/']")
    table = {"name": "表.csv", "mimeType": "text/csv", "buffer": "代码,本期\nT99,900\n".encode()}
    visit.page.set_input_files("#sheet [name=file]", table)
    keyboard.activate("#sheet button")
    visit.complaints.clear()  # The browser calls it a failure that the file was refused.
    keyboard.reach("#sheet a[download]")
    with visit.page.expect_download() as fetched:
        keyboard.press()
    assert fetched.value.suggested_filename == "表-待更正.xlsx"
    sheet = openpyxl.load_workbook(BytesIO(fetched.value.path().read_bytes())).worksheets[0]
    assert sheet["C2"].value == "本报表没有这个代码的指标。"


def test_a_clerk_corrects_a_returned_report(visit: Visit) -> None:
    keyboard = _come_in(visit, "town")
    keyboard.activate(f"#todo a[href*='/o/{TOWN}/m/tiers/reports/']")
    expect(visit.page.locator(".summary.warn").first).to_be_visible()
    expect(visit.page.locator("[id='T02']")).to_contain_text("请核对参训人次")
    keyboard.activate("button[name=do][value=check]")
    keyboard.write("[name=reason]", "已按签到表核对。")
    keyboard.activate("main form button.primary")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 4


def test_a_reviewer_reminds_those_who_are_late(visit: Visit) -> None:
    keyboard = _come_in(visit, "city")
    keyboard.activate(".card a[href*='/m/tiers/matrix']")
    keyboard.activate(".picks a[href*='select=missing']")
    assert visit.page.eval_on_selector_all("tbody .pick input:checked", "boxes => boxes.length") == 1
    keyboard.activate("button[formaction*='nudge']")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 4


def test_a_reviewer_returns_a_report_with_a_note(visit: Visit) -> None:
    keyboard = _come_in(visit, "cao")
    keyboard.activate(f"#todo a[href*='/o/{CAO}/m/tiers/report/']")
    keyboard.write("[name='note.T01']", "四月的一期没有录入。")
    keyboard.write("[name=reason]", "请核对后重新上报。")
    keyboard.activate("button[name=decision][value=return]")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    expect(visit.page.locator("[id='T01']")).to_contain_text("四月的一期没有录入。")
    assert keyboard.activations <= 4


def test_a_total_opens_down_to_the_records(visit: Visit) -> None:
    keyboard = _come_in(visit, "city")
    keyboard.activate(f".side a[href='/o/{CITY}/m/tiers/rollup']")
    keyboard.activations = 0
    keyboard.activate("#totals td a[href*='indicator=T02']")
    keyboard.activate(f"#parts a[href*='at={CAO}']")
    keyboard.activate("#parts tbody tr:nth-last-child(2) td a")
    expect(visit.page.locator("#evidence tbody tr").first).to_be_visible()
    assert keyboard.activations <= 3
    keyboard.activate(".crumbs a[href*='/m/tiers/report/']")
    expect(visit.page.locator("[id='T02']").first).to_be_visible()


def test_the_city_sets_all_counties_a_task(visit: Visit) -> None:
    keyboard = _come_in(visit, "city")
    keyboard.activate(f".side a[href='/o/{CITY}/m/tiers/directives']")
    keyboard.activate(".actions a[href$='/directives/new']")
    keyboard.write("[name=title]", "开展学前教育立法调研")
    keyboard.activate("button[name=do][value=check]")
    expect(visit.page.locator("main")).to_contain_text("曹县、单县")
    keyboard.activate("button[name=do][value=issue]")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 5


def test_a_township_is_done_and_the_county_verifies_it(visit: Visit) -> None:
    keyboard = _come_in(visit, "town")
    keyboard.activate("#todo a[href*='/m/tiers/directives/']")
    visit.page.check("[name=step][value='1']")
    keyboard.write("[name=note]", "已组织代表视察三次。")
    keyboard.activate("button[name=state][value=done]")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 3
    visit.page.context.clear_cookies()
    keyboard = _come_in(visit, "cao")
    keyboard.activate("#todo a[href*='select=done']")
    assert visit.page.eval_on_selector_all("tbody .pick input:checked", "boxes => boxes.length") == 1
    keyboard.activate("button[name=do][value=verify]")
    expect(visit.page.locator(".flash.ok").first).to_be_visible()
    assert keyboard.activations <= 2


def test_the_page_s_content_is_one_step_away(visit: Visit) -> None:
    keyboard = _come_in(visit, "cao")
    keyboard.reach(".skip")
    visit.page.keyboard.press("Enter")
    keyboard.reach("main a")
    assert visit.page.url.endswith("#main")
    assert STREET not in visit.page.url
