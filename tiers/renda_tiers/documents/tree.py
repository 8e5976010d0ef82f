"""The tree and the granted keys as tables: the projection of the control documents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from renda.directory.models import Edge, Organisation
from renda.slices import slices
from renda_tiers.documents.authority import Authority, Control, Place, resolve
from renda_tiers.documents.models import Anchor, KeyGrant, KeyKept
from renda_tiers.documents.store import Kept


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What new control documents changed.

    Attributes:
        accepted: hashes of all control documents said by those entitled to.
        unsettles: whether an organisation moved or a key was lost, so that verdicts given before may fall.
        widens: whether a key may speak that could not before, so that what waits may count now.
    """

    accepted: Collection[bytes]
    unsettles: bool
    widens: bool


def project(session: Session, controls: Sequence[Kept], before: Collection[bytes] = ()) -> TreeChange:
    """Resolve the control documents and write tree and keys to their tables.

    `before` names those that were accepted until now: what they alone had placed leaves the tree.
    """
    anchors: dict[str, list[bytes]] = {}
    for row in session.execute(select(Anchor.organisation, Anchor.key)):
        anchors.setdefault(row.organisation, []).append(row.key)
    authority = resolve(anchors, [Control(one.document, key) for one in controls for key in one.keys])
    _write_organisations(session, authority)
    lost_place = {
        one.document.body["organisation"]
        for one in controls
        if one.document.hash in before and one.document.hash not in authority.accepted
    } - authority.places.keys()
    moved = _write_edges(session, authority, lost_place)
    lost, gained = _write_grants(session, authority)
    return TreeChange(authority.accepted, moved or lost, gained)


def _facts(place: Place) -> dict[str, object]:
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "tier": place.tier,
        "congress": place.congress,
    }


def _write_organisations(session: Session, authority: Authority) -> None:
    table = Organisation.__table__
    held = {row.code: dict(row._mapping) for row in session.execute(select(*table.columns))}  # noqa: SLF001
    wanted = {code: _facts(place) for code, place in authority.places.items()}
    new = [facts for code, facts in wanted.items() if code not in held]
    if new:
        session.execute(insert(Organisation), new)
    for code, facts in wanted.items():
        if code in held and held[code] != facts:
            session.connection().execute(update(Organisation).where(table.c.code == code).values(**facts))


def _write_edges(session: Session, authority: Authority, lost_place: Collection[str]) -> bool:
    """Make the edges those of the documents; whether an organisation that had edges got others."""
    columns = (Edge.child, Edge.valid_from, Edge.parent, Edge.valid_to)
    held = {tuple(row) for row in session.execute(select(*columns))}
    wanted = {
        (place.code, edge.valid_from, edge.parent, edge.valid_to)
        for place in authority.places.values()
        for edge in place.edges
    }
    known = {row[0] for row in held}
    gone = [
        (child, start)
        for child, start, *_rest in held - wanted
        if child in authority.places or child in lost_place
    ]
    for some in slices(gone):
        session.execute(delete(Edge).where(tuple_(Edge.child, Edge.valid_from).in_(some)))
    added = wanted - held
    if added:
        names = ("child", "valid_from", "parent", "valid_to")
        session.execute(insert(Edge), [dict(zip(names, row, strict=True)) for row in sorted(added, key=str)])
    return bool(gone) or any(row[0] in known for row in added)


def _write_grants(session: Session, authority: Authority) -> tuple[bool, bool]:
    """Make grants and closings those of the documents.

    Whether something that counted may do so no longer, and whether something may that could not.
    """
    granted = {(code, key) for code, keys in authority.grants.items() for key in keys}
    grants = {(*one, one in authority.closings) for one in granted | authority.closings.keys()}
    kept = {(*one, document) for one, some in authority.closings.items() for document in some}
    lost, gained = _write(session, KeyGrant, grants)
    let_go, taken = _write(session, KeyKept, kept)
    return lost or let_go, gained or taken


def _write(session: Session, model: Any, wanted: set[tuple[Any, ...]]) -> tuple[bool, bool]:
    """Make the rows of a projection these; whether any was there that is not among them, and any is new."""
    columns = list(model.__table__.columns)
    held = {tuple(row) for row in session.execute(select(*columns))}
    for some in slices(list(held - wanted)):
        session.connection().execute(delete(model).where(tuple_(*columns).in_(some)))
    added = [dict(zip([one.key for one in columns], row, strict=True)) for row in sorted(wanted - held)]
    if added:
        session.execute(insert(model), added)
    return bool(held - wanted), bool(added)


def forget(session: Session) -> None:
    """Empty the projection of keys; organisations stay, since records refer to them."""
    for model in (KeyKept, KeyGrant):
        session.execute(delete(model))
