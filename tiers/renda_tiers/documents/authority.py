"""Who may speak: the tree and the keys, resolved tier by tier from the root.

`resolve` is a pure function of the control documents, so that every node that holds the same documents
comes to the same answer, in whatever order they arrived.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.limits import is_organisation
from renda_tiers.documents.payload import is_hex32

ORGANISATION = "organisation"
ENROLMENT = "enrolment"
CONTROL = (ORGANISATION, ENROLMENT)

_UNREADABLE: str = _("The parents of the organisation are not written correctly.")

Weight = tuple[int, int, datetime, bytes]
"""What decides between documents about one organisation; the greatest stands."""


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
        places: organisations by code; each has its parents among them, and on no day one stands below itself.
        grants: keys that were granted, by organisation.
        closings: keys that were closed, by (organisation, key): the hashes of the documents that still count.
        accepted: hashes of the control documents that were said by those entitled to.
        weights: what the document that each place follows weighs against others about it.
        closing_weights: the same of the enrolment that each closing follows.
    """

    places: dict[str, Place] = field(default_factory=dict)
    grants: dict[str, set[bytes]] = field(default_factory=dict)
    closings: dict[tuple[str, bytes], frozenset[bytes]] = field(default_factory=dict)
    accepted: set[bytes] = field(default_factory=set)
    weights: dict[str, Weight] = field(default_factory=dict)
    closing_weights: dict[tuple[str, bytes], Weight] = field(default_factory=dict)

    def speaks(self, origin: str, key: bytes, document: bytes) -> bool:
        """Whether what the key signed is the organisation's word: it was granted, or a closing keeps it."""
        kept = self.closings.get((origin, key))
        return key in self.grants.get(origin, ()) if kept is None else document in kept

    def ancestors(self, code: str | None) -> list[str]:
        """The organisation itself and those above it, nearest first."""
        found: list[str] = []
        while code is not None and code in self.places and code not in found:
            found.append(code)
            code = self.places[code].parent
        return found

    def rank(self, code: str) -> int:
        """Its distance from the top: 1 for the root, and more below."""
        return max(1, len(self.ancestors(code)))


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
        or not is_organisation(body["organisation"])
        or not isinstance(body["congress"], bool)
        or not isinstance(body["edges"], list)
    ):
        raise Invalid({"body": _("This is not the description of an organisation.")})
    try:
        edges = _edges(body)
    except (TypeError, ValueError) as error:
        raise Invalid({"edges": _UNREADABLE}) from error
    if not all(isinstance(one, list) for one in body["edges"]) or not all(
        is_organisation(edge.parent) for edge in edges
    ):
        raise Invalid({"edges": _UNREADABLE})
    for edge, following in itertools.pairwise(edges):
        if edge.valid_to is None or edge.valid_to > following.valid_from:
            raise Invalid({"edges": _("An organisation has one parent at a time.")})
    if any(edge.valid_to is not None and edge.valid_to <= edge.valid_from for edge in edges):
        raise Invalid({"edges": _("A parent's last day lies before its first.")})


def check_enrolment(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {organisation, key} with, where it closes keys, {closes, keeps}.

    Keys and hashes are 64 hex digits. `closes` lists keys of the same organisation that speak no longer;
    `keeps` the documents signed with them that still count. Who only closes keys grants none: `key` is null.
    """
    if (
        body.keys() not in ({"organisation", "key"}, {"organisation", "key", "closes", "keeps"})
        or not is_organisation(body["organisation"])
        or not (is_hex32(body["key"]) or (body["key"] is None and body.get("closes")))
        or not all(
            isinstance(body.get(name, []), list) and all(map(is_hex32, body.get(name, [])))
            for name in ("closes", "keeps")
        )
        or body["key"] in body.get("closes", ())
    ):
        raise Invalid({"body": _("This is not the enrolment of a key.")})


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

    Starting from the anchors, those who stand highest are heard first: an organisation is placed once its
    parents are, and its documents are heard once a key of theirs is granted. For one organisation the
    document of the highest tier stands, then the highest (revision, issue time, hash). What was accepted is
    not taken back, so that this ends whatever the documents say. What a body's superiors say of its keys is
    known before the body itself is heard, so that a closed key says nothing but what the closing keeps.
    """
    found = Authority(grants={code: set(keys) for code, keys in anchors.items()})
    waiting = sorted(controls, key=_order)
    places = {one.document.hash: _place(one.document) for one in waiting if _is_place(one)}

    def heard(one: Control) -> bool:
        return found.speaks(one.document.origin, one.key, one.document.hash) and _entitled(
            found, anchors, one, places.get(one.document.hash)
        )

    while able := [one for one in waiting if heard(one)]:
        highest = min(found.rank(one.document.origin) for one in able)
        for one in waiting:
            if found.rank(one.document.origin) == highest and heard(one):
                _accept(found, one, places.get(one.document.hash), highest)
        waiting = [one for one in waiting if one.document.hash not in found.accepted]
    return found


def _is_place(one: Control) -> bool:
    return one.document.kind == ORGANISATION


def _order(one: Control) -> tuple[bool, int, datetime, bytes, bytes]:
    # A fixed order of hearing, so that the order of arrival cannot matter; places before keys.
    document = one.document
    return (not _is_place(one), document.revision, document.issued, document.hash, one.key)


def _entitled(found: Authority, anchors: Mapping[str, object], one: Control, place: Place | None) -> bool:
    """Whether the origin stands above the organisation (or is the root and speaks of itself).

    Below the root, a body speaks only of codes in its own area, so that no county can take a sibling's
    township by claiming it; such a move is for one who stands above both.
    """
    origin = one.document.origin
    if one.about in anchors:
        # Nobody stands above the root: it grants itself keys, and none of them can close another.
        return origin == one.about and not (place and place.edges) and not one.document.body.get("closes")
    if origin not in anchors and not in_area(origin, one.about):
        return False
    if place is not None:
        return (
            origin in found.ancestors(place.parent)
            and all(edge.parent in found.places for edge in place.edges)
            and not _stands_below_itself(found, place)
        )
    known = found.places.get(one.about)
    return known is not None and any(origin in found.ancestors(edge.parent) for edge in known.edges)


def in_area(origin: str, code: str) -> bool:
    """Whether a body below the root may speak of this code at all."""
    return code.startswith(area(origin))


def area(code: str) -> str:
    """What the codes of a body's area begin with: 3717 for 371700, and 371721 for 371721 (GB/T 2260)."""
    if len(code) != 6 or not code.isdecimal():  # noqa: PLR2004 - the digits of a division from county up
        return code
    return code.removesuffix("00").removesuffix("00") if code.endswith("00") else code


def _stands_below_itself(found: Authority, place: Place) -> bool:
    """Whether the place would on some day be among its own ancestors; the last parent counts for ever."""
    above = _spans(place)
    while above:
        parent, start, end = above.pop()
        if parent == place.code:
            return True
        overlaps = (
            (far, max(start, since), min(end, until)) for far, since, until in _spans(found.places[parent])
        )
        above += [(far, since, until) for far, since, until in overlaps if since < until]
    return False


def _spans(place: Place) -> list[tuple[str, date, date]]:
    last = len(place.edges) - 1
    return [
        (edge.parent, edge.valid_from, date.max if number == last else edge.valid_to or date.max)
        for number, edge in enumerate(place.edges)
    ]


def _accept(found: Authority, one: Control, place: Place | None, rank: int) -> None:
    document = one.document
    found.accepted.add(document.hash)
    weight = (-rank, document.revision, document.issued, document.hash)
    if place is None:
        _enrol(found, one, weight)
    elif one.about not in found.weights or weight > found.weights[one.about]:
        found.places[one.about], found.weights[one.about] = place, weight


def _enrol(found: Authority, one: Control, weight: Weight) -> None:
    body = one.document.body
    if body["key"] is not None:
        found.grants.setdefault(one.about, set()).add(bytes.fromhex(body["key"]))
    kept = frozenset(map(bytes.fromhex, body.get("keeps", ())))
    for key in map(bytes.fromhex, body.get("closes", ())):
        closed = (one.about, key)
        if closed not in found.closing_weights or weight > found.closing_weights[closed]:
            found.closings[closed], found.closing_weights[closed] = kept, weight
