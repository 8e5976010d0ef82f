"""Accounts of deputies whose seats have ended or whose data were erased: pointed out, and left to people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from renda.clock import local_day
from renda.deputies import erasure
from renda.directory.models import Mandate, Person
from renda.security import accounts, grants
from renda.security.models import Account, AuditEntry
from tests.core.deputies.conftest import COUNTY, words
from tests.core.security import town
from tests.core.security.town import post, sign_in

HOME, PAGE = f"/o/{COUNTY}", f"/o/{COUNTY}/m/core/accounts"
LEFT = "Seat ended, still in the role of deputy"
NAMED = "Personal data erased, the account still bears the name"


@pytest.fixture
def admin(as_, placed, work, clock):
    """A browser of the county's administrator; the deputy 王小明 has the account xiaoming."""
    with work() as session:
        town.person(session, "admin", clock(), (COUNTY, "admin"))
        deputy = town.subjects(session)["王小明"]
        account = town.person(session, "xiaoming", clock(), name="王小明")
        who = {"account": account, "organisation": COUNTY, "role": "deputy"}
        grants.grant(session, **who, now=clock(), subject=deputy)
    return as_("admin")


@pytest.fixture
def end(work, clock):
    """`end()` ends all seats of the deputy today."""

    def do(day=None):
        with work() as session:
            for seat in session.scalars(select(Mandate)):
                seat.ended_on, seat.ended_because = day or local_day(clock()), "term_over"

    return do


@pytest.fixture
def erase(work, clock):
    """`erase()` erases all data of the deputy."""

    def do():
        with work() as session:
            person = session.scalars(select(Person)).one()
            form = {"what": erasure.EVERYTHING, "reason": "本人申请"}
            one, other = (accounts.find_account(session, login).id for login in ("li", "zhao"))
            row = erasure.ask(session, COUNTY, person, form, now=clock(), actor=one)
            if row.decided_at is None:
                erasure.decide(session, person, row, erase=True, now=clock(), actor=other)

    return do


@pytest.fixture
def address(work):
    def find(login="xiaoming"):
        with work() as session:
            return f"{PAGE}/{accounts.find_account(session, login).id}"

    return find


def asked(admin):
    return [one.get_text(" ", strip=True) for one in admin.get(HOME).html.select("#todo tbody tr")]


def test_who_holds_a_seat_is_no_question(admin):
    assert asked(admin) == []


def test_whose_last_seat_has_ended_is_asked_about_until_the_role_is_taken(admin, end, work, clock):
    end()
    (line,) = asked(admin)
    assert "王小明" in line
    assert LEFT in line
    page = admin.get(HOME).click("王小明")
    assert LEFT in words(page)
    post(admin, page.request.path, {"do": "take", "role": "deputy"}, status=303)
    assert asked(admin) == []


def test_a_seat_that_is_to_end_is_no_question_yet(admin, end, clock):
    end(local_day(clock()) + timedelta(days=1))
    assert asked(admin) == []


def test_who_is_kept_is_not_asked_about_again_until_a_later_seat_ends(admin, end, address, work, clock):
    end()
    done = post(admin, address(), {"do": "keep"}, status=303).follow()
    assert "The account stays as it is." in words(done, "body")
    assert asked(admin) == []
    with work() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.keep"))
        assert entry.organisation == COUNTY
        person = session.scalars(select(Person.id)).one()
        day = local_day(clock()) + timedelta(days=1)
        session.add(Mandate(organisation=COUNTY, person=person, term=20, seat=1, starts_on=day))
    clock.forward(days=10)
    sign_in(admin, "admin")
    assert asked(admin) == []
    end()
    assert len(asked(admin)) == 1


def test_a_closed_account_is_no_question(admin, end, address):
    end()
    post(admin, address(), {"do": "close"}, status=303)
    assert asked(admin) == []


def test_an_erased_person_whose_name_is_in_an_account_is_told_of(admin, end, erase, address, work):
    end()
    post(admin, address(), {"do": "keep"}, status=303)
    erase()
    (line,) = asked(admin)
    assert NAMED in line
    post(admin, address(), {"do": "take", "role": "deputy"}, status=303)
    assert NAMED in asked(admin)[0], "the name is there all the same"
    done = post(admin, address(), {"do": "forget"}, status=303).follow()
    assert "The account is closed, and bears no name." in words(done, "body")
    assert asked(admin) == []
    with work() as session:
        assert "王小明" not in session.scalars(select(Account.name)).all()
        assert "xiaoming" not in session.scalars(select(Account.login)).all()


def test_nobody_s_name_is_removed_who_was_not_erased(admin, end, address):
    end()
    page = post(admin, address(), {"do": "forget"}, status=409)
    assert "Nothing is to be decided" in words(page)
    post(admin, address("li"), {"do": "keep"}, status=409)


def test_only_administrators_are_asked(admin, as_, end):
    end()
    assert LEFT not in words(as_("li").get(HOME))
