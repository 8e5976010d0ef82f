"""Receipt codes, and the tickets that a form carries instead of a cookie.

A ticket is a random word with its time, signed for one form. The receipt code of what the form gives follows
from that word, from what was said, and from the node's secret: the same form sent twice has one receipt and
makes one record, and nobody can work out the code from what the browser was sent.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

LETTERS = 20
"""Of a receipt code, with five random bits each: 100 bits."""
GOOD_FOR = timedelta(days=1)
"""How long a form may lie open."""
_GROUP = 4
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def station_code() -> str:
    """A new code for the address of a station: 80 random bits in 16 small letters and digits."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def issue(key: bytes, about: str, now: datetime) -> str:
    """A ticket for a form that is about a station, say."""
    said = f"{secrets.token_hex(16)}.{int(now.timestamp())}"
    return f"{said}.{_signed(key, said, about)}"


def word(key: bytes, about: str, ticket: str, now: datetime) -> str | None:
    """The random word of a ticket; None where it was issued for something else, by nobody, or long ago."""
    said, _dot, signature = ticket.rpartition(".")
    if not hmac.compare_digest(_signed(key, said, about).encode(), signature.encode("utf-8", "replace")):
        return None
    random, _dot, at = said.partition(".")
    return random if timedelta() <= now - datetime.fromtimestamp(int(at), now.tzinfo) <= GOOD_FOR else None


def code(key: bytes, random: str, said: Iterable[bytes]) -> str:
    """The receipt code for what was said with the word of a ticket, in groups of four."""
    parts = b"".join(hashlib.sha256(one).digest() for one in (random.encode(), *said))
    digest = hmac.digest(key, b"receipt:" + parts, hashlib.sha256)
    letters = base64.b32encode(digest).decode()[:LETTERS]
    return "-".join(letters[start : start + _GROUP] for start in range(0, LETTERS, _GROUP))


def hashed(typed: str) -> bytes | None:
    """What is kept of a code as somebody types it, in small letters or without dashes; None for no code."""
    letters = "".join(one for one in typed.upper() if one not in "- \t\u2014\uff0d")
    if len(letters) != LETTERS or not _ALPHABET.issuperset(letters):
        return None
    return hashlib.sha256(letters.encode()).digest()


def _signed(key: bytes, said: str, about: str) -> str:
    return hmac.new(key, f"ticket:{about}:{said}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
