from concurrent.futures import ThreadPoolExecutor

import pytest

from renda.security import attempts, entrance
from renda.security.errors import SignInLocked, SignInRefused
from tests.core.security import town


@pytest.fixture
def door(db, clock):
    town.person(db, "li", clock())
    town.person(db, "wang", clock())

    def knock(login="li", password="wrong password", address="10.0.0.1"):
        return entrance.sign_in(db, login=login, password=password, address=address, now=clock())

    return knock


def refuse(door, times, **how):
    for _time in range(times):
        with pytest.raises(SignInRefused):
            door(**how)


def test_five_failures_close_an_account_for_a_quarter_of_an_hour(door, clock):
    for number in range(5):
        refuse(door, 1, address=f"10.0.0.{number}")
    with pytest.raises(SignInLocked):
        door(password=town.PASSWORD, address="10.0.1.1")
    clock.forward(minutes=14, seconds=59)
    with pytest.raises(SignInLocked):
        door(password=town.PASSWORD, address="10.0.1.1")
    clock.forward(seconds=1)
    assert door(password=town.PASSWORD, address="10.0.1.1")


def test_an_account_that_does_not_exist_is_closed_in_the_same_way(door):
    for number in range(5):
        refuse(door, 1, login="nobody", address=f"10.0.0.{number}")
    with pytest.raises(SignInLocked):
        door(login="nobody", address="10.0.1.1")


def test_a_few_wrong_passwords_of_an_office_do_not_close_it_for_the_others(door):
    for login in ("wang", "nobody"):
        refuse(door, 5, login=login)
        with pytest.raises(SignInLocked):
            door(login=login)
    assert door(password=town.PASSWORD)


def test_fifty_failures_from_one_address_close_it_for_all_accounts(door):
    for number in range(50):
        refuse(door, 1, login=f"guess{number}")
    with pytest.raises(SignInLocked):
        door(password=town.PASSWORD)
    assert door(password=town.PASSWORD, address="10.0.0.2")


def test_one_customers_many_addresses_count_as_one(door):
    for number in range(50):
        refuse(door, 1, login=f"guess{number}", address=f"2001:db8:1:2::{number}")
    with pytest.raises(SignInLocked):
        door(password=town.PASSWORD, address="2001:db8:1:2:ffff::1")
    assert door(password=town.PASSWORD, address="2001:db8:1:3::1")


def test_success_forgets_what_failed_before(door):
    for _round in range(3):
        refuse(door, 4)
        assert door(password=town.PASSWORD)


def test_failures_long_ago_do_not_count(door, clock):
    refuse(door, 4)
    clock.forward(minutes=16)
    refuse(door, 4)
    assert door(password=town.PASSWORD)


def test_knocking_at_a_closed_door_does_not_keep_it_closed(door, clock):
    refuse(door, 5)
    for _minute in range(14):
        clock.forward(minutes=1)
        with pytest.raises(SignInLocked):
            door(password=town.PASSWORD)
    clock.forward(minutes=1)
    assert door(password=town.PASSWORD)


def test_what_is_a_day_old_is_forgotten(door, db, clock):
    refuse(door, 2, login="nobody")
    clock.forward(days=1, seconds=1)
    door(password=town.PASSWORD)
    assert db.query(attempts.Attempt).count() == 2


def test_guesses_at_the_same_time_are_counted_one_by_one(work, clock):
    with work() as session:
        town.person(session, "li", clock())

    def guess(number):
        with work() as session:
            try:
                entrance.sign_in(
                    session, login="li", password="wrong password", address=f"10.0.0.{number}", now=clock()
                )
            except (SignInRefused, SignInLocked) as refusal:
                return type(refusal)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(SignInRefused) == 5
