"""Founding a chain on a node: the root's key becomes the anchor, and every body below gets its documents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.directory.models import Edge, Organisation
from renda.directory.service import DirectoryChanged
from renda.errors import Conflict
from renda.i18n import _
from renda_tiers.documents import issuing, store, tree
from renda_tiers.documents.authority import ENROLMENT, ORGANISATION
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import Anchor, LedgerDocument, ThisNode


def found(session: Session, root: str, *, now: datetime) -> None:
    """Make an organisation the root of a chain on this node: its new key is trusted without a document.

    Raises:
        Conflict: this node has a root already.
    """
    if session.scalar(select(Anchor.organisation)) is not None:
        raise Conflict(_("This node has been founded already."))
    key = issuing.create_keys(session, [root], now)[root]
    session.execute(insert(Anchor), [{"organisation": root, "key": key}])
    session.execute(insert(ThisNode), [{"organisation": root, "recovering": False}])
    tree.project(session, store.control(session))
    declare(session, [root], now=now)


def directory_changed(event: DirectoryChanged) -> None:
    """Bodies that join a founded chain get their documents and keys at once."""
    session = event.session
    if session.scalar(select(Anchor.organisation)) is not None:
        declare(session, event.organisations, now=session.info["registry"].clock())


def declare(session: Session, codes: Collection[str], *, now: datetime, apart: Collection[str] = ()) -> None:
    """Issue what the chain must know of organisations in the directory: their place, and a key to speak with.

    Each is said by the nearest body above it that is hosted here, level by level. Organisations that have a
    document already, or whose parent is not hosted here, are left alone. Those that are to have a node of
    their own (`apart`), and all below them, get a place and no key: that comes from their node.
    """
    edges: dict[str, list[Any]] = {}
    for edge in session.scalars(select(Edge).where(Edge.child.in_(codes)).order_by(Edge.valid_from)):
        edges.setdefault(edge.child, []).append(edge)
    known = set(
        session.scalars(select(LedgerDocument.subject).where(LedgerDocument.kind == ORGANISATION).distinct())
    )
    waiting = {
        one.code: one
        for one in session.scalars(select(Organisation).where(Organisation.code.in_(codes)))
        if f"{ORGANISATION}:{one.code}" not in known
    }
    elsewhere = {code for code in waiting if not set(_path(code, edges)).isdisjoint(apart)}
    while waiting:
        able = issuing.hosted(session)
        speakers = {code: _speaker(code, edges, elsewhere) for code in waiting}
        level = [one for code, one in sorted(waiting.items()) if speakers[code] in able - waiting.keys()]
        level += [one for code, one in waiting.items() if code not in edges and code in able]
        if not level:
            return
        _place_level(session, level, edges, speakers, now)
        _enrol_level(session, [one for one in level if one.code not in elsewhere], speakers, now)
        for one in level:
            del waiting[one.code]


def _path(code: str, edges: Mapping[str, Sequence[Any]]) -> list[str]:
    """The organisation and those above it, as far as they are being placed."""
    found = [code]
    while found[-1] in edges and (parent := edges[found[-1]][-1].parent) not in found:
        found.append(parent)
    return found


def _speaker(code: str, edges: Mapping[str, Sequence[Any]], elsewhere: Collection[str]) -> str | None:
    return next((one for one in _path(code, edges)[1:] if one not in elsewhere), None)


def _place_level(
    session: Session,
    level: Sequence[Organisation],
    edges: Mapping[str, Sequence[Any]],
    speakers: Mapping[str, str | None],
    now: datetime,
) -> None:
    statements = [
        Statement(
            ORGANISATION,
            speakers[one.code] or one.code,
            f"{ORGANISATION}:{one.code}",
            describe(one, edges.get(one.code, [])),
            frozenset(WHOLE_CHAIN),
        )
        for one in level
    ]
    issuing.issue(session, statements, now=now)


def _enrol_level(
    session: Session, level: Sequence[Organisation], speakers: Mapping[str, str | None], now: datetime
) -> None:
    below = {one.code: speaker for one in level if (speaker := speakers[one.code]) is not None}
    keys = issuing.create_keys(session, list(below), now)
    statements = [
        Statement(
            ENROLMENT,
            speaker,
            f"{ENROLMENT}:{code}",
            {"organisation": code, "key": keys[code].hex()},
            frozenset(WHOLE_CHAIN),
        )
        for code, speaker in below.items()
    ]
    if statements:
        issuing.issue(session, statements, now=now)


def describe(one: Organisation, edges: Sequence[Any]) -> dict[str, Any]:
    """The body of an organisation's document."""
    return {
        "organisation": one.code,
        "name": one.name,
        "kind": one.kind,
        "tier": one.tier,
        "congress": one.congress,
        "edges": [[edge.parent, _day(edge.valid_from), _day(edge.valid_to)] for edge in edges],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
