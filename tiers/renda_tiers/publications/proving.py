"""Proving a vintage: the fold of the exact reports that it names is what it says."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from renda.indicators.folds import Folded, combine
from renda.indicators.kinds import EXTREMES, Basis, Figure, Kind, Qualifier, Status
from renda.slices import slices
from renda_tiers.publications.vintage import Vintage
from renda_tiers.reports import definitions
from renda_tiers.reports.models import DefinitionLine, Report, ReportCell, ReportCellKey

Place = tuple[str, str]
"""Meaning and dimension of a figure."""

_PLACE = (DefinitionLine.meaning, ReportCell.dimension)


def held(session: Session, reports: Iterable[bytes]) -> set[bytes]:
    """Those of the reports that this node has applied."""
    return {
        document
        for some in slices(sorted(reports))
        for document in session.scalars(select(Report.document).where(Report.document.in_(some)))
    }


def faults(session: Session, vintage: Vintage) -> list[str] | None:
    """Codes of the figures that are not the fold of the named reports; None where not all are held here."""
    if vintage.reports is None or len(held(session, vintage.reports.values())) != len(vintage.reports):
        return None
    found = fold(session, list(vintage.reports.values()))
    said = {(one.meaning, one.dimension): one for one in vintage.cells if one.figure.status is not None}
    wrong = {
        one.line.indicator for place, one in said.items() if _bare(found.get(place)) != _bare(one.figure)
    }
    return sorted(
        wrong | {one.figure.indicator for place, one in found.items() if place not in said and one.figure}
    )


def _bare(one: Folded | None) -> tuple[Any, ...] | None:
    if one is None:
        return None
    return (one.status, one.value, one.qualifier, one.holder, one.reported, one.nil, one.not_applicable)


def fold(session: Session, reports: Sequence[bytes]) -> dict[Place, Folded]:
    """The fold of some reports, of different organisations; without remarks."""
    found: dict[Place, Folded] = {}
    for some in slices(reports):
        holders, keys = _holders(session, some), _keys(session, some)
        for row in session.execute(_folded(some)):
            place = (row.meaning, row.dimension)
            one = _state(row, holders.get(place), keys.get(place, frozenset()))
            found[place] = combine(found[place], one) if place in found else one
    return found


def _cells(reports: Sequence[bytes]) -> Any:
    return (
        select(*_PLACE)
        .select_from(Report)
        .join(ReportCell, ReportCell.report == Report.document)
        .join(DefinitionLine, definitions.is_line_of(ReportCell))
        .where(Report.document.in_(reports))
    )


def _folded(reports: Sequence[bytes]) -> Any:
    fixed = (ReportCell.indicator, DefinitionLine.kind, DefinitionLine.basis)
    counts = (
        func.sum(case((ReportCell.status == status, 1), else_=0)).label(str(status)) for status in Status
    )
    values = (
        func.min(ReportCell.value).label("least"),
        func.max(ReportCell.value).label("most"),
        func.sum(ReportCell.value).label("total"),
        func.max(ReportCell.qualifier).label("qualifier"),
    )
    return _cells(reports).add_columns(*fixed, *values, *counts).group_by(*_PLACE, *fixed)


def _holders(session: Session, reports: Sequence[bytes]) -> dict[Place, dict[int, str]]:
    """Of extremes, the smallest code of those who reported each value."""
    statement = (
        _cells(reports)
        .where(DefinitionLine.kind.in_(sorted(EXTREMES)), ReportCell.value.is_not(None))
        .add_columns(ReportCell.value, func.min(Report.organisation).label("holder"))
        .group_by(*_PLACE, ReportCell.value)
    )
    found: dict[Place, dict[int, str]] = {}
    for row in session.execute(statement):
        found.setdefault((row.meaning, row.dimension), {})[row.value] = row.holder
    return found


def _keys(session: Session, reports: Sequence[bytes]) -> dict[Place, frozenset[int]]:
    rows = session.execute(
        select(DefinitionLine.meaning, ReportCellKey.dimension, ReportCellKey.key)
        .select_from(Report)
        .join(ReportCellKey, ReportCellKey.report == Report.document)
        .join(DefinitionLine, definitions.is_line_of(ReportCellKey))
        .where(Report.document.in_(reports))
        .distinct()
    )
    found: dict[Place, set[int]] = {}
    for row in rows:
        found.setdefault((row.meaning, row.dimension), set()).add(row.key)
    return {place: frozenset(keys) for place, keys in found.items()}


def _state(row: Any, holders: dict[int, str] | None, keys: frozenset[int]) -> Folded:
    kind = Kind(row.kind)
    counts = {status: int(getattr(row, status)) for status in Status}
    value = {Kind.LOW: row.least, Kind.HIGH: row.most, Kind.TEXT: None}.get(kind, row.total)
    if kind is Kind.DISTINCT and value is not None:
        value = len(keys)
    return Folded(
        figure=Figure(row.indicator, row.dimension, row.meaning, kind, Basis(row.basis)),
        status=next(status for status in Status if counts[status]),
        value=None if value is None else int(value),
        qualifier=Qualifier(row.qualifier),
        keys=keys,
        holder=holders[value] if holders and value is not None else None,
        reported=counts[Status.REPORTED],
        nil=counts[Status.NIL],
        not_applicable=counts[Status.NOT_APPLICABLE],
    )


def replayed(vintage: Vintage) -> Iterator[tuple[str, bytes]]:
    """Organisation and report of what the vintage before must have folded, by this one's corrections."""
    reports = dict(vintage.reports or {})
    for one in vintage.corrections or ():
        reports.pop(one.organisation, None)
        if one.old is not None:
            reports[one.organisation] = one.old
    yield from sorted(reports.items())
