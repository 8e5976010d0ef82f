"""Opening a cell: the contributions that its report kept, and what of them has changed since.

Rows come from the evidence part of the signed document, never from live records; those are only compared
with it, and only for the body that keeps them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.documents.models import LedgerPart
from renda_tiers.reports import definitions, figures, standings
from renda_tiers.reports import evidence as parts
from renda_tiers.reports.figures import Contribution
from renda_tiers.reports.models import Report


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One contribution to a cell, as it was when the report was submitted.

    Attributes:
        type: name of the record type.
        record: id of the record.
        value: what it adds, in the indicator's smallest unit.
        key: keyed hash of what a distinct figure counts once, or None.
        values: of the evidence columns.
    """

    type: str
    record: str
    value: int
    key: int | None
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a cell was made from.

    Attributes:
        rows: the contributions; their fold is the cell.
        columns: names of the evidence columns.
        erased: whether the evidence was erased by an order.
        withheld: whether the report came without it.
        unreadable: whether what came as evidence is none.
        changed_since: ids of records whose contribution is another one now, is gone, or is new; None where
            the viewer does not keep the records, or nothing measures the figure here.
    """

    rows: tuple[EvidenceRow, ...] = ()
    columns: tuple[str, ...] = ()
    erased: bool = False
    withheld: bool = False
    unreadable: bool = False
    changed_since: frozenset[str] | None = None


def readable(session: Session, viewer: str, document: bytes) -> Report:
    """A report, for its origin and for those who stood above it on the period's last day.

    Raises:
        NotFound: there is no such report, or it is none of the viewer's.
    """
    row = session.scalar(select(Report).where(Report.document == document))
    if row is None or viewer not in standings.ancestors_on(session, row.organisation, row.ends_on):
        raise NotFound(_("There is no such report."))
    return row


def evidence(session: Session, viewer: str, report: bytes, indicator: str, dimension: str = "") -> Evidence:
    """What one cell of a report was made from.

    Raises:
        NotFound: there is no such report, or it is none of the viewer's.
    """
    row = readable(session, viewer, report)
    part = session.execute(
        select(LedgerPart.content, LedgerPart.erased).where(
            LedgerPart.document == report, LedgerPart.name == parts.PART
        )
    ).first()
    if part is None:
        return Evidence()
    if part.content is None:
        return Evidence(erased=part.erased, withheld=not part.erased)
    try:
        said = parts.read(part.content)
    except parts.UnreadableEvidence:
        return Evidence(unreadable=True)
    held = [
        (one, values) for one, values in said.rows if (one.indicator, one.dimension) == (indicator, dimension)
    ]
    return Evidence(
        tuple(EvidenceRow(one.type, one.record, one.value, one.key, values) for one, values in held),
        said.types.get(held[0][0].type, ()) if held else (),
        changed_since=_changed(session, viewer, row, indicator, [one for one, _values in held]),
    )


def _changed(
    session: Session, viewer: str, report: Report, indicator: str, kept: Sequence[Contribution]
) -> frozenset[str] | None:
    if viewer != report.organisation:
        return None
    template = definitions.load(session, report.definition)
    measured = figures.measures(session, viewer, template, report.ends_on)
    if indicator not in measured:
        return None
    only = {indicator: measured[indicator]}
    now = figures.contributions(session, viewer, only, Period.parse(report.period))[indicator]
    return frozenset(one.record for one in set(kept) ^ set(now))
