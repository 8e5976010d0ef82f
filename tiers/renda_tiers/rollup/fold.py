"""Folding: the tiers above what moved are made anew, once per batch and parent, by delete and insert.

The fold of an organisation is that of its own report, of its leaf children's reports and of the folds of
its other children, along the tree of the period's last day. `renda.indicators.kinds` says what folding
means; the statements here do the same by SQL.
"""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge, Organisation
from renda.failpoints import reach
from renda.indicators.kinds import Kind, Status
from renda.indicators.periods import Period
from renda_tiers.documents.store import slices
from renda_tiers.reports import standings
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, ReportCellKey, Standing
from renda_tiers.reports.standings import Scope, valid_on
from renda_tiers.rollup import expectation
from renda_tiers.rollup.models import RollupCell, RollupKey


def complete(session: Session) -> None:
    """Fold everything above the standings that moved in this transaction."""
    moved = standings.dirty(session)
    if not moved:
        return
    scopes = {scope: Period.parse(scope[2]).end for scope in moved}
    moved.clear()
    for level in _levels(session, scopes):
        for day, some in groupby(sorted(level, key=lambda one: (one[1], one[0])), key=lambda one: one[1]):
            refold(session, [scope for scope, _day in some], day)
        reach("fold.level")


def _levels(session: Session, moved: dict[Scope, date]) -> list[list[tuple[Scope, date]]]:
    """The scopes to fold, deepest organisations first: those that moved, if they have children, and above."""
    found: dict[int, set[tuple[Scope, date]]] = {}
    for day in sorted(set(moved.values())):
        here = [scope for scope, on in moved.items() if on == day]
        paths = _paths(session, {scope[0] for scope in here}, day)
        inner = _with_children(session, {code for path in paths.values() for code in path}, day)
        for organisation, template, period in here:
            path = paths[organisation]
            for depth, code in enumerate(reversed(path)):
                if code in inner:
                    found.setdefault(depth, set()).add(((code, template, period), day))
    return [sorted(found[depth]) for depth in sorted(found, reverse=True)]


def _paths(session: Session, codes: Collection[str], day: date) -> dict[str, list[str]]:
    """From each organisation up to the root on a day; one query for each tier."""
    parents: dict[str, str] = {}
    wanted = set(codes)
    while wanted:
        rows = [
            row
            for some in slices(sorted(wanted))
            for row in session.execute(
                select(Edge.child, Edge.parent).where(Edge.child.in_(some), *valid_on(Edge, day))
            )
        ]
        parents |= {row.child: row.parent for row in rows}
        wanted = {row.parent for row in rows} - parents.keys()
    paths = {}
    for code in codes:
        path = [code]
        while path[-1] in parents and parents[path[-1]] not in path:
            path.append(parents[path[-1]])
        paths[code] = path
    return paths


def _with_children(session: Session, codes: Collection[str], day: date) -> set[str]:
    return {
        code
        for some in slices(sorted(codes))
        for code in session.scalars(
            select(Edge.parent).distinct().where(Edge.parent.in_(some), *valid_on(Edge, day))
        )
    }


def refold(session: Session, scopes: Sequence[Scope], day: date) -> None:
    """Make the folds of some organisations anew; those below them must be right already."""
    for some in slices(list(scopes)):
        for model in (RollupCell, RollupKey):
            session.execute(delete(model).where(_in(model, some)))
        columns = [column.name for column in RollupCell.__table__.columns]
        session.connection().execute(insert(RollupCell).from_select(columns, _folded(some, day)))
        kinds = set(
            session.scalars(
                select(RollupCell.kind)
                .distinct()
                .where(_in(RollupCell, some), RollupCell.kind.in_((Kind.DISTINCT, Kind.LOW, Kind.HIGH)))
            )
        )
        if Kind.DISTINCT in kinds:
            _fold_keys(session, some, day)
        if kinds & {Kind.LOW, Kind.HIGH}:
            _fold_holders(session, some, day)
        expectation.ensure(session, some, day)


def _in(model: Any, scopes: Sequence[Scope]) -> Any:
    return tuple_(model.organisation, model.template, model.period).in_(scopes)


def _members(scopes: Sequence[Scope], day: date) -> Any:
    """(parent, child, leaf) of the folding organisations; each is a leaf child of its own ("self")."""
    parents = sorted({scope[0] for scope in scopes})
    below = aliased(Edge)
    has_children = exists(select(below.child).where(below.parent == Edge.child, *valid_on(below, day)))
    children = select(
        Edge.parent.label("parent"), Edge.child.label("child"), (~has_children).label("leaf")
    ).where(Edge.parent.in_(parents), *valid_on(Edge, day))
    own = select(
        Organisation.code.label("parent"), Organisation.code.label("child"), literal(value=True).label("leaf")
    ).where(Organisation.code.in_(parents))
    return union_all(children, own).cte("member")


def _count(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _leaves(scopes: Sequence[Scope], member: Any) -> Select[Any]:
    """Cells of the standing reports of leaf members, each as the fold of one organisation."""
    other = aliased(Standing)
    status = ReportCell.status
    return (
        select(
            member.c.parent.label("organisation"),
            Standing.template,
            Standing.period,
            Standing.standing,
            ReportCell.indicator,
            ReportCell.dimension,
            DefinitionLine.meaning,
            DefinitionLine.kind,
            ReportCell.value,
            Standing.organisation.label("holder"),
            ReportCell.qualifier,
            _count(status == Status.REPORTED).label("reported"),
            _count(status == Status.NIL).label("nil"),
            _count(status == Status.NOT_APPLICABLE).label("not_applicable"),
            _count(Report.late).label("late"),
            _count(or_(other.report.is_(None), other.report != Standing.report)).label("unendorsed"),
        )
        .select_from(member)
        .join(Standing, and_(Standing.organisation == member.c.child, member.c.leaf))
        .join(Report, Report.document == Standing.report)
        .join(ReportCell, ReportCell.report == Standing.report)
        .join(
            DefinitionLine,
            and_(
                DefinitionLine.definition == Report.definition,
                DefinitionLine.indicator == ReportCell.indicator,
            ),
        )
        .outerjoin(
            other,
            and_(
                other.organisation == Standing.organisation,
                other.template == Standing.template,
                other.period == Standing.period,
                other.standing != Standing.standing,
            ),
        )
        .where(tuple_(member.c.parent, Standing.template, Standing.period).in_(scopes))
    )


def _inner(scopes: Sequence[Scope], member: Any) -> Select[Any]:
    """Folds of the members that have children themselves."""
    columns = [
        column for column in RollupCell.__table__.columns if column.name not in {"organisation"}
    ]
    return (
        select(member.c.parent.label("organisation"), *columns)
        .select_from(member)
        .join(RollupCell, and_(RollupCell.organisation == member.c.child, ~member.c.leaf))
        .where(tuple_(member.c.parent, RollupCell.template, RollupCell.period).in_(scopes))
    )


def _parts(scopes: Sequence[Scope], day: date) -> Any:
    member = _members(scopes, day)
    return union_all(_leaves(scopes, member), _inner(scopes, member)).subquery("part")


KEY = ("organisation", "template", "period", "standing", "indicator", "dimension", "meaning")
"""What tells folded figures apart."""


def _folded(scopes: Sequence[Scope], day: date) -> Select[Any]:
    part = _parts(scopes, day)
    key = [part.c[name] for name in KEY]
    value = case(
        (part.c.kind == Kind.LOW, func.min(part.c.value)),
        (part.c.kind == Kind.HIGH, func.max(part.c.value)),
        (part.c.kind.in_((Kind.SUM, Kind.STOCK)), func.sum(part.c.value)),
        else_=null(),
    )
    counts = ("reported", "nil", "not_applicable", "late", "unendorsed")
    bigint = RollupCell.value.type
    return select(
        *key,
        part.c.kind,
        cast(value, bigint),
        cast(null(), RollupCell.holder.type),
        func.max(part.c.qualifier),
        *(cast(func.sum(part.c[name]), bigint) for name in counts),
    ).group_by(*key, part.c.kind)


def _fold_keys(session: Session, scopes: Sequence[Scope], day: date) -> None:
    member = _members(scopes, day)
    leaves = (
        select(
            member.c.parent,
            Standing.template,
            Standing.period,
            Standing.standing,
            ReportCellKey.indicator,
            ReportCellKey.dimension,
            DefinitionLine.meaning,
            ReportCellKey.key,
        )
        .select_from(member)
        .join(Standing, and_(Standing.organisation == member.c.child, member.c.leaf))
        .join(Report, Report.document == Standing.report)
        .join(ReportCellKey, ReportCellKey.report == Standing.report)
        .join(
            DefinitionLine,
            and_(
                DefinitionLine.definition == Report.definition,
                DefinitionLine.indicator == ReportCellKey.indicator,
            ),
        )
        .where(tuple_(member.c.parent, Standing.template, Standing.period).in_(scopes))
    )
    columns = [column for column in RollupKey.__table__.columns if column.name != "organisation"]
    inner = (
        select(member.c.parent, *columns)
        .select_from(member)
        .join(RollupKey, and_(RollupKey.organisation == member.c.child, ~member.c.leaf))
        .where(tuple_(member.c.parent, RollupKey.template, RollupKey.period).in_(scopes))
    )
    names = [column.name for column in RollupKey.__table__.columns]
    session.connection().execute(insert(RollupKey).from_select(names, leaves.union(inner)))
    size = (
        select(func.count())
        .select_from(RollupKey)
        .where(*(getattr(RollupKey, name) == getattr(RollupCell, name) for name in KEY))
        .scalar_subquery()
    )
    session.connection().execute(
        update(RollupCell)
        .where(
            _in(RollupCell, scopes), RollupCell.kind == Kind.DISTINCT, RollupCell.reported + RollupCell.nil > 0
        )
        .values(value=size)
    )


def _fold_holders(session: Session, scopes: Sequence[Scope], day: date) -> None:
    part = _parts(scopes, day)
    holder = (
        select(func.min(part.c.holder))
        .where(*(part.c[name] == getattr(RollupCell, name) for name in KEY), part.c.value == RollupCell.value)
        .scalar_subquery()
    )
    session.connection().execute(
        update(RollupCell)
        .where(_in(RollupCell, scopes), RollupCell.kind.in_((Kind.LOW, Kind.HIGH)))
        .values(holder=holder)
    )


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
