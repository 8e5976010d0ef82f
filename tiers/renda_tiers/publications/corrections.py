"""What differs between the reports that two vintages fold: whose, which cells, and the stated reasons.

Everything is read from the signed bytes, so that a report which counts no more can still be compared with.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict
from renda.i18n import _
from renda.indicators.kinds import Status
from renda.slices import slices
from renda_tiers.documents.envelope import Document, decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.publications.vintage import SIGNS, Change, Correction, Stated
from renda_tiers.reports import definitions
from renda_tiers.reports.models import Report
from renda_tiers.reports.template import Line, Template

_EXTENDED = 6


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a report; `extra` are its keys or its words."""

    line: Line
    said: Stated
    extra: Any


def between(session: Session, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Correction]:
    """The corrections that lead from some reports to others, given by organisation; by its code.

    Raises:
        Conflict: a report that differs is not held here.
    """
    codes = sorted(code for code in {*before, *after} if before.get(code) != after.get(code))
    pairs = {code: (before.get(code), after.get(code)) for code in codes}
    wanted = {document for pair in pairs.values() for document in pair if document is not None}
    documents = _documents(session, wanted)
    named = {bytes.fromhex(one.body["definition"]) for one in documents.values()}
    templates = definitions.held(session, named)
    if len(documents) != len(wanted) or len(templates) != len(named):
        raise Conflict(_("Reports that the publication before this one counts are not here yet."))
    revisions = _revisions(session, documents)
    return [
        Correction(
            code,
            old,
            new,
            tuple(_reasons(documents.get(old), documents.get(new), revisions.get(code, ()))),
            tuple(_changes(_cells(documents.get(old), templates), _cells(documents.get(new), templates))),
        )
        for code, (old, new) in pairs.items()
    ]


def _documents(session: Session, hashes: Iterable[bytes]) -> dict[bytes | None, Document]:
    return {
        row.hash: decode(row.payload)
        for some in slices(sorted(hashes))
        for row in session.execute(
            select(LedgerDocument.hash, LedgerDocument.payload).where(LedgerDocument.hash.in_(some))
        )
    }


def _revisions(session: Session, documents: Mapping[Any, Document]) -> dict[str, list[Document]]:
    """All revisions of these reports that count or counted, by organisation, in order."""
    subjects = {one.subject for one in documents.values()}
    found: dict[str, list[Document]] = {}
    for some in slices(sorted(subjects)):
        rows = session.scalars(
            select(LedgerDocument.payload)
            .join(Report, Report.document == LedgerDocument.hash)
            .where(LedgerDocument.subject.in_(some))
        )
        for one in sorted(map(decode, rows), key=_rank):
            found.setdefault(one.origin, []).append(one)
    return found


def _rank(one: Document) -> tuple[Any, ...]:
    return one.revision, one.issued, one.hash


def _reasons(old: Document | None, new: Document | None, revisions: Iterable[Document]) -> Iterator[str]:
    """The reasons of all that was said after the old report, up to the new one."""
    if new is None:
        return
    for one in revisions:
        if (old is None or _rank(one) > _rank(old)) and _rank(one) <= _rank(new) and one.body["reason"]:
            yield one.body["reason"]


def _cells(one: Document | None, templates: Mapping[bytes, Template]) -> dict[tuple[str, str], _Cell]:
    """Cells of a report by meaning and dimension."""
    if one is None:
        return {}
    lines = {line.indicator: line for line in templates[bytes.fromhex(one.body["definition"])].cells}
    return {
        (lines[cell[0]].meaning, cell[1]): _Cell(
            lines[cell[0]],
            Stated(Status(cell[2]), cell[3], SIGNS[cell[4]]),
            cell[5] if len(cell) == _EXTENDED else None,
        )
        for cell in one.body["cells"]
    }


def _changes(
    before: Mapping[tuple[str, str], _Cell], after: Mapping[tuple[str, str], _Cell]
) -> Iterator[Change]:
    def place(key: tuple[str, str]) -> tuple[str, str, str]:
        return (after.get(key) or before[key]).line.indicator, key[1], key[0]

    for key in sorted({*before, *after}, key=place):
        old, new = before.get(key), after.get(key)
        keys, now = _keys(old), _keys(new)
        if old and new and old.said == new.said and (keys == now if keys or now else old.extra == new.extra):
            continue
        yield Change(
            (new or before[key]).line,
            key[1],
            old.said if old else None,
            new.said if new else None,
            len(keys - now),
            len(now - keys),
        )


def _keys(cell: _Cell | None) -> frozenset[int]:
    return frozenset(cell.extra) if cell is not None and isinstance(cell.extra, list) else frozenset()
