"""The tree and the granted keys as tables: the projection of the control documents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from renda.directory.models import Edge, Organisation
from renda_tiers.documents import store
from renda_tiers.documents.authority import Authority, Control, Place, resolve
from renda_tiers.documents.models import Anchor, KeyGrant
from renda_tiers.documents.store import Kept


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What new control documents changed.

    Attributes:
        accepted: hashes of all control documents said by those entitled to.
        unsettles: whether an organisation moved or a key was lost, so that verdicts given before may fall.
    """

    accepted: Collection[bytes]
    unsettles: bool


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
    lost = _write_grants(session, authority)
    return TreeChange(authority.accepted, moved or lost)


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
    for some in store.slices(gone):
        session.execute(delete(Edge).where(tuple_(Edge.child, Edge.valid_from).in_(some)))
    added = wanted - held
    if added:
        names = ("child", "valid_from", "parent", "valid_to")
        session.execute(insert(Edge), [dict(zip(names, row, strict=True)) for row in sorted(added, key=str)])
    return bool(gone) or any(row[0] in known for row in added)


def _write_grants(session: Session, authority: Authority) -> bool:
    """Make the grants those of the documents; whether a key lost its own."""
    held = {tuple(row) for row in session.execute(select(KeyGrant.organisation, KeyGrant.key))}
    wanted = {(code, key) for code, keys in authority.grants.items() for key in keys}
    for some in store.slices(list(held - wanted)):
        session.execute(delete(KeyGrant).where(tuple_(KeyGrant.organisation, KeyGrant.key).in_(some)))
    added = [{"organisation": code, "key": key} for code, key in sorted(wanted - held)]
    if added:
        session.execute(insert(KeyGrant), added)
    return bool(held - wanted)


def forget(session: Session) -> None:
    """Empty the projection of keys; organisations stay, since records refer to them."""
    session.execute(delete(KeyGrant))
