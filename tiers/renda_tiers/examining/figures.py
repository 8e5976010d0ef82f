"""What must hold of reports and their figures; nothing here reads a fold to check that fold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from renda.app import Node
from renda.directory.models import Edge
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import definitions
from renda_tiers.reports.models import (
    ENDORSED,
    DefinitionLine,
    Report,
    ReportCell,
    Review,
    Standing,
)
from renda_tiers.reports.standings import is_endorsed, valid_on
from renda_tiers.rollup.models import RollupCell

PERIODS = 6
"""So many of the last periods of each length are looked at."""
ADDITIVE = (Kind.SUM, Kind.STOCK)

Figure = tuple[str, str, str, str, str]
"""Template, standing, indicator, dimension, meaning."""


def standings_are_there(node: Node) -> Iterator[str]:
    """Whether standings, reviews and cells are of reports that are there and applied."""
    session = node.session
    counts = {
        _("${count} standings are of no report of that scope."): _standings_of_nothing(),
        _("${count} endorsed standings have no endorsing review."): (
            select(func.count())
            .select_from(Standing)
            .join(Report, Report.document == Standing.report)
            .where(Standing.standing == ENDORSED, ~is_endorsed())
        ),
        _("${count} reports are not applied documents."): _reports_of_nothing(),
        _("${count} cells are of no report."): _without_report(ReportCell, ReportCell.report),
        _("${count} reviews are of no report."): _without_report(Review, Review.report),
    }
    for message, statement in counts.items():
        count = session.scalar(statement)
        if count:
            yield _(message, mapping={"count": count})


def _standings_of_nothing() -> Select[Any]:
    same = exists().where(
        Report.document == Standing.report,
        Report.organisation == Standing.organisation,
        Report.template == Standing.template,
        Report.period == Standing.period,
    )
    return select(func.count()).select_from(Standing).where(~same)


def _reports_of_nothing() -> Select[Any]:
    applied = exists().where(
        LedgerDocument.hash == Report.document, LedgerDocument.outcome == Outcome.APPLIED
    )
    return select(func.count()).select_from(Report).where(~applied)


def _without_report(model: Any, report: Any) -> Select[Any]:
    there = exists().where(Report.document == report)
    return select(func.count()).select_from(model).where(~there)


def last_periods(session: Session) -> list[tuple[str, date]]:
    """(Code, last day) of the last periods for which anything stands, of each template."""
    ranked = (
        select(
            Report.period,
            Report.ends_on,
            func.dense_rank()
            .over(partition_by=Report.template, order_by=Report.ends_on.desc())
            .label("rank"),
        )
        .join(Standing, Standing.report == Report.document)
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.period, ranked.c.ends_on)
        .where(ranked.c.rank <= PERIODS)
        .distinct()
        .order_by(ranked.c.ends_on.desc(), ranked.c.period)
    )
    return [(row.period, row.ends_on) for row in rows]


def parents_are_sums(node: Node) -> Iterator[str]:
    """Whether every additive fold is its own report plus those of the children of the period's last day."""
    for period, day in last_periods(node.session):
        children = _children(node.session, day)
        own = _values(node.session.execute(_own_cells(period)))
        folds = _values(node.session.execute(_folds(period)))
        expected: dict[tuple[str, Figure], int] = defaultdict(int)
        for (code, figure), value in own.items():
            if code in children:
                expected[code, figure] += value
        for parent, below in children.items():
            for child in below:
                for figure, value in (folds if child in children else own).of(child):
                    expected[parent, figure] += value
        for code, figure in sorted(expected.keys() | folds.keys()):
            if code in children and folds.get((code, figure), 0) != expected.get((code, figure), 0):
                template, standing, indicator, dimension, _meaning = figure
                values = {
                    "code": code,
                    "template": template,
                    "period": period,
                    "standing": standing,
                    "figure": f"{indicator} {dimension}".rstrip(),
                    "fold": folds.get((code, figure), 0),
                    "sum": expected.get((code, figure), 0),
                }
                yield _(
                    "${code} ${template} ${period} ${standing} ${figure}: ${fold} instead of ${sum}",
                    mapping=values,
                )


class _Values(dict[tuple[str, Figure], int]):
    """Values by (organisation, figure)."""

    def __init__(self, values: Mapping[tuple[str, Figure], int]) -> None:
        super().__init__(values)
        self._by_code: dict[str, list[tuple[Figure, int]]] = defaultdict(list)
        for (code, figure), value in values.items():
            self._by_code[code].append((figure, value))

    def of(self, code: str) -> list[tuple[Figure, int]]:
        return self._by_code.get(code, [])


def _values(rows: Any) -> _Values:
    return _Values({(row[0], tuple(row[1:6])): int(row[6]) for row in rows if row[6] is not None})


def _children(session: Session, day: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = session.execute(select(Edge.parent, Edge.child).where(*valid_on(Edge, day)).distinct())
    for row in rows:
        found.setdefault(row.parent, []).append(row.child)
    return found


def _own_cells(period: str) -> Any:
    return (
        select(
            Standing.organisation,
            Standing.template,
            Standing.standing,
            ReportCell.indicator,
            ReportCell.dimension,
            DefinitionLine.meaning,
            ReportCell.value,
        )
        .join(Report, Report.document == Standing.report)
        .join(ReportCell, ReportCell.report == Standing.report)
        .join(DefinitionLine, definitions.is_line_of(ReportCell))
        .where(Standing.period == period, DefinitionLine.kind.in_(ADDITIVE))
    )


def _folds(period: str) -> Any:
    return select(
        RollupCell.organisation,
        RollupCell.template,
        RollupCell.standing,
        RollupCell.indicator,
        RollupCell.dimension,
        RollupCell.meaning,
        RollupCell.value,
    ).where(RollupCell.period == period, RollupCell.kind.in_(ADDITIVE))
