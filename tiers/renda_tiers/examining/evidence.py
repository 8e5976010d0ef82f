"""What must hold of the evidence that reports keep."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from renda.app import Node
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda.slices import slices
from renda_tiers.documents.models import LedgerPart
from renda_tiers.examining import figures
from renda_tiers.reports import definitions, evidence
from renda_tiers.reports.figures import Contribution
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, Standing

Cells = dict[tuple[str, str], tuple[str, int | None]]
"""Kind and value by indicator and dimension."""

_FOLD: Mapping[str, Callable[[Sequence[Contribution]], int]] = {
    Kind.SUM: lambda rows: sum(one.value for one in rows),
    Kind.STOCK: lambda rows: sum(one.value for one in rows),
    Kind.LOW: lambda rows: min(one.value for one in rows),
    Kind.HIGH: lambda rows: max(one.value for one in rows),
    Kind.DISTINCT: lambda rows: len({one.key for one in rows}),
}


def folds_to_cells(node: Node) -> Iterator[str]:
    """Whether the contributions that a standing report kept fold to its cells, for what has contributions."""
    for period, _day in figures.last_periods(node.session):
        standing = aliased(Standing)
        held = (
            select(Report.document, Report.organisation, Report.template, LedgerPart.content)
            .join(LedgerPart, LedgerPart.document == Report.document)
            .where(
                Report.period == period,
                exists().where(standing.report == Report.document),
                LedgerPart.name == evidence.PART,
                LedgerPart.content.is_not(None),
            )
            .order_by(Report.organisation, Report.template)
        )
        for rows in slices(node.session.execute(held).all()):
            cells = _cells(node.session, [row.document for row in rows])
            for row in rows:
                for indicator in _not_folding(row.content, cells.get(row.document, {})):
                    values = {
                        "code": row.organisation,
                        "template": row.template,
                        "period": period,
                        "figure": indicator,
                    }
                    yield _("${code} ${template} ${period} ${figure}", mapping=values)


def _cells(session: Session, reports: Sequence[bytes]) -> dict[bytes, Cells]:
    found: dict[bytes, Cells] = defaultdict(dict)
    rows = session.execute(
        select(
            ReportCell.report,
            ReportCell.indicator,
            ReportCell.dimension,
            DefinitionLine.kind,
            ReportCell.value,
        )
        .join(Report, Report.document == ReportCell.report)
        .join(DefinitionLine, definitions.is_line_of(ReportCell))
        .where(ReportCell.report.in_(reports))
    )
    for row in rows:
        found[row.report][row.indicator, row.dimension] = (row.kind, row.value)
    return found


def _not_folding(content: bytes, cells: Cells) -> Iterator[str]:
    try:
        read = evidence.read(content)
    except evidence.UnreadableEvidence as error:
        yield error.message
        return
    by_cell: dict[tuple[str, str], list[Contribution]] = defaultdict(list)
    for one, _shown in read.rows:
        by_cell[one.indicator, one.dimension].append(one)
    for place, rows in sorted(by_cell.items()):
        kind, value = cells.get(place, ("", None))
        fold = _FOLD.get(kind)
        if fold is None or fold(rows) != value:
            yield " ".join(place).rstrip()
