"""What totals and parts have in common: what is asked for, and rows of folds as the algebra's states."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.indicators.folds import Folded
from renda.indicators.kinds import EXTREMES, Figure, Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.reports import definitions
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, Standing
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup import expectation, members


def bound(organisation: str, template: Template, period: Period, standing: str) -> dict[str, Any]:
    """The values that `statements` bind, for one organisation and standing."""
    scope = (organisation, template.code, period.code)
    return {**members.bound([scope], period.end), "standing": standing}


def lines_of(session: Session, template: Template, meanings: Iterable[str]) -> dict[str, Line]:
    """The line of each meaning: the template's own, or that of an older definition."""
    found = {line.meaning: line for line in template.lines}
    older = set(meanings) - found.keys()
    if older:
        rows = session.execute(
            select(DefinitionLine.definition, DefinitionLine.indicator, DefinitionLine.meaning)
            .where(DefinitionLine.meaning.in_(older))
            .order_by(DefinitionLine.definition)
        )
        for row in rows:
            found[row.meaning] = definitions.load(session, row.definition).line(row.indicator)
    return found


def folded(row: Any, line: Line) -> Folded:
    """A row with the columns of `RollupCell` as the state of a fold; without keys and remarks."""
    kind = Kind(row.kind)
    counts = (row.reported, row.nil, row.not_applicable)
    return Folded(
        figure=Figure(row.indicator, row.dimension, row.meaning, kind, line.basis),
        status=next((status for status, count in zip(Status, counts, strict=True) if count), None),
        value=None if kind is Kind.TEXT else row.value,
        qualifier=Qualifier(row.qualifier),
        holder=row.holder if kind in EXTREMES and row.value is not None else None,
        reported=row.reported,
        nil=row.nil,
        not_applicable=row.not_applicable,
    )


Remarks = dict[tuple[str, str, str], tuple[tuple[str, str], ...]]
"""(code, words) of the organisations below a root, by (root, meaning, dimension)."""


def remarks(session: Session, roots: Sequence[str], asked: Mapping[str, Any]) -> Remarks:
    """The words of text cells of the subtrees of some organisations, for what `bound` gave."""
    _organisation, template, period = asked["scopes"][0]
    tree = expectation.subtree(roots, asked["day"])
    rows = session.execute(
        select(tree.c.root, tree.c.code, DefinitionLine.meaning, ReportCell.dimension, ReportCell.words)
        .join(Standing, Standing.organisation == tree.c.code)
        .join(Report, Report.document == Standing.report)
        .join(ReportCell, ReportCell.report == Standing.report)
        .join(DefinitionLine, definitions.is_line_of(ReportCell))
        .where(
            Standing.template == template,
            Standing.period == period,
            Standing.standing == asked["standing"],
            ReportCell.words.is_not(None),
        )
        .order_by(tree.c.code)
    )
    found: Remarks = {}
    for row in rows:
        place = (row.root, row.meaning, row.dimension)
        found[place] = (*found.get(place, ()), (row.code, row.words))
    return found
