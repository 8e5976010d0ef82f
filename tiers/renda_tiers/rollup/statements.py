"""The SQL of folding, as `renda.indicators.kinds` defines it; each statement is built once.

Executing one binds what `members.bound` gives for the scopes to fold.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Delete,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    null,
    select,
    union_all,
    update,
)

from renda.directory.models import Organisation
from renda.indicators.kinds import Kind
from renda_tiers.reports.models import DefinitionLine, ReportCellKey
from renda_tiers.rollup import members
from renda_tiers.rollup.models import Expectation, RollupCell, RollupKey

KEY = ("organisation", "template", "period", "standing", "indicator", "dimension", "meaning")
"""What tells folded figures apart."""

_COUNTS = ("reported", "nil", "not_applicable", "late", "unendorsed")


def _names(model: type[RollupCell | RollupKey]) -> list[str]:
    return [column.name for column in model.__table__.columns]


@cache
def clear(model: type[RollupCell | RollupKey]) -> Delete:
    """Delete the folds, or their keys."""
    return delete(model).where(members.within(model.organisation, model))


@cache
def special_kinds() -> Select[Any]:
    """Which kinds the folds have that need more than `fold_cells`."""
    kinds = (Kind.DISTINCT, Kind.LOW, Kind.HIGH)
    within = members.within(RollupCell.organisation, RollupCell)
    return select(RollupCell.kind).distinct().where(within, RollupCell.kind.in_(kinds))


@cache
def fold_cells() -> Insert:
    """Insert the folds; distinct figures without their number, extremes without their holder."""
    member = members.members()
    part = union_all(_of_leaves(member), _of_inner(member)).subquery("part")
    key = [part.c[name] for name in KEY]
    value = case(
        (part.c.kind == Kind.LOW, func.min(part.c.low)),
        (part.c.kind == Kind.HIGH, func.max(part.c.high)),
        (part.c.kind.in_((Kind.SUM, Kind.STOCK)), func.sum(part.c.total)),
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


def _of_leaves(member: Any) -> Select[Any]:
    said = members.reports(member)
    pile, summed = members.piles(said), members.added_up(said)
    line = and_(
        DefinitionLine.definition == pile.c.definition, DefinitionLine.indicator == summed.c.indicator
    )
    return (
        select(
            pile.c.parent.label("organisation"),
            *(pile.c[name] for name in ("template", "period", "standing")),
            *(summed.c[name] for name in ("indicator", "dimension")),
            DefinitionLine.meaning,
            DefinitionLine.kind,
            *(summed.c[name] for name in ("total", "low", "high", "qualifier", *_COUNTS)),
        )
        .join_from(pile, summed, summed.c.pile == pile.c.pile)
        .join(DefinitionLine, line)
    )


def _of_inner(member: Any) -> Select[Any]:
    names = [name for name in KEY if name != "organisation"]
    return members.of_inner(member, RollupCell).with_only_columns(
        member.c.parent.label("organisation"),
        *(getattr(RollupCell, name) for name in (*names, "kind")),
        *(RollupCell.value.label(name) for name in ("total", "low", "high")),
        *(getattr(RollupCell, name) for name in ("qualifier", *_COUNTS)),
    )


@cache
def fold_keys() -> Insert:
    """Insert the keys of distinct figures, each once."""
    member = members.members()
    said = members.reports(member)
    leaves = members.of_reports(said, ReportCellKey).with_only_columns(
        said.c.parent,
        said.c.template,
        said.c.period,
        said.c.standing,
        ReportCellKey.indicator,
        ReportCellKey.dimension,
        DefinitionLine.meaning,
        ReportCellKey.key,
    )
    return insert(RollupKey).from_select(_names(RollupKey), leaves.union(members.of_inner(member, RollupKey)))


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
            members.within(RollupCell.organisation, RollupCell),
            RollupCell.kind == Kind.DISTINCT,
            RollupCell.reported + RollupCell.nil > 0,
        )
        .values(value=size)
    )


@cache
def find_holders() -> Update:
    """Say whose the lows and highs are; of equals the smallest code."""
    part = members.parts()
    same = (part.c[name] == getattr(RollupCell, name) for name in KEY)
    holder = select(func.min(part.c.holder)).where(*same, part.c.value == RollupCell.value).scalar_subquery()
    within = members.within(RollupCell.organisation, RollupCell)
    extremes = RollupCell.kind.in_((Kind.LOW, Kind.HIGH))
    return update(RollupCell).where(within, extremes).values(holder=holder)


@cache
def opened() -> Select[Any]:
    """What one figure of the organisations is made of: a row for each member that holds a part of it.

    Binds `indicator`, `dimension`, `meaning` and `standing`, too. The columns are those of `RollupCell`, and
    `member` (a child, or the organisation itself) and `report` (where the part is one report's cell).
    """
    part = members.parts()
    names = ("indicator", "dimension", "meaning", "standing")
    return select(part).where(*(part.c[name] == bindparam(name) for name in names))


@cache
def whole() -> Select[Any]:
    """All that the parts of the organisations hold in one standing: of a leaf, its own report's cells."""
    part = members.parts()
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
    member = members.members()
    return (
        select(member.c.child, member.c.leaf, Organisation.name, Organisation.tier, Organisation.kind)
        .join(Organisation, Organisation.code == member.c.child)
        .order_by(member.c.child)
    )


@cache
def opened_keys() -> CompoundSelect[Any]:
    """The (member, key) of one distinct figure of the organisations; binds what `opened` does."""
    member = members.members()
    said = members.reports(member)
    leaves = members.of_reports(said, ReportCellKey).where(
        *(_is_bound(column) for column in (ReportCellKey.indicator, ReportCellKey.dimension)),
        *(_is_bound(column) for column in (DefinitionLine.meaning, said.c.standing)),
    )
    inner = members.of_inner(member, RollupKey).where(
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
