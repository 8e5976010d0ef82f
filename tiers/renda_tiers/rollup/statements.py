"""The SQL of folding, as `renda.indicators.kinds` defines it; each statement is built once.

Executing one binds `scopes` (the (organisation, template, period) to fold), `parents` (their organisations)
and `day` (the periods' last, whose tree counts).
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Delete,
    Insert,
    Select,
    Text,
    Update,
    and_,
    bindparam,
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
from sqlalchemy.orm import aliased

from renda.directory.models import Edge, Organisation
from renda.indicators.kinds import Kind, Status
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, ReportCellKey, Standing
from renda_tiers.reports.standings import valid_on
from renda_tiers.rollup.models import Expectation, RollupCell, RollupKey

KEY = ("organisation", "template", "period", "standing", "indicator", "dimension", "meaning")
"""What tells folded figures apart."""

_DAY = bindparam("day", type_=Date)
_PARENTS = bindparam("parents", type_=Text, expanding=True)
_COUNTS = ("reported", "nil", "not_applicable", "late", "unendorsed")


def _within(organisation: Any, rows: Any) -> ColumnElement[bool]:
    return tuple_(organisation, rows.template, rows.period).in_(bindparam("scopes", expanding=True))


def _names(model: type[RollupCell | RollupKey]) -> list[str]:
    return [column.name for column in model.__table__.columns]


@cache
def clear(model: type[RollupCell | RollupKey]) -> Delete:
    """Delete the folds, or their keys."""
    return delete(model).where(_within(model.organisation, model))


@cache
def special_kinds() -> Select[Any]:
    """Which kinds the folds have that need more than `fold_cells`."""
    kinds = (Kind.DISTINCT, Kind.LOW, Kind.HIGH)
    within = _within(RollupCell.organisation, RollupCell)
    return select(RollupCell.kind).distinct().where(within, RollupCell.kind.in_(kinds))


@cache
def fold_cells() -> Insert:
    """Insert the folds; distinct figures without their number, extremes without their holder."""
    part = _parts()
    key = [part.c[name] for name in KEY]
    value = case(
        (part.c.kind == Kind.LOW, func.min(part.c.value)),
        (part.c.kind == Kind.HIGH, func.max(part.c.value)),
        (part.c.kind.in_((Kind.SUM, Kind.STOCK)), func.sum(part.c.value)),
        else_=null(),
    )
    bigint = RollupCell.value.type
    folded = select(
        *key,
        part.c.kind,
        cast(value, bigint),
        cast(null(), RollupCell.holder.type),
        func.max(part.c.qualifier),
        *(cast(func.sum(part.c[name]), bigint) for name in _COUNTS),
    ).group_by(*key, part.c.kind)
    return insert(RollupCell).from_select(_names(RollupCell), folded)


@cache
def fold_keys() -> Insert:
    """Insert the keys of distinct figures, each once."""
    member = _members()
    said = _reports(member)
    leaves = _of_reports(said, ReportCellKey).with_only_columns(
        said.c.parent,
        said.c.template,
        said.c.period,
        said.c.standing,
        ReportCellKey.indicator,
        ReportCellKey.dimension,
        DefinitionLine.meaning,
        ReportCellKey.key,
    )
    return insert(RollupKey).from_select(_names(RollupKey), leaves.union(_of_inner(member, RollupKey)))


@cache
def count_keys() -> Update:
    """Give distinct figures their number, once their keys are there."""
    size = (
        select(func.count())
        .select_from(RollupKey)
        .where(*(getattr(RollupKey, name) == getattr(RollupCell, name) for name in KEY))
        .scalar_subquery()
    )
    return (
        update(RollupCell)
        .where(
            _within(RollupCell.organisation, RollupCell),
            RollupCell.kind == Kind.DISTINCT,
            RollupCell.reported + RollupCell.nil > 0,
        )
        .values(value=size)
    )


@cache
def find_holders() -> Update:
    """Say whose the lows and highs are; of equals the smallest code."""
    part = _parts()
    same = (part.c[name] == getattr(RollupCell, name) for name in KEY)
    holder = select(func.min(part.c.holder)).where(*same, part.c.value == RollupCell.value).scalar_subquery()
    within = _within(RollupCell.organisation, RollupCell)
    extremes = RollupCell.kind.in_((Kind.LOW, Kind.HIGH))
    return update(RollupCell).where(within, extremes).values(holder=holder)


def _members() -> Any:
    """(parent, child, leaf) of the folding organisations; each is a leaf child of its own ("self")."""
    below = aliased(Edge)
    has_children = exists(select(below.child).where(below.parent == Edge.child, *valid_on(below, _DAY)))
    children = select(
        Edge.parent.label("parent"), Edge.child.label("child"), (~has_children).label("leaf")
    ).where(Edge.parent.in_(_PARENTS), *valid_on(Edge, _DAY))
    own = select(
        Organisation.code.label("parent"), Organisation.code.label("child"), literal(value=True).label("leaf")
    ).where(Organisation.code.in_(_PARENTS))
    return union_all(children, own).cte("member")


def _parts() -> Any:
    member = _members()
    inner = _of_inner(member, RollupCell).add_columns(
        member.c.child.label("member"), cast(null(), Standing.report.type).label("report")
    )
    return union_all(_leaf_cells(member), inner).subquery("part")


@cache
def opened() -> Select[Any]:
    """What one figure of the organisations is made of: a row for each member that holds a part of it.

    Binds `indicator`, `dimension`, `meaning` and `standing`, too. The columns are those of `RollupCell`, and
    `member` (a child, or the organisation itself) and `report` (where the part is one report's cell).
    """
    part = _parts()
    names = ("indicator", "dimension", "meaning", "standing")
    return select(part).where(*(part.c[name] == bindparam(name) for name in names))


@cache
def whole() -> Select[Any]:
    """All that the parts of the organisations hold in one standing: of a leaf, its own report's cells."""
    part = _parts()
    return select(part).where(part.c.standing == bindparam("standing"))


@cache
def folds(*, some: bool) -> Select[Any]:
    """The folds of one `organisation`, `template`, `period` and `standing`; or `some` `indicators` of them.

    With each comes how many organisations owe the report. Read by the primary key.
    """
    scope = ("organisation", "template", "period")
    owed = and_(*(getattr(Expectation, name) == getattr(RollupCell, name) for name in scope))
    statement = (
        select(*RollupCell.__table__.columns, Expectation.expected)
        .outerjoin(Expectation, owed)
        .where(*(_is_bound(getattr(RollupCell, name)) for name in (*scope, "standing")))
    )
    named = RollupCell.indicator.in_(bindparam("indicators", expanding=True))
    return statement.where(named) if some else statement


@cache
def named_members() -> Select[Any]:
    """The (child, leaf, name) of the members of the organisations, themselves included; by code."""
    member = _members()
    return (
        select(member.c.child, member.c.leaf, Organisation.name, Organisation.tier, Organisation.kind)
        .join(Organisation, Organisation.code == member.c.child)
        .order_by(member.c.child)
    )


@cache
def opened_keys() -> CompoundSelect[Any]:
    """The (member, key) of one distinct figure of the organisations; binds what `opened` does."""
    member = _members()
    said = _reports(member)
    leaves = _of_reports(said, ReportCellKey).where(
        *(_is_bound(column) for column in (ReportCellKey.indicator, ReportCellKey.dimension)),
        *(_is_bound(column) for column in (DefinitionLine.meaning, said.c.standing)),
    )
    inner = _of_inner(member, RollupKey).where(
        *(_is_bound(column) for column in (RollupKey.indicator, RollupKey.dimension)),
        *(_is_bound(column) for column in (RollupKey.meaning, RollupKey.standing)),
    )
    return union_all(
        leaves.with_only_columns(said.c.child.label("member"), ReportCellKey.key),
        inner.with_only_columns(member.c.child.label("member"), RollupKey.key),
    )


def _is_bound(column: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = column == bindparam(column.key)
    return same


def _of_inner(member: Any, model: type[RollupCell | RollupKey]) -> Select[Any]:
    """Folds of the members that have children themselves, as rows of their parents."""
    columns = [column for column in model.__table__.columns if column.name != "organisation"]
    return (
        select(member.c.parent.label("organisation"), *columns)
        .select_from(member)
        .join(model, and_(model.organisation == member.c.child, ~member.c.leaf))
        .where(_within(member.c.parent, model))
    )


def _reports(member: Any) -> Any:
    """The standing reports of leaf members, and of each whether the other standing has another one.

    Made before anything is joined to it: a planner that knows nothing yet of these few rows would otherwise
    look for the other standing once for every cell.
    """
    other = aliased(Standing)
    return (
        select(
            member.c.parent,
            member.c.child,
            Standing.template,
            Standing.period,
            Standing.standing,
            Standing.report,
            Report.definition,
            _count(Report.late).label("late"),
            _count(or_(other.report.is_(None), other.report != Standing.report)).label("unendorsed"),
        )
        .select_from(member)
        .join(Standing, and_(Standing.organisation == member.c.child, member.c.leaf))
        .join(Report, Report.document == Standing.report)
        .outerjoin(
            other,
            and_(
                other.organisation == Standing.organisation,
                other.template == Standing.template,
                other.period == Standing.period,
                other.standing != Standing.standing,
            ),
        )
        .where(_within(member.c.parent, Standing))
        .cte("said")
        .prefix_with("MATERIALIZED")
    )


def _of_reports(said: Any, rows: type[ReportCell | ReportCellKey]) -> Any:
    """What the reports hold, with the line of each figure; to be given columns."""
    line = and_(DefinitionLine.definition == said.c.definition, DefinitionLine.indicator == rows.indicator)
    if rows is ReportCellKey:
        # Few lines have keys: to say so saves looking for them line by line.
        line = and_(line, DefinitionLine.kind == Kind.DISTINCT)
    return select(said).join(rows, rows.report == said.c.report).join(DefinitionLine, line)


def _count(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _leaf_cells(member: Any) -> Any:
    """Cells of the standing reports of leaf members, each as the fold of one organisation."""
    said, status = _reports(member), ReportCell.status
    return _of_reports(said, ReportCell).with_only_columns(
        said.c.parent.label("organisation"),
        said.c.template,
        said.c.period,
        said.c.standing,
        ReportCell.indicator,
        ReportCell.dimension,
        DefinitionLine.meaning,
        DefinitionLine.kind,
        ReportCell.value,
        said.c.child.label("holder"),
        ReportCell.qualifier,
        _count(status == Status.REPORTED).label("reported"),
        _count(status == Status.NIL).label("nil"),
        _count(status == Status.NOT_APPLICABLE).label("not_applicable"),
        said.c.late,
        said.c.unendorsed,
        said.c.child.label("member"),
        said.c.report,
    )
