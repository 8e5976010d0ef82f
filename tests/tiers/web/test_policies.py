"""The page on which a body requires or forbids a module for those below it."""

import pytest

from renda.security.accounts import create_account
from renda.security.grants import grant
from tests.core.security.town import PASSWORD, post
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.web.conftest import row, submit_form, text


@pytest.fixture
def admin(people, work, clock, signed_in):
    """`admin(code)` gives a browser of the administrator there."""
    with work() as session:
        for code in (CITY, CAO, TOWN):
            account = create_account(
                session, login=f"admin-{code}", name="管理员", password=PASSWORD, now=clock()
            )
            grant(session, account=account, organisation=code, role="admin", now=clock())
    return lambda code: signed_in("admin", code)


def address(code, more=""):
    return f"/o/{code}/m/tiers/policies{more}"


def filled(page, **fields):
    form = next(one for one in page.forms.values() if "rule" in one.fields)
    for name, value in fields.items():
        form[name] = value
    return form.submit(expect_errors=True)


def test_forbid_look_say_and_take_back(admin, signed_in):
    browser = admin(CITY)
    page = browser.get(address(CITY))
    assert "requires and forbids nothing" in text(page)
    look = filled(page, module="training", rule="forbid", tier="township", reason="试点结束")
    assert "Use it no more (their data stay): 曹城街道、庄寨镇" in text(look)
    done = submit_form(look, module="training").follow()
    assert "It was said to all below." in text(done)
    assert "Training Forbidden 乡级 2026-05-06 试点结束" in row(done, "Training")
    assert "Forbidden by" in text(admin(TOWN).get(f"/o/{TOWN}/m/core/modules"))
    signed_in("clerk", TOWN).get(f"/o/{TOWN}/r/training_class", status=404)
    browser = admin(CITY)
    why = browser.get(address(CITY)).click("Take back")
    form = next(one for one in why.forms.values() if "reason" in one.fields)
    form["reason"] = "恢复试点"
    look = form.submit()
    assert "Begin to use it: 曹城街道、庄寨镇" in text(look)
    done = submit_form(look, module="training").follow()
    assert "requires and forbids nothing" in text(done)
    signed_in("clerk", TOWN).get(f"/o/{TOWN}/r/training_class", status=200)


def test_what_is_wrong_is_said_at_its_field(admin):
    page = admin(CITY).get(address(CITY))
    refused = filled(page, module="training", rule="forbid", since="2026-01-01", reason=" ")
    assert refused.status_int == 422
    assert "Say why" in text(refused)
    assert "from today on" in text(refused)
    again = filled(refused, since="x", reason="有理由")
    assert "Enter a day." in text(again)
    assert filled(page, module="tiers", rule="forbid", reason="有理由").status_int == 422


def test_who_has_nobody_below_says_nothing(admin):
    browser = admin(TOWN)
    assert "No organisation stands below" in text(browser.get(address(TOWN)))
    fields = {"module": "training", "rule": "forbid", "since": "2026-05-06", "reason": "理由"}
    post(browser, address(TOWN, "/confirm"), fields, status=403)


def test_only_administrators_speak(people, signed_in):
    for role in ("clerk", "reviewer", "leader"):
        browser = signed_in(role, CITY)
        assert "m/tiers/policies" not in browser.get(f"/o/{CITY}").text
        browser.get(address(CITY), status=403)
        post(browser, address(CITY, "/confirm"), {"module": "training"}, status=403)


def test_nothing_that_is_posted_brings_it_down(admin):
    browser = admin(CITY)
    for fields in ({}, {"rule": "burn", "module": "x" * 300, "since": "2026-05-06", "reason": "理由"}):
        post(browser, address(CITY, "/confirm"), fields, status=422)
    browser.get(address(CITY, "/confirm?module=training&rule=release&since=2026-05-06&reason=x"), status=409)
    browser.get(address(CITY, "/release?module=training"), status=200)
