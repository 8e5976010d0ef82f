"""A figure beside that of the period before: what it was, and whether the difference deserves a look."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.indicators.periods import Period
from renda_tiers.reports import definitions
from renda_tiers.reports.models import LATEST, DefinitionLine, Report, ReportCell, Standing
from renda_tiers.reports.template import Line

PERCENT = 20
"""A change of so many per cent is marked, ..."""
LEAST = 5
"""... unless it is smaller than this, in the figure's own unit."""


@dataclass(frozen=True, slots=True)
class Before:
    """The figures of the period before, by indicator and dimension: meaning and value."""

    cells: Mapping[tuple[str, str], tuple[str, int | None]]
    reported: bool = False

    def value(self, line: Line, dimension: str = "") -> int | None:
        """What a figure was; None where it was not said, or meant something else."""
        meaning, value = self.cells.get((line.indicator, dimension), ("", None))
        return value if meaning == line.meaning else None

    def differs(self, line: Line, value: int | None, dimension: str = "") -> bool:
        """Whether a figure deserves a look: it appeared, vanished, became or stopped being zero, or jumped.

        Nothing is marked in the first report of all.
        """
        if not self.reported or line.kind == "text":
            return False
        previous = self.value(line, dimension)
        if previous is None or value is None:
            return previous is not value
        if not (previous and value):
            return previous != value
        change = abs(value - previous)
        return change >= LEAST and change * 100 >= PERCENT * abs(previous)


def before(session: Session, organisation: str, template: str, period: Period) -> Before:
    """The latest report of the period before; empty for terms and spans, and where there was none."""
    last = period.previous()
    if last is None:
        return Before({})
    rows = session.execute(
        select(ReportCell.indicator, ReportCell.dimension, ReportCell.value, DefinitionLine.meaning)
        .join(Standing, Standing.report == ReportCell.report)
        .join(Report, Report.document == ReportCell.report)
        .join(DefinitionLine, definitions.is_line_of(ReportCell))
        .where(
            Standing.organisation == organisation,
            Standing.template == template,
            Standing.period == last.code,
            Standing.standing == LATEST,
        )
    ).all()
    return Before({(row.indicator, row.dimension): (row.meaning, row.value) for row in rows}, bool(rows))
