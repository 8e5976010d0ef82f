"""A second factor counts once, is kept sealed, and is guarded by the lock-out of passwords."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from renda.app import configure
from renda.errors import Conflict, Misconfigured, NotFound
from renda.security import accounts, entrance, grants, half_way, second_factor, second_step, totp
from renda.security.entrance import Ticket
from renda.security.errors import CodeRefused, SignInLocked, SignInRefused
from renda.security.models import AuditEntry, HalfWay, RecoveryCode, SecondFactor, SignIn
from renda.security.vault import CannotUnseal
from renda.testing.plugin import node_settings
from tests.core.security import town
from tests.core.security.factors import enrol


@pytest.fixture
def li(db, clock):
    return town.person(db, "li", clock())


@pytest.fixture
def factor(db, li, clock):
    return enrol(db, li, clock())


@pytest.fixture
def step_in(db, li, clock):
    """The second step, as somebody does it who has given the right password."""

    def give(typed, address="10.0.0.1"):
        return second_step.give_code(db, li, typed, address=address, now=clock())

    return give


@pytest.fixture
def password(db, clock):
    def give(text=town.PASSWORD, address="10.0.0.1"):
        return entrance.sign_in(db, login="li", password=text, address=address, now=clock())

    return give


@pytest.fixture
def needing(registry, monkeypatch):
    """Names the roles whose holders must have a second factor."""

    def name(*roles):
        monkeypatch.setattr(registry, "values", {**registry.values, second_factor.ROLES: roles})

    return name


@pytest.fixture
def auditor(db, registry, li, clock):
    """Li, who audits a county."""
    town.build(db, registry.declared.modules)
    grants.grant(db, account=li, organisation=town.COUNTY, role="auditor", now=clock())
    return li


def test_a_password_alone_gives_a_ticket_and_no_session(db, factor, password):
    found = password()
    assert isinstance(found, Ticket)
    assert db.query(SignIn).count() == 0


def test_a_code_makes_a_session_of_a_ticket_and_uses_it_up(db, factor, password, step_in, clock):
    ticket = password()
    assert half_way.find(db, ticket.text, clock()).login == "li"
    assert step_in(factor.code(clock()))
    assert half_way.find(db, ticket.text, clock()) is None
    assert db.query(SignIn).count() == 1


def test_the_code_of_a_step_is_taken_once_however_it_is_spelt(factor, step_in, clock):
    code = factor.code(clock())
    assert step_in(code)
    for again in (code, f"{code[:3]} {code[3:]}", f" {code}"):
        with pytest.raises(CodeRefused):
            step_in(again)
    with pytest.raises(CodeRefused):
        step_in(factor.code(clock(), -1))
    assert step_in(factor.code(clock(), +1))
    clock.forward(seconds=30)
    with pytest.raises(CodeRefused):
        step_in(factor.code(clock()))


def test_a_code_is_taken_once_by_many_at_the_same_time(work, clock):
    with work() as session:
        made = enrol(session, town.person(session, "li", clock()), clock())
    code = made.code(clock())

    def give(number):
        with work() as session:
            account = accounts.find_account(session, "li")
            try:
                return second_step.give_code(session, account, code, address=f"10.0.{number}.1", now=clock())
            except (SignInRefused, SignInLocked):
                return None

    with ThreadPoolExecutor(4) as pool:
        assert len([one for one in pool.map(give, range(4)) if one]) == 1


def test_wrong_codes_and_wrong_passwords_are_counted_together(factor, password, step_in, clock):
    for _time in range(2):
        with pytest.raises(SignInRefused):
            password("wrong password")
    assert isinstance(password(), Ticket)
    for _time in range(3):
        with pytest.raises(CodeRefused):
            step_in("000000", address="10.0.0.2")
    with pytest.raises(SignInLocked):
        step_in(factor.code(clock()))
    with pytest.raises(SignInLocked):
        password()
    clock.forward(minutes=15)
    assert step_in(factor.code(clock()))


def test_the_right_password_in_between_does_not_let_anybody_guess_on(factor, password, step_in):
    for _time in range(4):
        assert isinstance(password(), Ticket)
        with pytest.raises(CodeRefused):
            step_in("000000")
    assert isinstance(password(), Ticket)
    with pytest.raises(CodeRefused):
        step_in("000000")
    with pytest.raises(SignInLocked):
        password()


def test_the_right_password_alone_never_locks_anybody_out(factor, password):
    for _time in range(12):
        assert isinstance(password(), Ticket)


def test_a_finished_sign_in_forgets_what_failed_before(factor, password, step_in, clock):
    for _round in range(3):
        clock.forward(minutes=1)
        for _time in range(4):
            with pytest.raises(CodeRefused):
                step_in("000000")
        assert step_in(factor.code(clock()))


def test_each_recovery_code_lets_in_once(db, li, factor, step_in):
    assert len(set(factor.recovery)) == 10
    assert step_in(factor.recovery[3])
    assert second_factor.codes_left(db, li.id) == 9
    with pytest.raises(CodeRefused):
        step_in(factor.recovery[3])
    assert step_in(factor.recovery[4].replace(" ", "-"))
    assert second_factor.codes_left(db, li.id) == 8


def test_recovery_codes_are_their_accounts_own(db, factor, clock):
    wang = town.person(db, "wang", clock())
    enrol(db, wang, clock())
    assert not second_factor.proves(db, wang, factor.recovery[0], clock())


def test_what_is_kept_opens_nothing_by_itself(db, li, factor):
    kept = db.scalars(select(SecondFactor)).one()
    assert factor.secret not in kept.sealed
    assert totp.spelt(factor.secret).encode() not in kept.sealed
    hashes = b"".join(db.scalars(select(RecoveryCode.hash)))
    assert not any(one.replace(" ", "").encode() in hashes for one in factor.recovery)


def test_a_secret_moved_to_another_account_does_not_open(db, li, factor, clock):
    wang = town.person(db, "wang", clock())
    sealed = db.scalars(select(SecondFactor.sealed)).one()
    with pytest.raises(CannotUnseal):
        second_factor.secret_of(db, wang.id, sealed)
    db.add(SecondFactor(account=wang.id, sealed=sealed, last_step=0, created_at=clock()))
    db.flush()
    with pytest.raises(CannotUnseal):
        second_factor.proves(db, wang, factor.code(clock()), clock())


def test_turning_on_needs_the_password_and_the_code_of_this_secret(db, li, clock):
    sealed, other = second_factor.offered(db, li.id), second_factor.offered(db, li.id)
    step = totp.step_at(clock())

    def code(of):
        return totp.code(second_factor.secret_of(db, li.id, of), step)

    def turn_on(password, typed):
        how = {"password": password, "typed": typed, "address": "", "now": clock(), "here": b"here"}
        return second_step.turn_on(db, li, sealed, **how)

    for password, typed in (("wrong", code(sealed)), (town.PASSWORD, code(other)), (town.PASSWORD, "")):
        with pytest.raises(CodeRefused):
            turn_on(password, typed)
        assert second_factor.find(db, li.id) is None
    assert len(turn_on(town.PASSWORD, code(sealed))) == 10
    assert not second_factor.proves(db, li, code(sealed), clock()), "the code that turned it on is used up"
    with pytest.raises(Conflict):
        turn_on(town.PASSWORD, code(sealed))


def test_turning_off_needs_the_password_and_a_code(db, li, factor, clock):
    def turn_off(password, typed):
        return second_step.turn_off(db, li, password=password, typed=typed, address="", now=clock())

    for password, typed in (("wrong", factor.code(clock())), (town.PASSWORD, "000000"), ("", "")):
        with pytest.raises(CodeRefused):
            turn_off(password, typed)
        assert second_factor.find(db, li.id) is not None
    assert isinstance(turn_off(town.PASSWORD, factor.code(clock())), str)
    assert second_factor.find(db, li.id) is None
    assert db.query(RecoveryCode).count() == 0


def test_who_must_have_one_is_led_to_it_again_after_turning_it_off(db, auditor, factor, clock, needing):
    needing("auditor")
    code = factor.code(clock())
    found = second_step.turn_off(db, auditor, password=town.PASSWORD, typed=code, address="", now=clock())
    assert isinstance(found, Ticket)


def test_a_role_that_is_named_needs_one_for_as_long_as_it_is_held(db, auditor, clock, needing):
    assert not second_factor.required(db, auditor.id, clock())
    needing("admin")
    assert not second_factor.required(db, auditor.id, clock())
    needing("admin", "auditor")
    assert second_factor.required(db, auditor.id, clock())
    clock.forward(seconds=1)
    grants.revoke(db, account=auditor, organisation=town.COUNTY, role="auditor", now=clock())
    assert not second_factor.required(db, auditor.id, clock())


def test_a_role_that_does_not_exist_stops_the_start(node_folder, databases):
    text = node_settings(node_folder, databases.fresh(), **{"renda.second_factor_roles": "admin auditer"})
    with pytest.raises(Misconfigured, match="second_factor_roles") as caught:
        configure(text, environment={})
    assert caught.value.message.mapping["names"] == "auditer"


def test_setting_up_finishes_the_sign_in(db, li, clock):
    sealed = second_factor.offered(db, li.id)
    secret = second_factor.secret_of(db, li.id, sealed)
    ticket = half_way.begin(db, li.id, clock())
    with pytest.raises(CodeRefused):
        second_step.set_up(db, li, sealed, "000000", address="", now=clock())
    code = totp.code(secret, totp.step_at(clock()))
    token, codes = second_step.set_up(db, li, sealed, code, address="", now=clock())
    assert token
    assert len(codes) == 10
    assert half_way.find(db, ticket, clock()) is None


def test_a_ticket_is_good_for_ten_minutes(db, li, clock):
    ticket = half_way.begin(db, li.id, clock())
    clock.forward(minutes=9, seconds=59)
    assert half_way.find(db, ticket, clock()) is li
    clock.forward(seconds=1)
    assert half_way.find(db, ticket, clock()) is None
    half_way.begin(db, li.id, clock())
    assert db.query(HalfWay).count() == 1


@pytest.mark.parametrize("ticket", ["", "A" * 43, "\ud800", "x" * 5000])
def test_what_is_no_ticket_lets_nobody_in(db, li, clock, ticket):
    half_way.begin(db, li.id, clock())
    assert half_way.find(db, ticket, clock()) is None


def test_a_new_password_or_a_closed_account_makes_tickets_worthless(db, li, clock):
    ticket = half_way.begin(db, li.id, clock())
    accounts.set_password(db, li, "another horse entirely", now=clock(), actor=None)
    assert half_way.find(db, ticket, clock()) is None
    ticket = half_way.begin(db, li.id, clock())
    accounts.set_active(db, li, active=False, now=clock(), actor=None)
    accounts.set_active(db, li, active=True, now=clock(), actor=None)
    assert half_way.find(db, ticket, clock()) is None


def test_a_one_time_sign_in_code_does_not_replace_the_second_factor(db, li, factor, clock):
    code = accounts.issue_code(db, li, now=clock())
    found = entrance.redeem_code(
        db, login="li", code=code, password="another horse entirely", address="", now=clock()
    )
    assert isinstance(found, Ticket)


def test_a_reset_forgets_everything_and_ends_sessions(db, li, factor, step_in, clock):
    step_in(factor.code(clock()))
    ticket = half_way.begin(db, li.id, clock())
    second_factor.reset(db, li, now=clock(), actor=None)
    assert db.query(SignIn).filter(SignIn.closed_at.is_(None)).count() == 0
    assert half_way.find(db, ticket, clock()) is None
    assert not second_factor.proves(db, li, factor.recovery[0], clock())
    with pytest.raises(NotFound):
        second_factor.reset(db, li, now=clock(), actor=None)
    assert isinstance(entrance.sign_in(db, login="li", password=town.PASSWORD, address="", now=clock()), str)


def test_every_act_is_audited_and_no_secret_is(db, factor, password, step_in, clock):
    li = accounts.find_account(db, "li")
    ticket, code = password(), factor.code(clock())
    with pytest.raises(CodeRefused):
        step_in("314159")
    step_in(code)
    step_in(factor.recovery[0])
    second_step.turn_off(db, li, password=town.PASSWORD, typed=factor.recovery[1], address="", now=clock())
    enrol(db, li, clock())
    second_factor.reset(db, li, now=clock(), actor=None)
    entries = db.scalars(select(AuditEntry).where(AuditEntry.target == str(li.id))).all()
    done = {one.action for one in entries}
    assert done >= {
        *("second_factor.on", "second_factor.off", "second_factor.reset", "second_factor.refused"),
        *("second_factor.recovery", "session.half", "session.open"),
    }
    said = json.dumps([(one.action, one.target, one.detail) for one in entries])
    for secret in (code, "314159", ticket.text, totp.spelt(factor.secret), *factor.recovery):
        assert secret not in said
        assert secret.replace(" ", "") not in said
