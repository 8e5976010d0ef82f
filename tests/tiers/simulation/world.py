"""What bodies say to one another, made outside any node: real keys, real signatures, and no database.

A city, two counties and a development zone, their townships and streets. What they sign can be delivered to
a node in any order, cut into any batches, more than once.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from renda.declarations import meaning_of
from renda.indicators.periods import Period
from renda_tiers.documents import signing
from renda_tiers.documents.envelope import Document, Part, PartReference, Signed, decode, encode

CITY, NORTH, SOUTH, ZONE = "900000", "900001", "900002", "900071"
N1, N2, S1, S2, Z1 = "900001101", "900001001", "900002101", "900002201", "900071401"
TREE = {
    CITY: None,
    NORTH: CITY,
    SOUTH: CITY,
    ZONE: CITY,
    N1: NORTH,
    N2: NORTH,
    S1: SOUTH,
    S2: SOUTH,
    Z1: ZONE,
}
SMALL = {CITY: None, NORTH: CITY, SOUTH: CITY, N1: NORTH, N2: NORTH, S1: SOUTH}
KINDS = {CITY: "city", NORTH: "county", SOUTH: "county", ZONE: "development_zone", N2: "street", Z1: "street"}
TEMPLATE = "sim"
PERIODS = ("2026-b1", "2026-b2")
SINCE = date(2020, 1, 1)
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)

FIGURES: dict[str, dict[str, Any]] = {
    "SUM": {"kind": "sum"},
    "BASE": {"kind": "sum"},
    "STOCK": {"kind": "stock", "basis": "cumulative"},
    "LOW": {"kind": "low"},
    "HIGH": {"kind": "high"},
    "WHO": {"kind": "distinct"},
    "NOTE": {"kind": "text"},
    "RATE": {"kind": None, "numerator": "SUM", "denominator": "BASE", "scale": 10_000},
}
NEGATIVE = frozenset({"STOCK", "LOW", "HIGH"})
"""Figures whose values may lie below zero."""


def tier_of(code: str) -> str:
    return "city" if code == CITY else "county" if len(code) == 6 else "township"


def private_key(code: str, number: int = 0) -> bytes:
    """The same key in every run, so that failures repeat."""
    return hashlib.sha256(f"key {number} of {code}".encode()).digest()


def public_key(code: str, number: int = 0) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(private_key(code, number))
    return key.public_key().public_bytes_raw()


def line(code: str, definition: str = "") -> dict[str, Any]:
    told = {"basis": "increment", "unit": "n", "numerator": "", "denominator": "", "scale": 1} | FIGURES[code]
    texts = {"en": definition or code}
    meaning = meaning_of(code=code, definition=texts["en"], **told)
    negative = {"negative": True} if code in NEGATIVE else {}
    return {"indicator": code, "titles": {"en": code}, "texts": texts, "meaning": meaning, **told, **negative}


@dataclass(frozen=True, repr=False)
class Said:
    """A document on its way, with what it says."""

    signed: Signed
    document: Document

    @property
    def hash(self) -> bytes:
        return self.document.hash

    def __repr__(self) -> str:
        one = self.document
        body = one.body.get("cells") or one.body.get("edges") or one.body.get("decision") or ""
        return f"{one.hash.hex()[:6]} {one.origin} says {one.subject} r{one.revision}: {body}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


@dataclass(repr=False)
class World:
    """Everything that was said, in the order in which it was said."""

    tree: dict[str, str | None] = field(default_factory=lambda: dict(SMALL))
    said: list[Said] = field(default_factory=list)

    def __repr__(self) -> str:
        founding = ("enrolment", "organisation")
        later = [one for one in self.said if one.document.kind not in founding or one.document.revision > 1]
        return f"World({len(self.said)} said, of these {later})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def say(
        self,
        kind: str,
        origin: str,
        subject: str,
        body: dict[str, Any],
        *,
        audience: Sequence[str] = ("*",),
        revision: int | None = None,
        signer: str | None = None,
        parts: Sequence[tuple[PartReference, Part]] = (),
        schema: int = 1,
        later: float = 0,
        key: int = 0,
    ) -> Said:
        """Sign a document as an organisation, by default with its own first key, and keep it."""
        earlier = [one.document for one in self.said if one.document.subject == subject]
        number = len(self.said)
        payload = encode(
            id=uuid.UUID(int=(number + 1) << 80 | 7 << 76 | 2 << 62 | number),
            kind=kind,
            schema=schema,
            origin=origin,
            audience=audience,
            subject=subject,
            revision=revision or len({one.revision for one in earlier}) + 1,
            previous=earlier[-1].hash if earlier else None,
            issued=NOW + timedelta(seconds=number, days=later),
            body=body,
            parts=[reference for reference, _part in parts],
        )
        signed = signing.sign(payload, private_key(signer or origin, key), [part for _ref, part in parts])
        found = Said(signed, decode(payload))
        self.said.append(found)
        return found

    def place(
        self,
        code: str,
        edges: Sequence[tuple[str, date, date | None]] | None = None,
        origin: str | None = None,
        **more: Any,
    ) -> Said:
        """Say where an organisation stands; by default its parent says where it always stood."""
        parent = self.tree[code]
        if edges is None:
            edges = [(parent, SINCE, None)] if parent else []
        body = {
            "organisation": code,
            "name": f"机构{code}",
            "kind": KINDS.get(code, "town"),
            "tier": tier_of(code),
            "congress": code not in (ZONE, Z1, N2),
            "edges": [[parent, start.isoformat(), end and end.isoformat()] for parent, start, end in edges],
        }
        return self.say("organisation", origin or parent or code, f"organisation:{code}", body, **more)

    def move(self, code: str, parent: str, day: date, **more: Any) -> Said:
        """The city moves an organisation to another parent from a day on."""
        placed = [one for one in self.said if one.document.subject == f"organisation:{code}"]
        edges = [
            (old, date.fromisoformat(start), date.fromisoformat(end) if end else None)
            for old, start, end in placed[-1].document.body["edges"]
        ]
        kept = [edge for edge in edges if edge[1] < day]
        old, start, _end = kept[-1]
        return self.place(code, [*kept[:-1], (old, start, day), (parent, day, None)], origin=CITY, **more)

    def enrol(self, code: str, key: int = 0, origin: str | None = None, **more: Any) -> Said:
        body = {"organisation": code, "key": public_key(code, key).hex()}
        return self.say("enrolment", origin or self.tree[code] or code, f"enrolment:{code}", body, **more)

    def found(self) -> "World":
        """Every organisation is placed, and has a key to speak with."""
        for code, parent in self.tree.items():
            self.place(code)
            if parent:
                self.enrol(code)
        return self

    def define(self, definition: str = "", lines: Sequence[str] = tuple(FIGURES), **more: Any) -> Said:
        body = {
            "code": TEMPLATE,
            "titles": {"en": "Simulated"},
            "module": more.pop("module", ""),
            "period": "bimonth",
            "tiers": list(more.pop("tiers", ("city", "county", "township"))),
            "due_days": 10,
            "lock_days": 20,
            "lines": [line(code, definition if code == "SUM" else "") for code in lines],
        }
        if since := more.pop("since", None):
            body["since"] = since.isoformat()
        return self.say("definition", more.pop("origin", CITY), f"definition:{TEMPLATE}", body, **more)

    def report(
        self,
        code: str,
        period: str,
        definition: Said,
        cells: Sequence[Sequence[Any]],
        *,
        parts: Sequence[tuple[PartReference, Part]] = (),
        **more: Any,
    ) -> Said:
        body = {
            "template": TEMPLATE,
            "period": period,
            "definition": definition.hash.hex(),
            "reason": "",
            "cells": [list(cell) for cell in cells],
            "explanations": [],
        }
        subject = f"report:{code}:{TEMPLATE}:{period}"
        return self.say("report", code, subject, body, audience=(CITY, code), parts=parts, **more)

    def review(self, reviewer: str, report: Said, decision: str = "endorse", **more: Any) -> Said:
        body = {"report": report.hash.hex(), "decision": decision, "reason": "", "notes": []}
        return self.say("review", reviewer, f"review:{report.hash.hex()}", body, audience=(CITY,), **more)

    def parent_on(self, code: str, period: str) -> str | None:
        """Whose child an organisation is on the period's last day, after all that was said."""
        placed = [one for one in self.said if one.document.subject == f"organisation:{code}"]
        day = Period.parse(period).end
        for parent, start, end in placed[-1].document.body["edges"]:
            if date.fromisoformat(start) <= day and (end is None or date.fromisoformat(end) > day):
                return str(parent)
        return None
