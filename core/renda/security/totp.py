"""One-time codes of the time of day (RFC 6238 with its defaults: SHA-1, steps of 30 s; six digits)."""

import base64
import hmac
import re
import secrets
import unicodedata
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
_BYTES = 20
"""RFC 4226, section 4: 160 bits are recommended."""
_AROUND = (-1, 0, 1)
"""Steps whose codes are taken, from the present one: clocks differ, and typing takes time (RFC 6238, 5.2)."""


def new_secret() -> bytes:
    """A secret for one authenticator."""
    return secrets.token_bytes(_BYTES)


def step_at(now: datetime) -> int:
    """The number of the time step of an instant."""
    return int(now.timestamp()) // SECONDS


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def bare(typed: str) -> str:
    """A code without the blanks and dashes that people type or paste, its digits in one spelling."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))


def matching_step(secret: bytes, typed: str, now: datetime) -> int | None:
    """The step around now whose code was typed, or None; takes equally long for every code."""
    given = bare(typed).encode("utf-8", "replace")
    steps = [step_at(now) + far for far in _AROUND]
    right = [hmac.compare_digest(code(secret, step).encode(), given) for step in steps]
    return max((step for step, same in zip(steps, right, strict=True) if same), default=None)


def spelt(secret: bytes) -> str:
    """A secret as authenticators take it: base32."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, *, issuer: str, label: str) -> str:
    """The `otpauth:` address that a QR code says to an authenticator."""
    query = urlencode({"secret": spelt(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(label, safe='@')}?{query}"
