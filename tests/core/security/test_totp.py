"""Codes of the time of day are those of RFC 6238, so that any authenticator makes them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from renda.security import totp

SECRET = b"12345678901234567890"
"""Of RFC 6238, appendix B."""
NOW = datetime(2026, 5, 6, 1, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_test_values_of_the_standard(seconds, code):
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code(SECRET, step, digits=8) == code
    assert totp.code(SECRET, step) == code[-6:]


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_one_step_early_or_late_and_not_two(steps, right):
    step = totp.step_at(NOW + timedelta(seconds=steps * 30))
    assert totp.matching_step(SECRET, totp.code(SECRET, step), NOW) == (step if right else None)


def test_a_code_may_be_pasted_with_blanks_and_in_wide_digits():
    code = totp.code(SECRET, totp.step_at(NOW))
    wide = code.translate({ord("0") + number: ord("０") + number for number in range(10)})
    for typed in (f" {code[:3]} {code[3:]}\n", f"{code[:3]}-{code[3:]}", wide):
        assert totp.matching_step(SECRET, typed, NOW) == totp.step_at(NOW)


@pytest.mark.parametrize("typed", ["", "0", "12345", "1234567", "abcdef", "𝟘٠०", "\ud800", "9" * 10_000])
def test_what_is_no_code_is_none(typed):
    assert totp.matching_step(SECRET, typed, NOW) is None


def test_secrets_are_long_and_differ():
    made = {totp.new_secret() for _number in range(20)}
    assert len(made) == 20
    assert {len(one) for one in made} == {20}


def test_the_address_tells_an_authenticator_all_it_needs():
    parts = urlsplit(totp.address(SECRET, issuer="人大 工作: 平台", label="li@rd.example.cn"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/人大 工作: 平台:li@rd.example.cn"
    assert ":" not in parts.path.replace(":li@", "")
    said = parse_qs(parts.query)
    assert said == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["人大 工作: 平台"]}
