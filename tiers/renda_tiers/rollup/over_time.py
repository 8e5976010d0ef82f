"""Figures over several periods of one organisation: how each kind and basis goes on in time.

Increments are added, extremes compared, sets united, each period along its own tree. What stands until it is
reported again (stocks, and sums so far) is taken from each organisation's last report among the periods,
along the tree of the last of them, and then added. Bases never mix, since a meaning fixes its basis.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.folds import Folded, combine, last_stands
from renda.indicators.kinds import Basis, Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.reports import definitions
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, ReportCellKey, Standing
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup import expectation
from renda_tiers.rollup.coverage import Coverage, added, asked
from renda_tiers.rollup.explain import totals
from renda_tiers.rollup.models import RollupKey


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of an organisation's subtree over several periods.

    Attributes:
        points: the fold of each period in which anybody said anything, in time order.
        figure: the fold over all of them; None where it has no meaning: figures of the year so far over
            more than one year.
        coverage: of all periods together, those in which nobody said anything included.
    """

    line: Line
    dimension: str
    meaning: str
    points: tuple[tuple[Period, Folded], ...]
    figure: Folded | None
    coverage: Coverage


def over_time(
    session: Session,
    organisation: str,
    template: Template | str,
    periods: Sequence[Period | str],
    standing: str,
) -> list[Series]:
    """Every figure of an organisation's subtree over some periods, in the order of the template's lines.

    Raises:
        NotFound, Invalid: there is no such template or period, or the periods overlap.
    """
    found = [asked(session, organisation, template, period) for period in periods]
    if not found:
        return []
    spans = sorted({period for _template, period in found})
    # The revision of the last period names and orders the lines; of older ones their own lines are shown.
    fixed = next(template for template, period in found if period == spans[-1])
    if any(one.end >= other.start for one, other in pairwise(spans)):
        raise Invalid({"periods": _("The periods overlap.")})
    revisions = {period: template for template, period in found}
    series: dict[tuple[str, str], Series] = {}
    covered: dict[tuple[str, str], Coverage] = {}
    for period in spans:
        for total in totals(session, organisation, revisions[period], period, standing):
            key = (total.meaning, total.dimension)
            covered[key] = added(covered.get(key, Coverage()), total.coverage)
            if total.figure.figure is None:
                continue
            one = series.get(key) or Series(total.line, total.dimension, total.meaning, (), None, Coverage())
            series[key] = replace(one, points=(*one.points, (period, total.figure)))
    last = _last_said(session, organisation, fixed, spans, standing)
    order = {line.indicator: number for number, line in enumerate(fixed.lines)}
    return sorted(
        (
            replace(
                one,
                figure=_whole(one, last, lambda one: _united(session, organisation, fixed, one, standing)),
                coverage=covered[key],
            )
            for key, one in series.items()
        ),
        key=lambda one: (order.get(one.line.indicator, len(order)), one.dimension, one.meaning),
    )


def _whole(
    one: Series, last: Mapping[tuple[str, str], Any], united: Callable[[Series], int]
) -> Folded | None:
    if one.line.basis is Basis.YTD and len({period.start.year for period, _figure in one.points}) > 1:
        return None
    whole = combine(*(figure for _period, figure in one.points))
    if one.line.kind is Kind.DISTINCT and whole.value is not None:
        return replace(whole, value=united(one))
    if not last_stands(one.line.kind, one.line.basis) or whole.value is None:
        return whole
    row = last.get((one.meaning, one.dimension))
    if row is None:
        return replace(whole, status=Status.NOT_APPLICABLE, value=None, qualifier=Qualifier.EXACT)
    status = Status.REPORTED if row.reported else Status.NIL
    return replace(whole, status=status, value=int(row.value), qualifier=Qualifier(row.qualifier))


def _said(organisation: str, template: Template, periods: Sequence[Period], standing: str, rows: Any) -> Any:
    """What the subtree of the last period said in any of them: a SELECT of codes, to add columns to."""
    tree = expectation.subtree([organisation], periods[-1].end)
    return (
        select(tree.c.code)
        .join(Standing, Standing.organisation == tree.c.code)
        .join(Report, Report.document == Standing.report)
        .join(rows, rows.report == Standing.report)
        .join(DefinitionLine, definitions.is_line_of(rows))
        .where(
            Standing.template == template.code,
            Standing.period.in_([period.code for period in periods]),
            Standing.standing == standing,
        )
    )


def _last_said(
    session: Session, organisation: str, template: Template, periods: Sequence[Period], standing: str
) -> dict[tuple[str, str], Any]:
    """The sum over the subtree of what each last reported, by meaning and dimension."""
    if not any(last_stands(line.kind, line.basis) for line in template.cells):
        return {}
    ranked = (
        _said(organisation, template, periods, standing, ReportCell)
        .where(ReportCell.value.is_not(None))
        .add_columns(
            DefinitionLine.meaning,
            ReportCell.dimension,
            ReportCell.status,
            ReportCell.value,
            ReportCell.qualifier,
            func.row_number()
            .over(
                partition_by=(Standing.organisation, DefinitionLine.meaning, ReportCell.dimension),
                order_by=Report.ends_on.desc(),
            )
            .label("rank"),
        )
        .subquery()
    )
    rows = session.execute(
        select(
            ranked.c.meaning,
            ranked.c.dimension,
            func.sum(ranked.c.value).label("value"),
            func.max(ranked.c.qualifier).label("qualifier"),
            func.max(case((ranked.c.status == Status.REPORTED, 1), else_=0)).label("reported"),
        )
        .where(ranked.c.rank == 1)
        .group_by(ranked.c.meaning, ranked.c.dimension)
    )
    return {(row.meaning, row.dimension): row for row in rows}


def _united(session: Session, organisation: str, template: Template, one: Series, standing: str) -> int:
    """How many different members a distinct figure has over its periods."""
    periods = [period for period, _figure in one.points]
    keys = select(RollupKey.key).where(
        RollupKey.organisation == organisation,
        RollupKey.template == template.code,
        RollupKey.period.in_([period.code for period in periods]),
        RollupKey.standing == standing,
        RollupKey.dimension == one.dimension,
        RollupKey.meaning == one.meaning,
    )
    own = (
        _said(organisation, template, periods, standing, ReportCellKey)
        .with_only_columns(ReportCellKey.key)
        .where(
            Standing.organisation == organisation,
            ReportCellKey.dimension == one.dimension,
            DefinitionLine.meaning == one.meaning,
        )
    )
    return session.scalar(select(func.count()).select_from(keys.union(own).subquery())) or 0
