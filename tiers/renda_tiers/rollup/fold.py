"""Folding: the tiers above what moved are made anew, once per batch and parent, by delete and insert.

The fold of an organisation is that of its own report, of its leaf children's reports and of the folds of
its other children, along the tree of the period's last day. `renda.indicators.folds` says what folding
means; `rollup.statements` does the same by SQL.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from renda.directory.models import Edge
from renda.failpoints import reach
from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda.slices import slices
from renda_tiers.reports import standings
from renda_tiers.reports.models import Report
from renda_tiers.reports.standings import Scope
from renda_tiers.rollup import expectation, members, statements
from renda_tiers.rollup.models import RollupCell, RollupKey


def complete(session: Session) -> None:
    """Fold everything above the standings that moved in this transaction."""
    expectation.complete(session)
    moved = standings.dirty(session)
    if not moved:
        return
    scopes = {scope: Period.parse(scope[2]).end for scope in moved}
    moved.clear()
    levels = _levels(session, scopes)
    for level in levels:
        for day, some in _trees(session, level):
            refold(session, some, day)
        reach("fold.level")
    for folded in slices(sorted({scope for level in levels for scope, _day in level})):
        expectation.ensure(session, folded)


def _levels(session: Session, moved: dict[Scope, date]) -> list[list[tuple[Scope, date]]]:
    """The scopes to fold, deepest organisations first: those that moved, if they have children, and above."""
    codes = {organisation for organisation, _template, _period in moved}
    above, inner = standings.ancestry(session, codes), _with_children(session, moved)
    found: dict[int, set[tuple[Scope, date]]] = {}
    for scope, day in moved.items():
        organisation, template, period = scope
        for depth, code in enumerate(reversed(above(organisation, day))):
            if code != organisation or scope in inner:
                found.setdefault(depth, set()).add(((code, template, period), day))
    return [sorted(found[depth]) for depth in sorted(found, reverse=True)]


def _trees(session: Session, level: list[tuple[Scope, date]]) -> Iterator[tuple[date, list[Scope]]]:
    """The scopes of one level by days between which no edge below them began or ended, with one such day."""
    parents = sorted({organisation for (organisation, _template, _period), _day in level})
    turns: set[date] = set()
    for some in slices(parents):
        children = select(Edge.child).where(Edge.parent.in_(some))
        below = or_(Edge.parent.in_(some), Edge.parent.in_(children))
        for row in session.execute(select(Edge.valid_from, Edge.valid_to).where(below).distinct()):
            turns.update(filter(None, row))
    ordered = sorted(turns)

    def tree(one: tuple[Scope, date]) -> int:
        return bisect_right(ordered, one[1])

    for _tree, group in groupby(sorted(level, key=lambda one: (tree(one), one)), key=tree):
        found = list(group)
        yield found[0][1], [scope for scope, _day in found]


def _with_children(session: Session, moved: dict[Scope, date]) -> set[Scope]:
    """Those whose organisation has children on their day."""
    edges: dict[str, list[Any]] = {}
    columns = (Edge.parent, Edge.valid_from, Edge.valid_to)
    for some in slices(sorted({organisation for organisation, _template, _period in moved})):
        for row in session.execute(select(*columns).distinct().where(Edge.parent.in_(some))):
            edges.setdefault(row.parent, []).append(row)
    return {
        scope
        for scope, day in moved.items()
        if any(standings.holds_on(edge, day) for edge in edges.get(scope[0], ()))
    }


def refold(session: Session, scopes: Sequence[Scope], day: date) -> None:
    """Make the folds of some organisations anew; those below them must be right already.

    `day` is one on which the tree below them is that of each scope's period.
    """
    connection = session.connection()
    for some in slices(scopes):
        bound = members.bound(some, day)
        connection.execute(statements.clear(RollupCell), bound)
        connection.execute(statements.clear(RollupKey), bound)
        connection.execute(statements.fold_cells(), bound)
        kinds = set(connection.scalars(statements.special_kinds(), bound))
        if Kind.DISTINCT in kinds:
            connection.execute(statements.fold_keys(), bound)
            connection.execute(statements.count_keys(), bound)
        if kinds & {Kind.LOW, Kind.HIGH}:
            connection.execute(statements.find_holders(), bound)


def mark(session: Session, since: date | None = None) -> None:
    """Mark every report of periods that end on or after a day, since the tree below them changed."""
    scopes = select(Report.organisation, Report.template, Report.period).distinct()
    if since is not None:
        scopes = scopes.where(Report.ends_on >= since)
    standings.dirty(session).update(tuple(row) for row in session.execute(scopes))  # type: ignore[misc]


def forget(session: Session) -> None:
    """Empty the folds."""
    for model in (RollupCell, RollupKey):
        session.execute(delete(model))
    expectation.forget(session)
