"""Passwords: what is accepted, and how they are kept (Argon2id, the library's defaults)."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from renda.errors import Invalid
from renda.i18n import _

SHORTEST = 10
LONGEST = 128
FEWEST_DIFFERENT = 4

_COMMON = """
0123456789 1234567890 12345678910 123456789a a123456789 a1234567890 1q2w3e4r5t 1qaz2wsx3edc zaq12wsxcde3
qwertyuiop qwertyuiop123 qwerty123456 asdfghjkl123 zxcvbnm123 abcdefghij abcd123456 abc1234567 aa123456789
password10 password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 iloveyou123
administrator admin12345 admin123456 admin1234567 admin@12345 admin@123456 root123456 test123456
woaini1314 woaini1314520 woaini520 woaini5201314 5201314520 1314520520 5201314woaini nihao123456
huawei@123 huawei12#$ renda12345 renda123456 renda@12345 china123456 beijing2008 88888888888 qq123456789
"""
COMMON = frozenset(_COMMON.split())
"""Passwords of ten and more characters from the tops of published lists, folded."""

_hasher = PasswordHasher()


def configure(hasher: PasswordHasher) -> None:
    """Use other costs in this process; tests choose cheap ones."""
    global _hasher  # noqa: PLW0603 - the cost of a hash is a property of the process
    _hasher = hasher
    _nobodys.cache_clear()


def check(password: str, login: str = "", field: str = "password") -> None:
    """Refuse a new password that is too short, too long or too common.

    Raises:
        Invalid: under the name `field`, with what to do.
    """
    password = _normal(password)
    folded = password.casefold()
    if len(password) < SHORTEST:
        message = _("Use at least ${count} characters.", mapping={"count": SHORTEST})
    elif len(password) > LONGEST:
        message = _("Use at most ${count} characters.", mapping={"count": LONGEST})
    elif folded in COMMON or len(set(folded)) < FEWEST_DIFFERENT or (login and folded == login * 2):
        message = _("This password is one of the first that anybody would try. Choose another.")
    elif len(login) >= FEWEST_DIFFERENT and login in folded:
        message = _("The password must not contain the account's name.")
    else:
        return
    raise Invalid({field: message})


def hashed(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one; takes as long where nothing is kept."""
    password = _normal(password)
    try:
        _hasher.verify(kept or _nobodys(), password if len(password) <= LONGEST else "")
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether a hash was made with other costs than today's and should be made again."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's password")
