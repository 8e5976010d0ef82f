"""A session that ends: it is said before, and what was typed is not lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import FORM
from tests.browser.test_records import REGISTER, violations
from tests.browser.visiting import Node, Visit
from tests.browser.world import CAO, CITY, PASSWORD, TOWN

pytestmark = pytest.mark.browser

MINUTE = 60_000
NEW = f"{REGISTER}/new"
OFFER = "[data-offer]"
SAID = "[data-ends]"
SAVE = "main form.panel button.primary"


def end_session(page: Page) -> None:
    """As the server sees it: the browser shows no session any more."""
    page.context.clear_cookies()


def come_in(page: Page, login: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def refused(visit: Visit) -> list[str]:
    """What the console complains of but the refusals that a session which ended brings."""
    return [one for one in visit.complaints if "status of 40" not in one]


FORMS = {
    "a record": ("town", lambda _world: NEW, "title", SAVE),
    "a change": ("town", lambda world: f"{REGISTER}/{world.classes[TOWN]}/edit", "place", SAVE),
    "a suggestion": ("caodeputy", lambda _world: f"/o/{CAO}/m/suggestions/new", "text", SAVE),
    "a report": ("town", lambda _world: FORM, "", "main button[value=save]"),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_sent_after_the_end_is_offered_after_signing_in(own_node: Node, form: str) -> None:
    login, address, name, send = FORMS[form]
    with own_node.visit(login) as visit:
        page = visit.page
        page.goto(address(own_node.world))
        field = page.locator(f"[name={name}]" if name else "td.why textarea, td.why input").first
        field.fill("写了半天的文字")
        where = page.url
        end_session(page)
        page.click(send)
        expect(page.locator("[data-unsaved]")).to_contain_text("登录已失效")
        expect(page.locator("[data-unsaved] [data-kept]")).to_be_visible()
        assert violations(page) == []
        come_in(page, login)
        assert page.url == where
        expect(field).not_to_have_value("写了半天的文字")
        assert violations(page) == []
        page.click(f"{OFFER} button.primary")
        expect(field).to_have_value("写了半天的文字")
        expect(page.locator(OFFER)).to_have_count(0)
        assert refused(visit) == []


def test_what_was_saved_or_discarded_is_not_offered_again(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        address = f"{REGISTER}/{own_node.world.classes[TOWN]}/edit"
        for last in ("discard", "save"):
            page.goto(address)
            page.fill("[name=place]", f"镇会议室（{last}）")
            end_session(page)
            page.click(SAVE)
            come_in(page, "town")
            if last == "discard":
                page.locator(f"{OFFER} button").last.click()
            else:
                page.click(f"{OFFER} button.primary")
                page.click(SAVE)
                expect(page.locator(".facts")).to_contain_text("镇会议室（save）")
            page.goto(address)
            expect(page.locator(OFFER)).to_have_count(0)
            assert page.evaluate("sessionStorage.getItem('renda.typed')") == "{}"


def test_what_one_person_typed_is_not_offered_to_another(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.goto(NEW)
        page.fill("[name=title]", "别人看不到的文字")
        end_session(page)
        page.click(SAVE)
        come_in(page, "city")
        expect(page.locator("h1")).to_have_text("没有找到")
        assert page.evaluate("sessionStorage.getItem('renda.typed')") == "{}"


def test_what_an_error_has_kept_from_being_saved_is_offered_on_the_page_before(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.goto(NEW)
        page.fill("[name=title]", "换了登录之后提交")
        page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(one => { one.value = 'old'; })")
        page.click(SAVE)
        expect(page.locator("[data-unsaved] [data-kept]")).to_be_visible()
        page.click(".panel li a >> nth=0")
        page.click(f"{OFFER} button.primary")
        expect(page.locator("[name=title]")).to_have_value("换了登录之后提交")


def test_signing_out_forgets_what_was_typed(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.goto(NEW)
        page.fill("[name=title]", "写到一半")
        end_session(page)
        page.click(SAVE)
        come_in(page, "town")
        expect(page.locator(OFFER)).to_be_visible()
        page.click("details.user summary")
        page.click("[data-sign-out] button")
        page.wait_for_url("**/sign-in")
        assert page.evaluate("sessionStorage.getItem('renda.typed')") is None


def test_passwords_codes_and_sealed_particulars_are_never_kept(own_node: Node) -> None:
    with own_node.visit("caoclerk") as visit:
        page = visit.page
        page.goto(f"/o/{CAO}/m/core/deputies/new")
        page.fill("[name=name]", "李梅")
        page.fill("[name=identity]", "11010519491231002X")
        page.fill("[name=phone]", "13805301234")
        end_session(page)
        page.click(SAVE)
        kept = page.evaluate("sessionStorage.getItem('renda.typed')")
        assert "李梅" in kept
        assert not any(one in kept for one in ("11010519491231002X", "13805301234", "csrf"))


def test_unfinished_input_that_is_refused_says_so_and_stays_in_the_window(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.clock.install()
        page.goto(NEW)
        page.fill("[name=title]", "写到一半的培训班")
        end_session(page)
        page.clock.run_for(11_000)
        expect(page.locator("[data-draft-said]")).to_contain_text("未能存为草稿")
        expect(page.locator(SAID)).to_contain_text("登录已失效")
        assert violations(page) == []
        page.fill("[name=title]", "写到一半的培训班（第二期）")
        page.click(f"{SAID} a")
        come_in(page, "town")
        page.click(f"{OFFER} button.primary")
        expect(page.locator("[name=title]")).to_have_value("写到一半的培训班（第二期）")
        assert refused(visit) == []


def test_five_minutes_before_its_end_a_page_offers_to_stay_signed_in(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.clock.install()
        page.goto(NEW)
        said: Any = page.locator(SAID)
        page.clock.run_for(24 * MINUTE)
        expect(said).to_be_empty()
        page.clock.run_for(2 * MINUTE)
        expect(said).to_contain_text("保持登录")
        assert violations(page) == []
        with page.expect_response("**/session") as answer:
            said.locator("button").click()
        assert answer.value.status == 200
        expect(said).to_be_empty()
        page.clock.run_for(24 * MINUTE)
        expect(said).to_be_empty()
        page.clock.run_for(7 * MINUTE)
        expect(said).to_contain_text("登录已失效")
        assert visit.complaints == []


def test_a_session_that_cannot_last_longer_says_when_it_ends_and_offers_nothing(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page = visit.page
        page.clock.install()
        page.route("**/session", lambda route: route.fulfill(json={"ends": 240, "warned": 300}))
        page.goto(NEW)
        page.clock.run_for(26 * MINUTE)
        page.click(f"{SAID} button")
        expect(page.locator(f"{SAID} button")).to_have_count(0)
        expect(page.locator(SAID)).to_contain_text("登录即将失效")
        page.clock.run_for(5 * MINUTE)
        expect(page.locator(SAID)).to_contain_text("登录已失效")


def test_a_page_that_is_left_alone_asks_nothing(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        visit.page.clock.install()
        visit.page.goto(NEW)
        before = len(visit.responses)
        visit.page.clock.run_for(31 * MINUTE)
        assert len(visit.responses) == before


MATTER = "main form:has([name=do][value=answer])"


def test_a_form_that_was_refused_keeps_its_text_where_its_address_takes_no_visit(own_node: Node) -> None:
    with own_node.visit("city") as visit:
        page = visit.page
        page.goto(f"/o/{CITY}/m/tiers/matters/{own_node.world.matter}")
        where = page.url
        page.click(f"{MATTER} [value=answer]")
        expect(page.locator(".summary.bad")).to_be_visible()
        assert page.url == where
        page.locator(f"{MATTER} textarea").first.fill("写了半天的答复")
        end_session(page)
        page.click(f"{MATTER} [value=return]")
        come_in(page, "city")
        assert page.url == where
        page.click(f"{OFFER} button.primary")
        expect(page.locator(f"{MATTER} textarea").first).to_have_value("写了半天的答复")


def test_sending_one_form_asks_first_where_another_has_text_in_it(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page, asked = visit.page, []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(f"{REGISTER}/{own_node.world.classes[TOWN]}")
        page.fill("[name=comment]", "先记一笔")
        page.click("form.comment button")
        expect(page.locator(".timeline")).to_contain_text("先记一笔")
        assert asked == []
        page.fill("[name=comment]", "还没写完")
        page.click("[name=transition] >> nth=0")
        page.wait_for_load_state()
        assert asked == ["beforeunload"]


def test_who_stays_is_asked_about_the_form_that_was_not_sent_then(own_node: Node) -> None:
    with own_node.visit("town") as visit:
        page, asked = visit.page, []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.goto(f"{REGISTER}/{own_node.world.classes[TOWN]}")
        page.fill("[name=comment]", "还没写完")
        page.fill("[name=reason]", "也没写完")
        page.click("[name=transition] >> nth=0")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        page.click("form.comment button")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"] * 2
        expect(page.locator("[name=reason]")).to_have_value("也没写完")
