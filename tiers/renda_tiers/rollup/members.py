"""The members of organisations that fold, and what they hold: the pieces of `rollup.statements`.

A member is a child on the period's last day, or the organisation itself, which is a leaf child of its own.
A leaf member holds the cells of its standing report; another one holds its folds.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from renda.directory.models import Edge, Organisation
from renda.indicators.kinds import Kind, Status
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, ReportCellKey, Standing
from renda_tiers.reports.standings import Scope, valid_on
from renda_tiers.rollup.models import RollupCell, RollupKey

DAY = bindparam("day", type_=Date)
PARENTS = bindparam("parents", type_=Text, expanding=True)


def bound(scopes: Sequence[Scope], day: date) -> dict[str, Any]:
    """What the statements bind: scopes, and a day on which the tree below them is that of each."""
    organisations, templates, periods = (sorted(set(names)) for names in zip(*scopes, strict=True))
    return {
        "scopes": scopes,
        "parents": organisations,
        "templates": templates,
        "periods": periods,
        "day": day,
    }


def within(organisation: Any, rows: Any) -> ColumnElement[bool]:
    """Whether rows with template and period belong to the bound scopes, as those of an organisation.

    The names are bound apart as well: an index is of no use for scopes of which some other table has a part.
    """
    return and_(
        tuple_(organisation, rows.template, rows.period).in_(bindparam("scopes", expanding=True)),
        rows.template.in_(bindparam("templates", expanding=True)),
        rows.period.in_(bindparam("periods", expanding=True)),
    )


def members() -> Any:
    """(parent, child, leaf) of the folding organisations; each is a leaf child of its own ("self")."""
    below = aliased(Edge)
    has_children = exists(select(below.child).where(below.parent == Edge.child, *valid_on(below, DAY)))
    children = select(
        Edge.parent.label("parent"), Edge.child.label("child"), (~has_children).label("leaf")
    ).where(Edge.parent.in_(PARENTS), *valid_on(Edge, DAY))
    own = select(
        Organisation.code.label("parent"), Organisation.code.label("child"), literal(value=True).label("leaf")
    ).where(Organisation.code.in_(PARENTS))
    return union_all(children, own).cte("member")


def parts() -> Any:
    """What the folds are made of: rows like those of `RollupCell`, with `member` and `report`."""
    member = members()
    inner = of_inner(member, RollupCell).add_columns(
        member.c.child.label("member"), cast(null(), Standing.report.type).label("report")
    )
    return union_all(_leaf_cells(member), inner).subquery("part")


def of_inner(member: Any, model: type[RollupCell | RollupKey]) -> Select[Any]:
    """Folds of the members that have children themselves, as rows of their parents."""
    columns = [column for column in model.__table__.columns if column.name != "organisation"]
    return (
        select(member.c.parent.label("organisation"), *columns)
        .select_from(member)
        .join(model, and_(model.organisation == member.c.child, ~member.c.leaf))
        .where(within(member.c.parent, model))
    )


def reports(member: Any) -> Any:
    """The standing reports of leaf members, and of each whether the other standing has another one.

    Those of one `pile` have everything in common by which figures are told apart, but for the figure itself:
    parent, template, period, standing and definition.

    Made before anything is joined to it: a planner that knows nothing yet of these few rows would otherwise
    look for the other standing once for every cell.
    """
    other = aliased(Standing)
    pile = (member.c.parent, Standing.template, Standing.period, Standing.standing, Report.definition)
    return (
        select(
            member.c.child,
            *pile,
            Standing.report,
            func.dense_rank().over(order_by=pile).label("pile"),
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
        .where(within(member.c.parent, Standing))
        .cte("said")
        .prefix_with("MATERIALIZED")
    )


def added_up(said: Any) -> Any:
    """What each pile of reports holds together: a row for each figure; see `piles`.

    Counted before each figure's line is looked for, and by number: a report has hundreds of cells, a pile
    hundreds of reports, and a template one line for each figure. `total`, `low` and `high` are of its values.
    """
    value = ReportCell.value
    return (
        select(
            said.c.pile,
            ReportCell.indicator,
            ReportCell.dimension,
            func.sum(value).label("total"),
            func.min(value).label("low"),
            func.max(value).label("high"),
            func.max(ReportCell.qualifier).label("qualifier"),
            *(func.sum(_count(ReportCell.status == one)).label(one) for one in Status),
            func.sum(said.c.late).label("late"),
            func.sum(said.c.unendorsed).label("unendorsed"),
        )
        .join(ReportCell, ReportCell.report == said.c.report)
        .group_by(said.c.pile, ReportCell.indicator, ReportCell.dimension)
        .cte("summed")
        .prefix_with("MATERIALIZED")
    )


def piles(said: Any) -> Any:
    """What the reports of each pile have in common."""
    names = ("pile", "parent", "template", "period", "standing", "definition")
    return select(*(said.c[name] for name in names)).distinct().subquery("common")


def of_reports(said: Any, rows: type[ReportCell | ReportCellKey]) -> Any:
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
    said, status = reports(member), ReportCell.status
    return of_reports(said, ReportCell).with_only_columns(
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
