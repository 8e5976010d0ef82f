from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from renda.security import accounts, grants
from renda.security.models import Account, AuditEntry, SignIn
from tests.core.security.town import CITY, COUNTY, PASSWORD, form_of, post, sign_in

HOME = f"/o/{COUNTY}"


def account_of(session, login="li"):
    return session.scalars(select(Account).where(Account.login == login)).one()


def is_signed_in(app):
    return app.get(HOME, expect_errors=True).status_int == 200


def opens(app, token):
    """Whether a token opens a page in a browser that knows nothing else."""
    app.reset()
    response = app.get(HOME, headers={"Cookie": f"renda={token}"}, expect_errors=True)
    return response.status_int == 200


def test_signing_in_leads_to_the_only_organisation(app, people):
    page = sign_in(app, "li").follow().follow()
    assert page.request.path == HOME
    assert "曹县人大" in page.text


def test_the_cookie_says_nothing_and_is_closed_to_scripts_and_other_sites(app, people):
    header = sign_in(app, "li").headers.getall("Set-Cookie")[0]
    assert header.startswith("renda=")
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    assert "Domain" not in header


def test_a_preset_cookie_stays_a_strangers(app, people, work):
    preset = "A" * 43
    page = app.get("/sign-in")
    cookies = f"renda={preset}; renda-visit={app.cookies['renda-visit']}"
    fields = {"login": "li", "password": PASSWORD, "csrf_token": page.form["csrf_token"].value}
    app.post("/sign-in", fields, headers={"Cookie": cookies}, status=303)
    given = app.cookies["renda"]
    assert given != preset
    assert opens(app, given)
    assert not opens(app, preset)


def test_signing_in_again_ends_the_session_before_and_renews_its_tokens(app, people, work):
    sign_in(app, "li")
    old = app.cookies["renda"]
    response = app.get("/sign-in", status=303)
    assert response.location == "http://localhost/"
    post(app, "/sign-in", {"login": "li", "password": PASSWORD}, status=303)
    assert app.cookies["renda"] != old
    with work() as session:
        first, second = session.scalars(select(SignIn).order_by(SignIn.closed_at.is_(None)))
        assert first.closed_at is not None
        assert second.closed_at is None
        assert first.csrf != second.csrf
    assert not opens(app, old)


def test_after_signing_out_the_old_cookie_is_dead(app, people):
    sign_in(app, "li")
    token = app.cookies["renda"]
    out = post(app, "/sign-out", status=303)
    assert "renda" not in app.cookies
    assert out.headers["Clear-Site-Data"]
    assert not opens(app, token)


def test_a_new_password_ends_every_other_session(app, people, assembled):
    from webtest import TestApp

    elsewhere = TestApp(assembled.make_wsgi_app())
    for browser in (app, elsewhere):
        sign_in(browser, "li")
    form = form_of(app.get("/password"), "old")
    form["old"], form["new"] = PASSWORD, "another horse entirely"
    form.submit(status=303)
    assert is_signed_in(app)
    assert not is_signed_in(elsewhere)
    sign_in(elsewhere, "li", status=422)
    sign_in(elsewhere, "li", "another horse entirely")


def test_a_new_password_needs_the_old_one_and_must_be_good(app, people):
    sign_in(app, "li")
    for old, new in (("wrong password", "another horse"), (PASSWORD, "short"), (PASSWORD, PASSWORD)):
        form = form_of(app.get("/password"), "old")
        form["old"], form["new"] = old, new
        page = form.submit(status=422)
        assert page.html.find(attrs={"role": "alert"})
        assert new not in page.text.replace('maxlength="', "")
    assert is_signed_in(app)


def test_a_closed_account_is_out_at_once_and_stays_out(app, people, work, clock):
    sign_in(app, "li")
    with work() as session:
        accounts.set_active(session, account_of(session), active=False, now=clock(), actor=None)
    assert not is_signed_in(app)
    sign_in(app, "li", status=422)
    with work() as session:
        accounts.set_active(session, account_of(session), active=True, now=clock(), actor=None)
    assert not is_signed_in(app)
    sign_in(app, "li")


def test_a_revoked_role_is_gone_from_open_sessions(app, people, work, clock):
    sign_in(app, "li")
    assert is_signed_in(app)
    clock.forward(seconds=1)
    with work() as session:
        grants.revoke(session, account=account_of(session), organisation=COUNTY, role="clerk", now=clock())
    app.get(HOME, status=404)


def test_half_an_hour_without_a_click_ends_a_session(app, people, clock):
    sign_in(app, "li")
    for _click in range(4):
        clock.forward(minutes=29)
        assert is_signed_in(app)
    clock.forward(minutes=30)
    assert not is_signed_in(app)


def test_twelve_hours_end_a_session_in_any_case(app, people, clock):
    sign_in(app, "li")
    for _click in range(12 * 4 - 1):
        clock.forward(minutes=15)
        assert is_signed_in(app)
    clock.forward(minutes=15)
    assert not is_signed_in(app)


def test_use_is_written_down_every_five_minutes_at_most(app, people, clock, work):
    sign_in(app, "li")

    def seen():
        with work() as session:
            return session.scalars(select(SignIn.seen_at)).one()

    start = clock()
    clock.forward(minutes=4)
    app.get(HOME)
    assert seen() == start
    clock.forward(minutes=1)
    app.get(HOME)
    assert seen() == start + timedelta(minutes=5)


def test_reading_goes_on_while_somebody_writes(app, people, clock, work, registry):
    sign_in(app, "li")
    with work() as session:
        session.execute(update(Account).values(name="someone"))
        assert is_signed_in(app)


def test_who_asks_costs_one_query_and_where_another(app, people, registry):
    sign_in(app, "li")
    statements = []
    event.listen(registry.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    app.get(HOME)
    reads = [one for one in statements if one.startswith(("SELECT", "WITH"))]
    security = [one for one in reads if "core_sign_in" in one or "path(code" in one]
    assert len(security) == 2
    assert not [one for one in statements if one.startswith(("UPDATE", "INSERT"))]


@pytest.mark.parametrize("address", ["/healthz", "/static/core/renda.css", "/help"])
def test_what_needs_no_reader_asks_no_database(app, people, registry, address):
    statements = []
    event.listen(registry.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    app.get(address)
    assert not [one for one in statements if "core_" in one]


def test_failures_are_kept_though_the_page_is_a_refusal(app, people, work):
    for _time in range(5):
        sign_in(app, "li", "wrong password", status=422)
    page = sign_in(app, "li", status=429)
    assert page.html.find(attrs={"role": "alert"})
    with work() as session:
        refused = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("session.%")))
        assert list(refused).count("session.refused") == 5


def test_an_unknown_account_looks_like_a_wrong_password(app, people):
    def visible(login, password):
        page = sign_in(app, login, password, status=422)
        return page.html.find(attrs={"role": "alert"}).text

    assert visible("li", "wrong password") == visible("nobody", "wrong password")


def test_a_request_is_found_in_the_audit_by_its_number(app, people, work):
    response = post(app, "/sign-in", {"login": "li", "password": PASSWORD})
    with work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.open")).one()
    assert entry.request == response.headers["X-Request-Id"]


def test_the_owner_of_a_code_chooses_a_password_and_is_in(app, people, work, clock):
    with work() as session:
        account = accounts.create_account(session, login="first", name="管理员", now=clock())
        grants.grant(session, account=account, organisation=CITY, role="admin", now=clock())
        code = accounts.issue_code(session, account, now=clock())
    form = app.get("/first-sign-in").form
    form["login"], form["code"], form["password"] = "first", code, "short"
    form = form.submit(status=422).form
    assert form["login"].value == "first"
    form["code"], form["password"] = code, PASSWORD
    assert "菏泽市人大" in form.submit(status=303).follow().follow().text
    form = form_of(app.get("/first-sign-in"), "code")
    form["login"], form["code"], form["password"] = "first", code, PASSWORD
    form.submit(status=422)
