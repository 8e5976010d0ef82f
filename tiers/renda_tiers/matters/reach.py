"""To whom a matter can be handed, and who lies in between."""

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge, Organisation
from renda_tiers.reports.standings import ancestry, valid_on

Above = Callable[[str, date], list[str]]
"""The organisation and those above it on a day, nearest first: `standings.ancestry`."""


def can_hand(above: Above, origin: str, receiver: str, day: date) -> bool:
    """Whether a case can begin between the two: up, down, or across through the common parent."""
    up, down = above(origin, day), above(receiver, day)
    return origin != receiver and (receiver in up or origin in down or _siblings(up, down))


def can_pass(above: Above, origin: str, receiver: str, day: date) -> bool:
    """Whether a matter can be passed on in one step: to the parent, a child or a sibling."""
    up, down = above(origin, day), above(receiver, day)
    near = receiver in up[1:2] or origin in down[1:2] or _siblings(up, down)
    return origin != receiver and near


def _siblings(up: list[str], down: list[str]) -> bool:
    return len(up) > 1 and up[1:2] == down[1:2]


def route(above: Above, one: str, other: str, day: date) -> list[str]:
    """Everybody on the way from one organisation to another, both included."""
    up, down = above(one, day), above(other, day)
    common = next((code for code in up if code in down), None)
    if common is None:
        return [one, other]
    return [*up[: up.index(common) + 1], *down[: down.index(common)]]


def between(above: Above, parties: Collection[str], speaker: str, day: date) -> set[str]:
    """All who carry what a speaker says to parties, and the parties themselves."""
    return {code for party in parties for code in route(above, speaker, party, day)}


def receivers(session: Session, organisation: str, day: date, *, near: bool) -> list[tuple[str, str]]:
    """Code and name of everybody to whom an organisation can hand a matter; `near`: can pass one on.

    Those above come first, then those beside, then those below.
    """
    above = ancestry(session, [organisation])(organisation, day)
    up = above[1:2] if near else above[1:]
    beside = _children(session, above[1], day) if len(above) > 1 else []
    below = _children(session, organisation, day) if near else _subtree(session, organisation, day)
    codes = list(dict.fromkeys([*up, *(code for code in beside if code != organisation), *below]))
    names = {
        row.code: row.name
        for row in session.execute(select(Organisation.code, Organisation.name))
        if row.code in set(codes)
    }
    return [(code, names.get(code, code)) for code in codes]


def _children(session: Session, parent: str, day: date) -> list[str]:
    statement = select(Edge.child).where(Edge.parent == parent, *valid_on(Edge, day))
    return list(session.scalars(statement.order_by(Edge.child)))


def _subtree(session: Session, root: str, day: date) -> list[str]:
    base = select(Edge.child).where(Edge.parent == root, *valid_on(Edge, day)).cte("below", recursive=True)
    lower = aliased(Edge)
    tree = base.union(
        select(lower.child).join(base, lower.parent == base.c.child).where(*valid_on(lower, day))
    )
    return sorted(code for code in session.scalars(select(tree.c.child)) if code != root)
