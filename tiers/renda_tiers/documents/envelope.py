"""What a document is: its fields, the bytes they are written to once, and what may lie beside them.

The payload's exact bytes are stored, hashed, signed and forwarded; nothing is ever serialised again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from renda.i18n import _
from renda_tiers.documents.limits import ORGANISATION
from renda_tiers.documents.payload import INT64, DocumentTooLarge, NotADocument, digest, is_hex32, read

PAYLOAD_TYPE = "application/vnd.renda.document+json"
"""Names the payload inside the signature, so that no other signed bytes pass for a document."""

VERSION = 1
"""Version of the payload's own fields; the kind's `schema` counts the body's versions."""

WHOLE_CHAIN = ("*",)
"""Audience of what every node must hold."""

MAX_PARTS = 16 * 1024 * 1024
"""Bytes of all parts of a document together, so that one message holds it whole."""

MAX_COUNT = 2**31 - 1
"""Highest revision and schema, so that they fit a plain integer column."""


class Outcome(StrEnum):
    """How this node judges a document that it keeps. What is refused is not kept (`payload.Refused`)."""

    APPLIED = "applied"
    """It has its effect."""
    PARKED = "parked"
    """Authentic, but something it needs is missing here: forwarded, and judged again when that changes."""
    ASIDE = "aside"
    """Nobody entitled said it: kept with the reason, not forwarded."""


@dataclass(frozen=True, slots=True)
class PartReference:
    """What a payload says of a part: `hash` is SHA-256 of salt and content, `size` the content's bytes."""

    name: str
    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """Personal or large bytes that lie beside a payload and can be erased without breaking it.

    A part that is withheld or erased has no content and no salt: with the salt, short content could be
    guessed from the hash that stays in the payload.
    """

    name: str
    salt: bytes
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Document:
    """A payload that was read: its fields, its exact bytes, and their SHA-256.

    Attributes:
        id: UUIDv7 of this document.
        kind: name of a declared document kind.
        schema: version of the kind's body, from 1.
        origin: code of the organisation that says it.
        audience: codes of those it is for, sorted; `WHOLE_CHAIN` for all.
        subject: what it is a revision of, as in "report:371721001:training-bimonth:2026-b3".
        revision: from 1.
        previous: hash of the revision before it, where there is one.
        issued: UTC, to the millisecond, of the years 2000 to 2999; the origin's claim.
        body: what the kind defines.
        parts: what lies beside it.
    """

    id: UUID
    kind: str
    schema: int
    origin: str
    audience: tuple[str, ...]
    subject: str
    revision: int
    previous: bytes | None
    issued: datetime
    body: Mapping[str, Any] = field(hash=False)
    parts: tuple[PartReference, ...]
    hash: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A document on its way or at rest: payload, detached signature, the public key itself, and parts.

    Attributes:
        payload: the exact bytes.
        signature: over DSSE's pre-authentication encoding of the payload.
        key: public key, raw; it is its own id, so that a signature is checked without a look-up.
        algorithm: a name in `signing.ALGORITHMS`.
        parts: those at hand.
    """

    payload: bytes
    signature: bytes
    key: bytes
    algorithm: str
    parts: tuple[Part, ...] = ()


_PART_NAME = re.compile(r"[^\x00-\x1f\x7f/\\.][^\x00-\x1f\x7f/\\]{0,119}")
_PART_FIELDS = frozenset({"name", "hash", "size"})
_TEXT_FORMS = {
    "id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "kind": re.compile(r"[a-z][a-z0-9_.:-]{0,63}"),
    "origin": ORGANISATION,
    "subject": re.compile(r"[^\x00-\x20\x7f]{1,255}"),
    # Far years would overflow in some time zone or sum, and Python reads 24:00 in some versions only.
    "issued": re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"),
}
_FIELDS = frozenset({"v", *_TEXT_FORMS, "schema", "audience", "revision", "previous", "body", "parts"})


def encode(
    *,
    id: UUID,  # noqa: A002 - the payload's own word
    kind: str,
    schema: int,
    origin: str,
    audience: AbstractSet[str] | list[str] | tuple[str, ...],
    subject: str,
    revision: int,
    previous: bytes | None,
    issued: datetime,
    body: Mapping[str, Any],
    parts: Sequence[PartReference] = (),
) -> bytes:
    """The payload bytes of a new document; the fields are those of `Document`.

    The audience is sorted and made unique; `issued` is cut to the millisecond.

    Raises:
        Refused: as `decode` and `ensure_portable`, so that nothing is signed that no node would take.
    """
    if issued.utcoffset() is None:
        raise _wrong("issued")
    fields = {
        "v": VERSION,
        "id": str(id),
        "kind": kind,
        "schema": schema,
        "origin": origin,
        "audience": sorted(set(audience)),
        "subject": subject,
        "revision": revision,
        "previous": previous.hex() if previous is not None else None,
        "issued": f"{issued.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        "body": dict(body),
        "parts": [{"name": part.name, "hash": part.hash.hex(), "size": part.size} for part in parts],
    }
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    payload = text.encode(errors="surrogatepass")
    ensure_portable(decode(payload))
    return payload


def ensure_portable(document: Document) -> None:
    """Refuse a document that no message between two nodes would hold with all its parts.

    Raises:
        DocumentTooLarge: its parts together are above `MAX_PARTS`.
    """
    size = sum(part.size for part in document.parts)
    if size > MAX_PARTS:
        raise DocumentTooLarge(size=size, limit=MAX_PARTS)


def decode(payload: bytes) -> Document:
    """The document in these exact bytes; says nothing of who signed it.

    Raises:
        DocumentTooLarge: payload above `payload.MAX_PAYLOAD`, or a part said to be above `MAX_PARTS`.
        NotADocument: not strict JSON (`payload.read`), an unknown version, or a field that is missing,
            unknown or of the wrong form, which `detail["field"]` names.
    """
    fields = read(payload)
    if not _is_count(fields.get("v"), VERSION, VERSION):
        raise NotADocument(_("The document has a version that this node does not know."), field="v")
    if fields.keys() != _FIELDS:
        raise _wrong(min(fields.keys() ^ _FIELDS)[:64])
    for name, form in _TEXT_FORMS.items():
        if not _is_text(fields[name], form):
            raise _wrong(name)
    for name in ("schema", "revision"):
        if not _is_count(fields[name], 1, MAX_COUNT):
            raise _wrong(name)
    if type(fields["body"]) is not dict:
        raise _wrong("body")
    return Document(
        id=UUID(fields["id"]),
        kind=fields["kind"],
        schema=fields["schema"],
        origin=fields["origin"],
        audience=_audience(fields["audience"]),
        subject=fields["subject"],
        revision=fields["revision"],
        previous=_previous(fields["previous"]),
        issued=_instant(fields["issued"]),
        body=fields["body"],
        parts=_parts(fields["parts"]),
        hash=digest(payload),
        payload=payload,
    )


def _wrong(name: str) -> NotADocument:
    message = _(
        "The document's field “${field}” is missing, unknown or of the wrong form.", mapping={"field": name}
    )
    return NotADocument(message, field=name)


def _is_text(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_count(value: object, low: int, high: int) -> bool:
    # A bool is an int to Python, and not to JSON.
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _audience(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong("audience")
    if value != list(WHOLE_CHAIN) and not all(_is_text(code, ORGANISATION) for code in value):
        raise _wrong("audience")
    if not all(left < right for left, right in pairwise(value)):
        raise _wrong("audience")
    return tuple(value)


def _previous(value: object) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, str) or not is_hex32(value):
        raise _wrong("previous")
    return bytes.fromhex(value)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong("issued") from error


def _parts(value: object) -> tuple[PartReference, ...]:
    if not isinstance(value, list):
        raise _wrong("parts")
    parts = tuple(_part(item) for item in value)
    if len({part.name for part in parts}) != len(parts):
        raise _wrong("parts")
    return parts


def _part(item: object) -> PartReference:
    if not isinstance(item, dict) or item.keys() != _PART_FIELDS:
        raise _wrong("parts")
    name, hashed, size = item["name"], item["hash"], item["size"]
    if not (_is_text(name, _PART_NAME) and is_hex32(hashed) and _is_count(size, 0, INT64[-1])):
        raise _wrong("parts")
    if size > MAX_PARTS:
        raise DocumentTooLarge(size=size, limit=MAX_PARTS)
    return PartReference(name=name, hash=bytes.fromhex(hashed), size=size)
