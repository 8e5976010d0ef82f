"""Matters on pages: handed over, answered, rated; what is withheld is not shown."""

import pytest
from sqlalchemy import select

from renda.security.models import AuditEntry
from renda_tiers.matters import answering, handing
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.handing import Handing
from tests.core.files.samples import JPEG
from tests.core.security.town import post
from tests.tiers.chain import CAO, CITY, SHAN, TOWN
from tests.tiers.web.conftest import row, submit_form, text

ASKS = {"name": "张三", "contact": "13800000000"}


def address(code, more=""):
    return f"/o/{code}/m/tiers/matters{more}"


@pytest.fixture
def petition(people, work, clock):
    """A petition about the county, from the town to the city; its hash in hex."""
    said = Handing(CITY, "petition", "反映施工扰民", "夜间施工。", about=CAO, reveal=True, **ASKS)
    with work() as session:
        return handing.hand_over(session, TOWN, said, actor=None, now=clock()).hex()


@pytest.fixture
def opinion(people, work, clock):
    with work() as session:
        said = Handing(CAO, "opinion", "增设公交站", "镇东头没有公交站。")
        return handing.hand_over(session, TOWN, said, actor=None, now=clock()).hex()


def test_a_clerk_hands_over_and_the_receiver_answers(people, signed_in):
    browser = signed_in("clerk", TOWN)
    assert "m/tiers/matters" in browser.get(f"/o/{TOWN}").text
    page = browser.get(address(TOWN)).click("Hand a matter over")
    done = submit_form(
        page,
        receiver=CAO,
        category="opinion",
        title="增设公交站",
        text="镇东头没有公交站。",
        days="5",
        name="张三",
    ).follow()
    assert "The matter was handed over." in text(done)
    # Saturday 9 May is worked to make up for the holiday.
    assert "2026-05-12 5 working days left" in text(done)
    assert "张三" not in done.text
    browser = signed_in("clerk", CAO)
    assert "增设公交站" in row(browser.get(f"/o/{CAO}"), "增设公交站")
    page = browser.get(address(CAO)).click("增设公交站")
    assert "镇东头没有公交站。" in text(page)
    assert "withheld" in text(page)
    page = browser.post(*_form(page, "accept")).follow()
    assert "Being handled" in text(page)
    refused = submit_form(page, "do=answer", text=" ")
    assert refused.status_int == 422
    assert "Answer, or why it is given back:" in text(refused)
    done = submit_form(refused, "do=answer", text="已增设一处。").follow()
    assert "The answer was sent." in text(done)
    browser = signed_in("clerk", TOWN)
    page = browser.get(address(TOWN)).click("增设公交站")
    assert "已增设一处。" in text(page)
    refused = submit_form(page, "do=rate", satisfied="no")
    assert "Remark:" in text(refused)
    done = submit_form(refused, "do=rate", satisfied="no", words="还差一处。", again="2026-06-30").follow()
    assert "To be handled again" in text(done)
    assert "2026-06-30" in text(done)


def _form(page, step):
    """Address and fields of the form that is one button."""
    button = page.html.find("main").find("button", attrs={"value": step})
    form = button.find_parent("form")
    token = form.find("input", attrs={"name": "csrf_token"})["value"]
    return form["action"], {"csrf_token": token, "do": step}


def test_it_is_passed_on_to_who_is_near_and_closed_when_it_comes_back(opinion, work, clock, signed_in):
    browser = signed_in("clerk", CAO)
    page = browser.get(address(CAO, f"/{opinion}"))
    options = {one["value"] for one in page.html.find(id="f-receiver").find_all("option")}
    assert {CITY, SHAN, TOWN} <= options
    refused = submit_form(page, receiver=SHAN, due="soon", note="请会同办理。")
    assert "Enter a day." in text(refused)
    done = submit_form(refused, receiver=SHAN, due="", note="请会同办理。").follow()
    assert "Handed to 单县" in text(done)
    assert "请会同办理。" in text(done)
    assert signed_in("clerk", SHAN).get(address(SHAN, f"/{opinion}")).html.find(id="f-text")
    with work() as session:
        for code in (SHAN, CAO):
            said = Reply("return", "请补充。")
            answering.reply(session, code, bytes.fromhex(opinion), said, actor=None, now=clock())
    browser = signed_in("clerk", TOWN)
    page = browser.get(address(TOWN, f"/{opinion}"))
    assert submit_form(page, "do=close", closing="").status_int == 422
    done = submit_form(page, "do=close", closing="当事人撤回。").follow()
    assert "The matter is closed." in text(done)


def test_who_asks_is_shown_once_for_a_purpose_that_is_written_down(petition, work, signed_in):
    browser = signed_in("clerk", CITY)
    page = browser.get(address(CITY, f"/{petition}"))
    assert ASKS["name"] not in page.text
    refused = submit_form(page, purpose="")
    assert refused.status_int == 422
    assert ASKS["name"] not in refused.text
    shown = submit_form(page, purpose="联系本人核实")
    assert ASKS["name"] in text(shown)
    assert ASKS["contact"] in text(shown)
    assert ASKS["name"] not in browser.get(address(CITY, f"/{petition}")).text
    with work() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "matter.identify"))
        assert (entry.organisation, entry.actor is not None) == (CITY, True)
        assert "联系本人核实" in entry.detail


def test_the_body_complained_of_never_sees_it_whoever_asks_there(petition, signed_in):
    for role in ("clerk", "reviewer", "leader"):
        browser = signed_in(role, CAO)
        browser.get(address(CAO, f"/{petition}"), status=404)
        assert "反映施工扰民" not in browser.get(address(CAO, "?box=in")).text
        status = 403 if role == "reviewer" else 404
        post(browser, address(CAO, f"/{petition}/identity"), {"purpose": "想知道"}, status=status)
    assert CAO not in {
        one["value"]
        for one in signed_in("clerk", CITY)
        .get(address(CITY, f"/{petition}"))
        .html.find(id="f-receiver")
        .find_all("option")
    }


def test_roles_do_what_they_may(petition, signed_in):
    reviewer = signed_in("reviewer", CITY)
    page = reviewer.get(address(CITY, f"/{petition}"))
    assert not page.html.find("main").find_all("form")
    for more in ("answer", "pass", "rate", "identity", "erase"):
        post(reviewer, address(CITY, f"/{petition}/{more}"), {"do": "accept"}, status=403)
    reviewer.get(address(CITY, "/new"), status=403)
    leader = signed_in("leader", CITY)
    assert leader.get(address(CITY, f"/{petition}")).html.find(id="f-purpose")
    assert not leader.get(address(CITY, f"/{petition}")).html.find(id="f-why")
    post(leader, address(CITY, f"/{petition}/erase"), {"why": "本人要求"}, status=403)


def test_the_leader_where_it_began_orders_the_erasure(petition, signed_in):
    browser = signed_in("leader", TOWN)
    page = browser.get(address(TOWN, f"/{petition}"))
    assert submit_form(page, why=" ").status_int == 422
    done = submit_form(page, why="本人要求").follow()
    assert "Who asks was erased." in text(done)
    assert not done.html.find(id="f-purpose")
    page = signed_in("clerk", CITY).get(address(CITY, f"/{petition}"))
    assert "erased" in text(page)
    post(signed_in("clerk", CITY), address(CITY, f"/{petition}/identity"), {"purpose": "核实"}, status=404)


def test_what_is_wrong_in_the_form_is_said_at_its_field(people, signed_in):
    page = signed_in("clerk", TOWN).get(address(TOWN, "/new"))
    refused = submit_form(page, receiver=CAO, category="opinion", title="", text="诉求", about=CAO)
    assert refused.status_int == 422
    assert "Title:" in text(refused)
    refused = submit_form(page, receiver=CAO, category="opinion", title="题", text="诉求", about=CAO)
    assert "Body complained of:" in text(refused)
    refused = submit_form(page, receiver=CAO, category="opinion", title="题", text="诉求", days="x")
    assert "whole number" in text(refused)
    refused = submit_form(page, receiver=CAO, category="opinion", title="题", text="诉求", days="0")
    assert "working days" in text(refused)


def test_evidence_is_handed_out_to_parties_alone(opinion, work, clock, signed_in):
    with work() as session:
        said = Reply("answer", "见附件。", evidence=[("现场 照片.jpg", JPEG)])
        answering.reply(session, CAO, bytes.fromhex(opinion), said, actor=None, now=clock())
    browser = signed_in("clerk", TOWN)
    link = browser.get(address(TOWN, f"/{opinion}")).html.find("a", download="现场 照片.jpg")["href"]
    got = browser.get(link)
    assert (got.body, got.content_type) == (JPEG, "application/octet-stream")
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    browser.get(link.rsplit("/", 1)[0] + "/other", status=404)
    browser.get(link.rsplit("/", 1)[0] + "/identity", status=404)
    signed_in("clerk", SHAN).get(link.replace(TOWN, SHAN), status=404)


@pytest.mark.parametrize("case", ["x", "00" * 32, "%00"])
def test_what_is_no_matter_has_no_page(people, signed_in, case):
    browser = signed_in("clerk", TOWN)
    browser.get(address(TOWN, f"/{case}"), status=[400, 404])
    post(browser, address(TOWN, f"/{case}/answer"), {"do": "answer", "text": "x"}, status=[400, 404])


def test_steps_out_of_turn_are_refused(opinion, signed_in):
    browser = signed_in("clerk", TOWN)
    post(browser, address(TOWN, f"/{opinion}/answer"), {"do": "answer", "text": "x"}, status=409)
    post(browser, address(TOWN, f"/{opinion}/answer"), {"do": "burn"}, status=422)
    post(browser, address(TOWN, f"/{opinion}/pass"), {"receiver": CITY}, status=409)
    post(browser, address(TOWN, f"/{opinion}/rate"), {"do": "close", "closing": "x"}, status=409)


@pytest.mark.parametrize("query", ["box=none", "page=9", "page=-1", "page=x", "box=out&page=1"])
def test_whatever_the_address_of_the_list_says(opinion, signed_in, query):
    signed_in("clerk", TOWN).get(address(TOWN, f"?{query}"), status=200)
