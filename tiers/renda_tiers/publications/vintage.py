"""A vintage as it was published, read from its own bytes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.folds import Folded
from renda.indicators.kinds import Figure, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import Document, decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.documents.payload import digest
from renda_tiers.publications.body import BULKY, check_list, written
from renda_tiers.publications.models import Publication
from renda_tiers.reports import definitions
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup.coverage import Coverage
from renda_tiers.rollup.explain import Total

SIGNS = {one.symbol: one for one in Qualifier}


@dataclass(frozen=True, slots=True)
class Stated:
    """What one report said of a figure; of a remark only that there is one."""

    status: Status
    value: int | None
    qualifier: Qualifier


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs between two reports of one organisation; None on the side that has no such cell.

    Attributes:
        left, came: of a distinct figure, how many members are not counted any more, and how many are now.
    """

    line: Line
    dimension: str
    before: Stated | None
    after: Stated | None
    left: int = 0
    came: int = 0

    @property
    def difference(self) -> int:
        """What it adds to a figure that adds up."""
        return ((self.after and self.after.value) or 0) - ((self.before and self.before.value) or 0)


@dataclass(frozen=True, slots=True)
class Correction:
    """That another report of an organisation counts than in the vintage before.

    Attributes:
        old, new: hashes of the two; None where none counted before, or none counts any more.
        reasons: why the organisation corrected its report, one for each revision in between that says so.
        changes: the cells that differ.
    """

    organisation: str
    old: bytes | None
    new: bytes | None
    reasons: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Vintage:
    """A publication.

    Attributes:
        template: as the publisher had it.
        definitions: all that fix its figures and those of its corrections, the template first.
        audience: codes of those it is for.
        cells: its figures but for the derived ones, with their coverage then.
        reports: hashes of the reports it folds, by organisation; None where the list was withheld or erased.
        corrections: what differs from its predecessor; None likewise.
    """

    document: bytes
    organisation: str
    template: Template
    definitions: tuple[Template, ...]
    period: Period
    standing: str
    number: int
    predecessor: bytes | None
    issued: datetime
    audience: tuple[str, ...]
    cells: tuple[Total, ...]
    reports: Mapping[str, bytes] | None
    corrections: tuple[Correction, ...] | None


def fingerprint(
    definition: bytes, standing: str, reports: Mapping[str, bytes], cells: Iterable[Total]
) -> str:
    """A digest of what is published, but for its place in the row of vintages; equal for equal content."""
    figures = sorted(
        [one.meaning, one.dimension, *stated(one.figure), one.figure.holder, list(astuple(one.coverage))]
        for one in cells
    )
    named = sorted([organisation, document.hex()] for organisation, document in reports.items())
    return digest(written([definition.hex(), standing, named, figures])).hex()


def stated(one: Folded | Stated) -> list[Any]:
    """Status, value and sign, as a document says them."""
    return [str(one.status) if one.status else None, one.value, one.qualifier.symbol]


def read(session: Session, document: bytes) -> Vintage:
    """A publication that this node has applied.

    Raises:
        NotFound: there is none of this hash.
    """
    payload = session.scalar(
        select(LedgerDocument.payload)
        .join(Publication, Publication.document == LedgerDocument.hash)
        .where(LedgerDocument.hash == document)
    )
    if payload is None:
        raise NotFound(_("There is no such publication."))
    found = decode(payload)
    said = found.body
    named = [bytes.fromhex(text) for text in said["definitions"]]
    templates = definitions.held(session, named)
    lines = [templates[named[number]].line(indicator) for number, indicator in said["lines"]]
    reports, corrections = (_bulky(session, found, name) for name in reversed(BULKY))
    return Vintage(
        document=document,
        organisation=found.origin,
        template=templates[named[0]],
        definitions=tuple(templates[one] for one in named),
        period=Period.parse(said["period"]),
        standing=said["standing"],
        number=said["number"],
        predecessor=bytes.fromhex(said["predecessor"]) if said["predecessor"] else None,
        issued=found.issued,
        audience=found.audience,
        cells=tuple(_total(figure, lines) for figure in said["figures"]),
        reports=None if reports is None else {row[0]: bytes.fromhex(row[1]) for row in reports},
        corrections=None if corrections is None else tuple(_correction(row, lines) for row in corrections),
    )


def _bulky(session: Session, found: Document, name: str) -> list[Any] | None:
    """A list of the body, or of the part that holds it; None where the part is not here or is none."""
    if found.body[name] is not None:
        rows: list[Any] = found.body[name]
        return rows
    content = session.scalar(
        select(LedgerPart.content).where(LedgerPart.document == found.hash, LedgerPart.name == name)
    )
    if content is None:
        return None
    try:
        rows = json.loads(content)
        check_list(name, rows, found.body["lines"])
    except (ValueError, TypeError, RecursionError):
        return None
    return rows


def _total(figure: Sequence[Any], lines: Sequence[Line]) -> Total:
    number, dimension, status, value, sign, holder, counts = figure
    line, coverage = lines[number], Coverage(*counts)
    if line.kind is None:  # Arrival let no derived line in.
        raise NotFound
    known = Figure(line.indicator, dimension, line.meaning, line.kind, line.basis)
    folded = Folded(
        figure=known if status else None,
        status=Status(status) if status else None,
        value=value,
        qualifier=SIGNS[sign],
        holder=holder,
        reported=coverage.reported,
        nil=coverage.nil,
        not_applicable=coverage.not_applicable,
    )
    return Total(line, dimension, line.meaning, folded, coverage)


def _correction(row: Sequence[Any], lines: Sequence[Line]) -> Correction:
    organisation, old, new, reasons, changes = row
    return Correction(
        organisation,
        bytes.fromhex(old) if old else None,
        bytes.fromhex(new) if new else None,
        tuple(reasons),
        tuple(
            Change(lines[number], dimension, _stated(before), _stated(after), *keys)
            for number, dimension, before, after, *keys in changes
        ),
    )


def _stated(cell: Sequence[Any] | None) -> Stated | None:
    return None if cell is None else Stated(Status(cell[0]), cell[1], SIGNS[cell[2]])
