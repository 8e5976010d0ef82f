"""Who may speak: the tree and the keys, resolved tier by tier from the root.

`resolve` is a pure function of the control documents, so that every node that holds the same documents
comes to the same answer, in whatever order they arrived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents.envelope import Document

ORGANISATION = "organisation"
ENROLMENT = "enrolment"
CONTROL = (ORGANISATION, ENROLMENT)


@dataclass(frozen=True, slots=True)
class Edge:
    """Whose child an organisation was, from a day up to and not including another."""

    parent: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as the chain knows it: the current `organisation` document's body."""

    code: str
    name: str
    kind: str
    tier: str
    congress: bool
    edges: tuple[Edge, ...]

    @property
    def parent(self) -> str | None:
        """Its latest parent; None for the root."""
        return self.edges[-1].parent if self.edges else None


@dataclass(slots=True)
class Authority:
    """What control documents add up to.

    Attributes:
        places: organisations by code; each has its parent among them, but for the root.
        grants: keys that may speak, by organisation.
        accepted: hashes of the control documents that were said by those entitled to.
    """

    places: dict[str, Place] = field(default_factory=dict)
    grants: dict[str, set[bytes]] = field(default_factory=dict)
    accepted: set[bytes] = field(default_factory=set)

    def ancestors(self, code: str | None) -> list[str]:
        """The organisation itself and those above it, nearest first."""
        found: list[str] = []
        while code is not None and code in self.places and code not in found:
            found.append(code)
            code = self.places[code].parent
        return found


@dataclass(frozen=True, slots=True)
class Control:
    """A control document with the key that signed it."""

    document: Document
    key: bytes

    @property
    def about(self) -> str:
        """Code of the organisation it is about."""
        code: str = self.document.body["organisation"]
        return code


def check_organisation(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {organisation, name, kind, tier, congress, edges: [[parent, from, to]]}."""
    texts = ("organisation", "name", "kind", "tier")
    if (
        body.keys() != {*texts, "congress", "edges"}
        or not all(isinstance(body[name], str) and body[name] for name in texts)
        or not isinstance(body["congress"], bool)
        or not isinstance(body["edges"], list)
    ):
        raise Invalid({"body": _("This is not the description of an organisation.")})
    try:
        edges = _edges(body)
    except (TypeError, ValueError) as error:
        raise Invalid({"edges": _("The parents of the organisation are not written correctly.")}) from error
    for edge, following in zip(edges, edges[1:], strict=False):
        if edge.valid_to is None or edge.valid_to > following.valid_from:
            raise Invalid({"edges": _("An organisation has one parent at a time.")})
    if any(edge.valid_to is not None and edge.valid_to <= edge.valid_from for edge in edges):
        raise Invalid({"edges": _("A parent's last day lies before its first.")})


def check_enrolment(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {organisation, key: 64 hex digits}."""
    key = body.get("key")
    if (
        body.keys() != {"organisation", "key"}
        or not isinstance(body["organisation"], str)
        or not isinstance(key, str)
        or len(key) != 64  # noqa: PLR2004 - 32 bytes in hex
        or key.lower() != key
        or not all(digit in "0123456789abcdef" for digit in key)
    ):
        raise Invalid({"body": _("This is not the enrolment of a key.")})


CHECKS = {ORGANISATION: check_organisation, ENROLMENT: check_enrolment}


def _edges(body: Mapping[str, Any]) -> tuple[Edge, ...]:
    return tuple(
        Edge(str(parent), date.fromisoformat(start), date.fromisoformat(end) if end else None)
        for parent, start, end in body["edges"]
    )


def _place(document: Document) -> Place:
    body = document.body
    return Place(
        body["organisation"], body["name"], body["kind"], body["tier"], body["congress"], _edges(body)
    )


def resolve(anchors: Mapping[str, Iterable[bytes]], controls: Sequence[Control]) -> Authority:
    """The tree and the keys that these documents establish.

    Starting from the anchors, an organisation is placed once its parent is, and its documents are heard
    once a key of theirs is granted. For one organisation the document of the highest tier stands, then the
    highest (revision, issue time, hash).
    """
    found = Authority(grants={code: set(keys) for code, keys in anchors.items()})
    about: dict[str, list[Control]] = {}
    for control in sorted(controls, key=_order):
        about.setdefault(control.about, []).append(control)
    changed = True
    while changed:
        changed = False
        for code, said in about.items():
            changed |= _hear(found, anchors, code, said)
    return found


def _order(one: Control) -> tuple[str, int, object, bytes]:
    # A fixed order of judging, so that the order of arrival cannot matter.
    return (one.about, one.document.revision, one.document.issued, one.document.hash)


def _hear(found: Authority, anchors: Mapping[str, object], code: str, said: Sequence[Control]) -> bool:
    heard = [one for one in said if one.key in found.grants.get(one.document.origin, ())]
    entitled = [one for one in heard if _entitled(found, anchors, one)]
    places = [one for one in entitled if one.document.kind == ORGANISATION]
    before = (found.places.get(code), len(found.grants.get(code, ())), len(found.accepted))
    if places:
        best = max(places, key=lambda one: _standing(found, one))
        found.places[code] = _place(best.document)
    for one in entitled:
        found.accepted.add(one.document.hash)
        if one.document.kind == ENROLMENT:
            found.grants.setdefault(code, set()).add(bytes.fromhex(one.document.body["key"]))
    return before != (found.places.get(code), len(found.grants.get(code, ())), len(found.accepted))


def _standing(found: Authority, one: Control) -> tuple[int, int, object, bytes]:
    document = one.document
    return (-len(found.ancestors(document.origin)), document.revision, document.issued, document.hash)


def _entitled(found: Authority, anchors: Mapping[str, object], one: Control) -> bool:
    """Whether the origin stands above the organisation (or is the root and speaks of itself)."""
    document = one.document
    if one.about in anchors:
        return document.origin == one.about and not document.body.get("edges")
    if document.kind == ORGANISATION:
        edges = _edges(document.body)
        return bool(edges) and document.origin in found.ancestors(edges[-1].parent)
    place = found.places.get(one.about)
    if place is None:
        return False
    return any(document.origin in found.ancestors(edge.parent) for edge in place.edges)
