"""The administrator's pages of accounts: who plays which part, a first code, roles, and what is not theirs."""

import re

import pytest
from sqlalchemy import select

from renda.clock import system_clock
from renda.i18n import Translator, thaw
from renda.notices.models import Notice
from renda.security import accounts, grants
from renda.security.models import Account, AuditEntry
from tests.core.security import factors
from tests.core.security.town import CITY, COUNTY, OTHER, PASSWORD, post, sign_in

PAGE = f"/o/{COUNTY}/m/core/accounts"
CODE = re.compile(r"<pre>([A-Z2-9-]{19})</pre>")
NEW = {"login": "Zhao.San", "name": "赵三", "role": "clerk", "for": ""}


@pytest.fixture
def admin(app, people, work, clock):
    """A browser of the county's administrator, in English."""
    with work() as session:
        people.person(session, "admin", clock(), (COUNTY, "admin"))
    sign_in(app, "admin")
    post(app, "/language", {"locale": "en", "next": "/help"}, status=303)
    return app


@pytest.fixture
def subjects(people, work):
    """Ids of a deputy and of a handling unit of the county."""
    with work() as session:
        return people.subjects(session)


@pytest.fixture
def address(work):
    """Where the page of an account is, by login."""

    def find(login):
        with work() as session:
            return f"{PAGE}/{accounts.find_account(session, login).id}"

    return find


def roles_of(work, login, clock, organisation=COUNTY):
    with work() as session:
        account = accounts.find_account(session, login)
        return grants.roles_at(session, account.id, organisation, clock())


def error(page):
    return page.html.find(class_="summary").get_text(" ")


def test_only_administrators_see_it(app, people):
    sign_in(app, "li")
    assert PAGE not in app.get(f"/o/{COUNTY}").text
    app.get(PAGE, status=403)
    post(app, PAGE, NEW, status=403)
    app.get(f"/o/{OTHER}/m/core/accounts", status=404)


def test_a_new_account_has_its_role_and_a_code_that_is_shown_once(admin, work, clock):
    assert PAGE in admin.get(f"/o/{COUNTY}").text
    page = post(admin, PAGE, NEW)
    code = CODE.search(page.text)[1]
    assert "赵三" in page.html.find("table").get_text()
    assert code not in admin.get(PAGE).text
    assert roles_of(work, "zhao.san", clock) == {"clerk"}
    post(admin, "/sign-out", {}, status=303)
    chosen = {"password": PASSWORD, "again": PASSWORD}
    post(admin, "/first-sign-in", {"login": "zhao.san", "code": code, **chosen}, status=303)
    admin.get(f"/o/{COUNTY}", status=200)
    admin.get(PAGE, status=403)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "李 四"}, "Account: Use 2 to 64 letters"),
        ({"name": ""}, "Name: Enter a name"),
        ({"role": "king"}, "Role here: There is no role king"),
        ({"role": ""}, "Role here: There is no role"),
        ({"role": "deputy", "for": "无此人"}, "Is the deputy or handling unit:"),
        ({"for": "公安局"}, "Only the roles deputy and handler"),
        ({"login": "admin"}, "exists already"),
    ],
)
def test_bad_input_makes_nothing_and_keeps_what_was_typed(admin, work, wrong, said):
    typed = NEW | wrong
    page = admin.post(
        PAGE, {**typed, "csrf_token": admin.get(PAGE).forms[1]["csrf_token"].value}, status="4*"
    )
    assert said in error(page)
    assert page.html.find(id="f-name")["value"] == typed["name"]
    with work() as session:
        logins = session.scalars(select(Account.login)).all()
    assert "zhao.san" not in logins


@pytest.mark.parametrize(("role", "name"), [("handler", "教育局"), ("deputy", "王小明")])
def test_an_account_says_for_whom_it_plays_its_role(admin, subjects, work, role, name):
    page = post(admin, PAGE, NEW | {"role": role, "for": name})
    assert name in page.html.find("table").get_text()
    with work() as session:
        account = accounts.find_account(session, "zhao.san").id
        assert grants.accounts_for(session, subjects[name], COUNTY, role, system_clock()) == {account}


def test_roles_are_given_and_taken(admin, address, work, clock):
    post(admin, PAGE, NEW)
    one = address("zhao.san")
    page = post(admin, one, {"do": "give", "role": "reviewer", "for": ""}, status=303).follow()
    assert "The role is given." in page.text
    assert roles_of(work, "zhao.san", clock) == {"clerk", "reviewer"}
    post(admin, one, {"do": "take", "role": "clerk"}, status=303)
    assert roles_of(work, "zhao.san", clock) == {"reviewer"}
    post(admin, one, {"do": "take", "role": "clerk"}, status=404)
    with work() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.organisation == COUNTY)).all()
    assert actions.count("grant.end") == 1


def test_an_account_is_closed_and_opened_again(admin, address, work):
    post(admin, PAGE, NEW)
    one = address("zhao.san")
    page = post(admin, one, {"do": "close"}, status=303).follow()
    assert "Account closed" in page.text
    with work() as session:
        assert not accounts.find_account(session, "zhao.san").active
    post(admin, one, {"do": "open"}, status=303)
    with work() as session:
        assert accounts.find_account(session, "zhao.san").active


def test_a_new_code_replaces_the_old_one(admin, address):
    first = CODE.search(post(admin, PAGE, NEW).text)[1]
    second = CODE.search(post(admin, address("zhao.san"), {"do": "code"}).text)[1]
    assert second != first
    typed = {"login": "zhao.san", "password": PASSWORD, "again": PASSWORD}
    post(admin, "/sign-out", {}, status=303)
    post(admin, "/first-sign-in", {**typed, "code": first}, status=422)


def test_two_step_verification_is_turned_off_for_who_lost_the_phone(admin, address, work, clock):
    post(admin, PAGE, NEW)
    one = address("zhao.san")
    assert "Turn two-step" not in admin.get(one).text
    post(admin, one, {"do": "reset"}, status=404)
    with work() as session:
        factors.enrol(session, accounts.find_account(session, "zhao.san"), clock())
    assert "Turn two-step" in admin.get(one).text
    post(admin, one, {"do": "reset"}, status=303)
    assert "Turn two-step" not in admin.get(one).text


@pytest.mark.parametrize("do", ["code", "close", "reset", "take"])
def test_nobody_does_it_to_their_own_account(admin, address, work, clock, do):
    one = address("admin")
    assert "This is your own account" in admin.get(one).text
    page = post(admin, one, {"do": do, "role": "admin"}, status=409)
    assert "This is your own account" in error(page)
    assert roles_of(work, "admin", clock) == {"admin"}


@pytest.fixture
def both(people, work, clock, address):
    """Address of the page of somebody who is clerk of the county and administrator of the city."""
    with work() as session:
        people.person(session, "both", clock(), (COUNTY, "clerk"), (CITY, "admin"))
    return address("both")


@pytest.mark.parametrize("do", ["code", "close", "open", "reset", "give"])
def test_an_account_that_plays_a_part_elsewhere_is_not_taken_over(admin, both, work, clock, do):
    page = admin.get(both)
    assert "New sign-in code" not in page.text
    page = post(admin, both, {"do": do, "role": "reviewer"}, status=409)
    assert "also plays a part at another organisation" in error(page)
    assert not CODE.search(page.text)
    assert roles_of(work, "both", clock) == {"clerk"}


def test_its_role_here_is_for_the_administrator_here_to_end(admin, both, work, clock):
    post(admin, both, {"do": "take", "role": "clerk"}, status=303)
    assert roles_of(work, "both", clock) == frozenset()
    assert roles_of(work, "both", clock, CITY) == {"admin"}


def test_an_account_that_never_was_here_is_not_found(admin, people, address, work, clock):
    with work() as session:
        people.person(session, "stranger", clock(), (OTHER, "clerk"))
    admin.get(address("stranger"), status=404)
    admin.get(f"{PAGE}/nonsense", status=404)
    post(admin, address("stranger"), {"do": "code"}, status=404)


def test_an_unknown_wish_is_refused(admin, address):
    post(admin, PAGE, NEW)
    assert "Choose what is to be done" in error(post(admin, address("zhao.san"), {"do": "dance"}, status=422))


@pytest.fixture
def told(work):
    """`told(login)` is what an account has been told, in English, the latest last."""

    def read(login):
        with work() as session:
            account = accounts.find_account(session, login).id
            found = session.scalars(
                select(Notice).where(Notice.account == account).order_by(Notice.at, Notice.id)
            )
            return [Translator(["renda"], "en")(thaw(one.title)) for one in found]

    return read


def test_an_owner_is_told_what_an_administrator_does_to_the_account(admin, address, told, work, clock):
    post(admin, PAGE, NEW)
    assert told("zhao.san") == []
    one = address("zhao.san")
    with work() as session:
        factors.enrol(session, accounts.find_account(session, "zhao.san"), clock())
    for asked in (
        {"do": "give", "role": "reviewer"},
        {"do": "take", "role": "clerk"},
        {"do": "code"},
        {"do": "reset"},
    ):
        clock.forward(minutes=1)
        post(admin, one, asked, status="*")
    assert told("zhao.san") == [
        "An administrator gave you the role 审核员.",
        "An administrator took the role 录入员 from you.",
        "An administrator issued a new sign-in code for your account.",
        "An administrator turned your two-step verification off.",
    ]
    assert told("admin") == []


def test_an_owner_is_told_nothing_where_nothing_was_done(admin, both, address, told, clock):
    post(admin, PAGE, NEW)
    clock.forward(minutes=1)
    post(admin, address("zhao.san"), {"do": "give", "role": "clerk"}, status=303)
    post(admin, both, {"do": "code"}, status=409)
    assert told("zhao.san") == told("both") == []


def test_what_an_owner_is_told_stands_in_the_inbox(admin, address):
    post(admin, PAGE, NEW)
    code = CODE.search(post(admin, address("zhao.san"), {"do": "code"}).text)[1]
    post(admin, "/sign-out", {}, status=303)
    typed = {"login": "zhao.san", "password": PASSWORD, "again": PASSWORD}
    post(admin, "/first-sign-in", {**typed, "code": code}, status=303)
    page = admin.get(f"/o/{COUNTY}/notices")
    assert "An administrator issued a new sign-in code" in page.text
    assert "Your account" in page.text
    assert code not in page.text
    assert page.click("An administrator issued").status_int == 200


def test_who_lost_the_last_role_of_a_place_reads_of_it_elsewhere_and_is_led_to_no_page_that_is_closed(
    admin, both
):
    post(admin, both, {"do": "take", "role": "clerk"}, status=303)
    post(admin, "/sign-out", {}, status=303)
    sign_in(admin, "both")
    page = admin.get(f"/o/{CITY}/notices")
    assert "An administrator took the role" in page.text
    assert not page.html.select(f"main a[href^='/o/{COUNTY}/']")
