"""What the test vectors are made of: keys that everybody may know, and documents that they sign."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from renda_tiers.documents.envelope import encode

CITY, COUNTY = "371700", "371721"
ISSUED = datetime(2026, 5, 6, 1, tzinfo=UTC)


def private(code: str, number: int = 1) -> bytes:
    """The private key of an organisation of these vectors."""
    return hashlib.sha256(f"vector {code} {number}".encode()).digest()


def document(number: int, kind: str, origin: str, subject: str, body: dict[str, Any], **more: Any) -> bytes:
    """The payload of the n-th document."""
    said = {"audience": ["*"], "revision": 1, "previous": None, **more}
    return encode(
        id=UUID(int=(number << 80) | (7 << 76) | (2 << 62) | number),
        kind=kind,
        schema=1,
        origin=origin,
        subject=subject,
        issued=ISSUED,
        body=body,
        **said,
    )


def place(code: str, kind: str, edges: list[list[Any]]) -> dict[str, Any]:
    """The body of an organisation document."""
    facts = {"organisation": code, "name": f"机构{code}", "kind": kind, "tier": kind, "congress": True}
    return {**facts, "edges": edges}
