"""What a receipt code opens, and what it does not."""

import pytest

from renda.directory import service
from renda.security.calls import Buckets
from renda_liaison import giving
from renda_liaison.limits import Limits
from renda_liaison.opinions import PublicOpinionItem
from tests.plugins.liaison.conftest import COUNTY, Phone, opinion, station, take, words

NEIGHBOUR = "371722"


@pytest.fixture
def move(work, clock, items):
    """`move(step, …)` lets the opinion that is there take steps, with a reply and a unit."""

    def go(*steps, reason="不属实"):
        with work() as session:
            item = session.get_one(PublicOpinionItem, items()[0].id)
            item.handler, item.reply = "交通运输所", "已修好路灯。"
            session.flush()
            take(session, clock, item, *steps, reason=reason)

    return go


def test_the_code_shows_how_far_it_is_and_the_reply_once_it_is_answered(phone, move):
    code = phone.receipt()
    assert "已收到，待分办" in words(phone.ask(code))
    move("assign")
    page = words(phone.ask(code))
    assert "办理中" in page
    assert "交通运输所" in page
    assert "已修好路灯" not in page
    move("answer")
    page = words(phone.ask(code))
    assert "已答复" in page
    assert "已修好路灯。" in page


def test_a_code_may_be_typed_in_small_letters_and_without_dashes(phone):
    code = phone.receipt()
    for typed in (code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert "待分办" in words(phone.ask(typed))


def test_why_it_was_not_accepted_is_said(phone, move):
    code = phone.receipt()
    move("decline", reason="属于法院受理范围。")
    page = words(phone.ask(code))
    assert "不予受理" in page
    assert "属于法院受理范围。" in page


def test_unknown_malformed_and_foreign_codes_are_answered_alike(phone, work, clock):
    code = phone.receipt()
    with work() as session:
        station(session, clock, organisation=NEIGHBOUR, code="c" * 16)
        opinion(session, clock)
    theirs = Phone(phone.app, "c" * 16, NEIGHBOUR).receipt()
    changed = ("B" if code[0] == "A" else "A") + code[1:]
    pages = [
        phone.ask(typed, status=422)
        for typed in (changed, theirs, "x", "", "0" * 24, "码" * 20, "\ud7ff", "A" * 9000)
    ]
    assert {words(page, ".error") for page in pages} == {"! 错误： 没有这个回执码，请与回执核对。"}
    assert all(page.html.find(id="found") is None for page in pages)


def test_a_code_tells_nothing_of_other_opinions(phone):
    phone.receipt(content="别人的事情")
    page = phone.ask(phone.receipt(content="我的事情"))
    assert "别人的事情" not in page.text


def test_guessing_is_slowed_down(phone, registry):
    registry.__dict__["liaison_limits"] = Limits(asked_from=Buckets(rate=0.0, size=3))
    for _number in range(3):
        phone.ask("AAAA-BBBB-CCCC-DDDD-EEEE", status=422)
    assert "过几分钟再试" in phone.ask("AAAA-BBBB-CCCC-DDDD-EEEE", status=429).text


def test_the_reply_is_rated_once_and_only_after_it_was_answered(phone, move, items):
    code = phone.receipt()
    assert phone.ask(code).html.find("button", attrs={"name": "rating"}) is None
    phone.ask(code, rating="satisfied", status=409)
    move("answer")
    assert len(phone.ask(code).html.find_all("button", attrs={"name": "rating"})) == 3
    phone.ask(code, rating="splendid", status=422)
    assert items()[0].rating is None
    page = phone.ask(code, rating="fairly")
    assert "您的评价" in words(page)
    assert "基本满意" in words(page)
    assert "已经评价过了" in phone.ask(code, rating="dissatisfied", status=409).text
    assert items()[0].rating == "fairly"
    assert phone.ask(code).html.find("button", attrs={"name": "rating"}) is None


def test_without_a_code_nothing_is_rated(phone, work, clock, items):
    phone.receipt()
    with work() as session:
        opinion(session, clock, "answer", reply="已修好。")
    phone.ask("", rating="satisfied", status=422)
    assert {item.rating for item in items()} == {None}


def test_the_receipt_is_kept_as_a_file(phone):
    page = phone.give()
    code = page.html.select_one(".code code").text
    answer = page.forms[0].submit()
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.content_type == "text/plain"
    said = answer.body.decode("utf-8-sig")
    assert code in said
    assert f"http://localhost/public/{COUNTY}/liaison/progress" in said
    assert "路灯" not in said
    phone.app.post(f"{phone.base}/receipt", {"code": "x"}, status=422)


def test_a_receipt_that_was_sent_again_after_the_module_was_disabled_opens_nothing(phone, work, clock):
    code = phone.receipt()
    with work() as session:
        service.disable(session, COUNTY, "liaison", clock().date())
    phone.ask(code, status=404)


def test_a_rating_at_the_same_time_is_refused(phone, move, work, items, clock):
    phone.receipt()
    move("answer")
    with work() as session:
        item = session.get_one(PublicOpinionItem, items()[0].id)
        giving.rate(session, item, "satisfied", now=clock())
        with pytest.raises(giving.Conflict):
            giving.rate(session, item, "dissatisfied", now=clock())
