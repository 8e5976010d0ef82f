import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.security import passwords


@pytest.mark.parametrize(
    ("password", "login"),
    [
        ("short", ""),
        ("x" * 129, ""),
        ("1234567890", ""),
        ("Password123", ""),
        ("aaaaaaaaaaaaa", ""),
        ("ababababababab", ""),
        ("zhangsan-2026!", "zhangsan"),
    ],
)
def test_what_anybody_would_try_is_refused(password, login):
    with pytest.raises(Invalid) as refused:
        passwords.check(password, login)
    assert set(refused.value.errors) == {"password"}


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=128))
def test_a_kept_password_matches_itself_and_nothing_longer(password):
    kept = passwords.hashed(password)
    assert passwords.matches(kept, password)
    assert not passwords.matches(kept, password + "x")


def test_characters_count_however_the_keyboard_composes_them():
    assert passwords.matches(passwords.hashed("Cafe\u0301 am Platz"), "Caf\u00e9 am Platz")


def test_nothing_is_cut_off_a_long_password():
    assert not passwords.matches(passwords.hashed("ab" * 64), "ab" * 64 + "more")


def test_where_nothing_is_kept_nothing_matches():
    assert not passwords.matches(None, "nobody's password")
    assert not passwords.matches("not a hash", "whatever it is")


def test_a_hash_made_with_other_costs_is_outdated():
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert passwords.outdated(stronger.hash("correct horse battery"))
    assert not passwords.outdated(passwords.hashed("correct horse battery"))
