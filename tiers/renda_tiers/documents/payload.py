"""Strict JSON: what a payload may hold so that Python, SQLite and PostgreSQL all read the same from it.

Stored payloads are read again by SQL, where a float, a repeated key, a number beyond 64 bits, a NUL or half
a surrogate pair would mean something else or stop the statement. They are refused here, before anything is
kept.
"""

import hashlib
import json
import re
import string
from itertools import chain
from typing import Any, NoReturn

from renda.errors import RendaError, TooLarge
from renda.i18n import _

MAX_PAYLOAD = 1024 * 1024
"""Bytes of one payload; anything larger belongs in a part."""

MAX_DEPTH = 32
"""Objects and arrays inside one another; the outermost object is the first."""

INT64 = range(-(2**63), 2**63)
"""Whole numbers that every database here can hold."""

_DIGITS_NEVER_SAFE = 21
_MANY_DIGITS = b"0" * 19
"""As many digits as a number outside `INT64` has at least, where every digit is a zero."""
_AS_ZEROS = bytes.maketrans(string.digits.encode(), b"0" * 10)
_HEX32 = re.compile(r"[0-9a-f]{64}")
_CONTAINERS = frozenset({dict, list})


class Refused(RendaError):
    """Bytes that are not taken: nothing of them is kept, and no outcome is stored for them."""

    message = _("This document was refused. Ask the sender to send it again.")


class DocumentTooLarge(TooLarge, Refused):
    """A payload or part above its limit; nothing of it was parsed."""

    message = _("The document is larger than what is accepted here.")


class NotADocument(Refused):
    """A payload that is not strict JSON, or whose fields are not those of a document."""

    message = _("These bytes are not a document.")


def digest(data: bytes) -> bytes:
    """SHA-256 of the exact bytes, 32 bytes."""
    return hashlib.sha256(data).digest()


def is_hex32(value: object) -> bool:
    """Whether a JSON value is 32 bytes in lower-case hex, as hashes and keys are written."""
    return isinstance(value, str) and _HEX32.fullmatch(value) is not None


def read(payload: bytes) -> dict[str, Any]:
    """The JSON object that the bytes hold.

    Raises:
        DocumentTooLarge: more than `MAX_PAYLOAD` bytes, told before anything is parsed.
        NotADocument: not UTF-8, not JSON, not an object, deeper than `MAX_DEPTH`, or holding a float, a
            number outside `INT64`, a repeated key, a NUL or half a surrogate pair.
    """
    if len(payload) > MAX_PAYLOAD:
        raise DocumentTooLarge(size=len(payload), limit=MAX_PAYLOAD)
    try:
        decoder = _CAREFUL if _MANY_DIGITS in payload.translate(_AS_ZEROS) else _DECODER
        value = decoder.decode(payload.decode())
    except UnicodeDecodeError as error:
        raise NotADocument(_("The document is not UTF-8 text."), at=error.start) from error
    except json.JSONDecodeError as error:
        raise NotADocument(_("The document is not JSON."), at=error.pos, reason=error.msg) from error
    except RecursionError:
        # The traceback of a thousand levels helps nobody.
        raise _too_deep() from None
    if type(value) is not dict:
        raise NotADocument(_("The document is not a JSON object."))
    _refuse_depth(value)
    # Honest payloads escape control characters only, so most hold no \u at all.
    if b"\\u" in payload:
        _refuse_characters(payload, value)
    return value


def _too_deep() -> NotADocument:
    return NotADocument(_("The document is nested too deeply."), limit=MAX_DEPTH)


def _refuse_depth(root: dict[str, Any]) -> None:
    level: list[Any] = [root]
    for _depth in range(MAX_DEPTH):
        inside = [outer.values() if type(outer) is dict else outer for outer in level]
        if _CONTAINERS.isdisjoint(map(type, chain.from_iterable(inside))):
            return
        level = [one for some in inside for one in some if type(one) in _CONTAINERS]
    raise _too_deep()


def _refuse_characters(payload: bytes, value: dict[str, Any]) -> None:
    # With the escaped backslashes gone, every \u that is left is an escape and not text.
    if b"\\u0000" in payload.replace(b"\\\\", b""):
        raise NotADocument(_("The document holds a NUL character."))
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotADocument(_("The document holds half a character.")) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotADocument(_("The document names a field twice."))
    return found


def _integer(digits: str) -> int:
    # JSON allows no leading zeros, so the length alone tells many cases, and no huge text is ever converted.
    if len(digits) >= _DIGITS_NEVER_SAFE or int(digits) not in INT64:
        raise NotADocument(_("The document holds a number of more than 64 bits."))
    return int(digits)


def _float(text: str) -> NoReturn:
    raise NotADocument(_("The document holds a number that is not whole."), number=text[:32])


_STRICT: dict[str, Any] = {"object_pairs_hook": _object, "parse_float": _float, "parse_constant": _float}
_DECODER = json.JSONDecoder(**_STRICT)
"""For payloads without a run of digits that could be a number of more than 64 bits."""
_CAREFUL = json.JSONDecoder(parse_int=_integer, **_STRICT)
