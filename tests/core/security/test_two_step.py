"""Two-step verification as its holder meets it: at sign-in, on the own page, and what opens in between."""

import base64
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from renda.directory.meetings import MEETINGS
from renda.security import accounts, second_factor, tokens, totp
from renda.security.models import AuditEntry, SignIn
from renda.security.policy import EVERYONE
from renda.web import two_step
from tests.contract import access
from tests.core.security.factors import Factor, enrol
from tests.core.security.town import COUNTY, PASSWORD, form_of, post, sign_in

HOME = f"/o/{COUNTY}"


@pytest.fixture
def factor(people, work, clock):
    """Li's phone and recovery codes."""
    with work() as session:
        return enrol(session, accounts.find_account(session, "li"), clock())


@pytest.fixture
def clerks_must(people, registry, monkeypatch):
    """Clerks must have a second factor on this node."""
    monkeypatch.setattr(registry, "values", {**registry.values, second_factor.ROLES: ("clerk",)})


def half_way_in(app, **fields):
    return sign_in(app, "li", **fields).follow()


def give(page, code, *, status=303):
    form = form_of(page, "code")
    form["code"] = code
    return form.submit(status=status)


def is_signed_in(app):
    return app.get(HOME, expect_errors=True).status_int == 200


def shown_factor(page):
    """The phone that has scanned what a page shows."""
    key = page.html.find(id="key").text
    groups = key.split()
    assert {len(one) for one in groups} == {4}
    link = page.html.find("a", href=re.compile("^otpauth://"))["href"]
    assert f"secret={''.join(groups)}&" in link
    return Factor(base64.b32decode("".join(groups)), [])


def recovery_codes(page):
    return [one.text for one in page.html.select(".codes code")]


def turn_on(app, clock, *, status=200, password=PASSWORD):
    page = app.get("/two-step")
    phone = shown_factor(page)
    form = form_of(page, "code")
    form["password"], form["code"] = password, phone.code(clock())
    return phone, form.submit(status=status)


def test_the_right_password_leads_to_the_code_and_the_code_to_the_page_asked_for(app, factor, clock):
    page = half_way_in(app, next=f"{HOME}/notices")
    assert page.request.path == "/sign-in/code"
    assert not is_signed_in(app)
    field = page.html.find("input", attrs={"name": "code"})
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
    done = give(page, factor.code(clock()))
    assert done.location == f"http://localhost{HOME}/notices"
    assert is_signed_in(app)
    assert "renda-half" not in app.cookies


def test_where_a_sign_in_leads_is_one_of_our_own_pages(app, factor, clock):
    form = form_of(half_way_in(app), "code")
    form["code"], form["next"] = factor.code(clock()), "https://elsewhere.example/"
    assert form.submit(status=303).location == "http://localhost/"


def test_a_wrong_password_says_nothing_of_a_second_factor(app, factor):
    def visible(login):
        page = sign_in(app, login, "wrong password", status=422)
        return re.sub(r'value="[^"]*"', "", page.text)

    assert visible("li") == visible("wang") == visible("nobody")
    assert "renda-half" not in app.cookies


def test_a_wrong_code_is_asked_for_again_and_five_close_the_door(app, factor, clock):
    page = half_way_in(app)
    for _time in range(5):
        page = give(page, "000000", status=422)
        assert page.html.find(attrs={"role": "alert"})
        assert not is_signed_in(app)
    give(page, factor.code(clock()), status=429)
    sign_in(app, "li", status=429)


def test_a_code_that_somebody_saw_is_worth_nothing_afterwards(app, factor, clock):
    code = factor.code(clock())
    give(half_way_in(app), code)
    app.reset()
    give(half_way_in(app), code, status=422)
    assert not is_signed_in(app)


def test_a_recovery_code_lets_in_once(app, factor):
    give(half_way_in(app), factor.recovery[0])
    assert is_signed_in(app)
    assert "9" in app.get("/two-step").text
    app.reset()
    give(half_way_in(app), factor.recovery[0], status=422)


def test_after_ten_minutes_one_begins_anew(app, factor, clock):
    page = half_way_in(app)
    clock.forward(minutes=10)
    assert give(page, factor.code(clock())).location == "http://localhost/sign-in"
    assert app.get("/sign-in/code", status=303).location == "http://localhost/sign-in"
    assert not is_signed_in(app)


def test_a_ticket_lies_in_the_browser_alone_and_is_void_after_use(app, factor, clock, work):
    answer = sign_in(app, "li")
    ticket = app.cookies["renda-half"]
    (header,) = [one for one in answer.headers.getall("Set-Cookie") if one.startswith("renda-half=")]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Max-Age=600" in header
    page = answer.follow()
    assert ticket not in page.text
    assert ticket not in page.request.url
    with work() as session:
        assert session.query(SignIn).count() == 0
    answer = give(page, factor.code(clock()))
    (gone,) = [one for one in answer.headers.getall("Set-Cookie") if one.startswith("renda-half=")]
    assert "HttpOnly" in gone, "a cookie whose name begins with __Host- goes only as it came"
    app.reset()
    app.set_cookie("renda-half", ticket)
    assert app.get("/sign-in/code", status=303).location == "http://localhost/sign-in"


def test_another_browser_is_not_half_way_in(app, factor, clock):
    half_way_in(app)
    app.reset()
    assert app.get("/sign-in/code", status=303).location == "http://localhost/sign-in"
    stolen = post(app, "/sign-in/code", {"code": factor.code(clock())}, status=303)
    assert stolen.location == "http://localhost/sign-in"
    assert not is_signed_in(app)


def test_a_ticket_does_not_count_as_a_session(app, factor):
    half_way_in(app)
    ticket = app.cookies["renda-half"]
    app.reset()
    app.set_cookie("renda", ticket)
    assert not is_signed_in(app)


def test_half_way_in_one_sees_what_a_stranger_sees(app, factor, registry):
    """Every view of every component answers as it does to somebody who has no cookie at all."""
    part = r"{\w+(?::(?:[^{}]|{\d+})+)?}"
    views = {
        (re.sub(part, str(UUID(int=1)), pattern.replace("{org}", COUNTY)), method)
        for pattern, method, _step, permission, _factory in access.views(registry)
        if permission != EVERYONE
    }
    assert len(views) > 100

    def answers():
        found = {}
        for address, method in sorted(views):
            answer = app.request(address, method=method, expect_errors=True)
            found[address, method] = answer.status_int
        return found

    stranger = answers()
    app.reset()
    half_way_in(app)
    assert "renda-half" in app.cookies
    assert answers() == stranger
    assert set(stranger.values()) == {302, 401}, "every address is one, and is closed"


def test_turning_it_on_shows_recovery_codes_once_and_ends_other_sessions(app, people, clock, assembled):
    from webtest import TestApp

    elsewhere = TestApp(assembled.make_wsgi_app())
    for browser in (app, elsewhere):
        sign_in(browser, "li")
    assert "/two-step" in app.get(HOME).text
    phone, page = turn_on(app, clock)
    codes = recovery_codes(page)
    assert len(set(codes)) == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert is_signed_in(app)
    assert not is_signed_in(elsewhere)
    assert codes[0] not in app.get("/two-step").text
    clock.forward(seconds=30)
    give(half_way_in(elsewhere), phone.code(clock()))
    assert is_signed_in(elsewhere)


def test_it_is_not_on_before_a_code_was_right(app, people, clock):
    sign_in(app, "li")
    page = app.get("/two-step")
    for password, code in ((PASSWORD, "000000"), ("wrong password", shown_factor(page).code(clock()))):
        form = form_of(page, "code")
        form["password"], form["code"] = password, code
        again = form.submit(status=422)
        assert again.html.find(id="key").text == page.html.find(id="key").text
        assert again.html.find(attrs={"role": "alert"})
    app.reset()
    sign_in(app, "li")
    assert is_signed_in(app)


@pytest.mark.parametrize("sealed", ["", "!!", "AAAA", "密钥", "QUFB" * 40])
def test_a_form_that_was_tampered_with_turns_nothing_on(app, people, clock, sealed):
    sign_in(app, "li")
    page = app.get("/two-step")
    form = form_of(page, "code")
    form["password"], form["code"] = PASSWORD, shown_factor(page).code(clock())
    form["sealed"].force_value(sealed)
    form.submit(status=422)
    assert app.get("/two-step").html.find(id="key")


def test_the_secret_of_another_account_is_not_taken(app, people, clock, work):
    with work() as session:
        wang = accounts.find_account(session, "wang")
        sealed = second_factor.offered(session, wang.id)
        code = totp.code(second_factor.secret_of(session, wang.id, sealed), totp.step_at(clock()))
    sign_in(app, "li")
    form = form_of(app.get("/two-step"), "code")
    form["sealed"].force_value(two_step._sealed_field(sealed)["value"])
    form["password"], form["code"] = PASSWORD, code
    form.submit(status=422)


def test_turning_it_off_needs_password_and_code(app, factor, clock):
    give(half_way_in(app), factor.code(clock()))
    for password, code in (("wrong password", factor.code(clock(), 1)), (PASSWORD, "000000")):
        form = form_of(app.get("/two-step"), "code")
        form["password"], form["code"] = password, code
        assert form.submit(status=422).html.find(attrs={"role": "alert"})
    form["password"], form["code"] = PASSWORD, factor.code(clock(), 1)
    assert form.submit(status=303).follow().html.find(id="key")
    app.reset()
    sign_in(app, "li")
    assert is_signed_in(app)


def test_a_new_password_does_not_ask_for_the_code_again(app, factor, clock):
    give(half_way_in(app), factor.code(clock()))
    form = form_of(app.get("/password"), "old")
    form["old"], form["new"] = PASSWORD, "another horse entirely"
    form.submit(status=303)
    assert is_signed_in(app)


def test_who_must_have_it_sets_it_up_before_anything_else(app, clerks_must, clock):
    page = half_way_in(app, next=f"{HOME}/notices")
    assert page.request.path == "/sign-in/code"
    assert not is_signed_in(app)
    assert app.get("/two-step", status=302).location.startswith("http://localhost/sign-in")
    phone = shown_factor(page)
    page = give(page, "000000", status=422)
    assert shown_factor(page) == phone
    done = give(page, phone.code(clock()), status=200)
    assert len(recovery_codes(done)) == 10
    assert done.html.find("a", href=f"{HOME}/notices")
    assert is_signed_in(app)
    app.reset()
    clock.forward(seconds=30)
    assert not half_way_in(app).html.find(id="key")


def test_who_plays_no_role_that_is_named_signs_in_as_before(app, clerks_must):
    sign_in(app, "wang")
    assert is_signed_in(app)


def test_a_one_time_sign_in_code_leads_to_the_second_step_too(app, factor, work, clock):
    with work() as session:
        code = accounts.issue_code(session, accounts.find_account(session, "li"), now=clock())
    form = app.get("/first-sign-in").form
    form["login"], form["code"], form["password"] = "li", code, "another horse entirely"
    page = form.submit(status=303).follow()
    assert page.request.path == "/sign-in/code"
    assert not is_signed_in(app)


def test_without_the_library_of_pictures_the_key_is_enough(app, people, clock, monkeypatch):
    sign_in(app, "li")
    assert app.get("/two-step").html.select(".two-step svg")
    monkeypatch.setattr(two_step, "segno", None)
    assert not app.get("/two-step").html.select(".two-step svg")
    turn_on(app, clock)


def test_a_host_of_any_length_is_no_trouble(app, people):
    sign_in(app, "li")
    headers = {"Host": "x" * 8000, "Cookie": f"renda={app.cookies['renda']}"}
    assert app.get("/two-step", headers=headers).html.select(".two-step svg")


def test_looking_at_the_page_changes_nothing(app, people, work):
    sign_in(app, "li")
    first, second = (app.get("/two-step").html.find(id="key").text for _time in range(2))
    assert first != second
    with work() as session:
        assert second_factor.find(session, accounts.find_account(session, "li").id) is None
        assert not session.scalar(select(AuditEntry.id).where(AuditEntry.action.like("second_factor%")))


def test_a_programs_token_needs_no_code(app, factor, clerks_must, work, clock):
    with work() as session:
        held = frozenset({"core:read"})
        how = {"name": "统计", "permissions": held, "held": held, "now": clock(), "actor": None}
        account = accounts.find_account(session, "li").id
        ends = clock() + timedelta(days=30)
        _row, token = tokens.issue(session, account=account, organisation=COUNTY, expires_at=ends, **how)
    app.get(
        f"/api/v1/organisations/{COUNTY}/records/{MEETINGS.name}",
        headers={"Authorization": f"Bearer {token}"},
        status=200,
    )
