"""Writing a publication's body: its lines are numbered as its figures and corrections need them."""

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict
from renda.i18n import _
from renda.slices import slices
from renda_tiers.publications import corrections
from renda_tiers.publications.drafting import Draft
from renda_tiers.publications.vintage import Correction, Stated, stated
from renda_tiers.reports import definitions
from renda_tiers.reports.models import Report
from renda_tiers.reports.template import Line, Template


def body(session: Session, found: Draft) -> dict[str, Any]:
    """The body that says a draft and what differs from the vintage before it.

    Raises:
        Conflict: reports that the last vintage counts are not here.
    """
    differences = _differences(session, found)
    lines = _Lines(found.template, _others(session, found))
    figures = [
        [
            lines.number(one.line),
            one.dimension,
            *stated(one.figure),
            one.figure.holder,
            list(astuple(one.coverage)),
        ]
        for one in found.cells
    ]
    listed = [_correction(lines, one) for one in differences]
    return {
        "template": found.template.code,
        "period": found.period.code,
        "standing": found.standing,
        "number": found.number,
        "predecessor": found.last.document.hex() if found.last else None,
        "definitions": [document.hex() for document in lines.definitions],
        "lines": lines.listed,
        "figures": figures,
        "reports": [[code, document.hex()] for code, document in sorted(found.reports.items())],
        "corrections": listed,
    }


def _differences(session: Session, found: Draft) -> list[Correction]:
    if found.last is None:
        return []
    if found.last.reports is None:
        raise Conflict(_("Reports that the publication before this one counts are not here yet."))
    return corrections.between(session, found.last.reports, found.reports)


def _others(session: Session, found: Draft) -> list[Template]:
    """Further definitions that the reports of this vintage and of the one before name, by hash."""
    hashes: set[bytes] = set()
    for some in slices(sorted(found.reports.values())):
        hashes |= set(session.scalars(select(Report.definition).distinct().where(Report.document.in_(some))))
    held = definitions.held(session, hashes)
    held |= {one.document: one for one in (found.last.definitions if found.last else ())}
    return [held[document] for document in sorted(held)]


class _Lines:
    """Numbers for lines and for the definitions that fix them, given out as they are needed."""

    def __init__(self, template: Template, others: Iterable[Template]) -> None:
        self.definitions = [template.document]
        self.listed: list[list[Any]] = []
        self._numbers: dict[str, int] = {}
        self._fixed: dict[str, tuple[bytes, str]] = {}
        for one in (template, *others):
            for line in one.cells:
                self._fixed.setdefault(line.meaning, (one.document, line.indicator))

    def number(self, line: Line) -> int:
        if line.meaning not in self._numbers:
            definition, indicator = self._fixed[line.meaning]
            if definition not in self.definitions:
                self.definitions.append(definition)
            self._numbers[line.meaning] = len(self.listed)
            self.listed.append([self.definitions.index(definition), indicator])
        return self._numbers[line.meaning]


def _correction(lines: _Lines, one: Correction) -> list[Any]:
    changes = [
        [
            lines.number(change.line),
            change.dimension,
            _side(change.before),
            _side(change.after),
            *([change.left, change.came] if change.left or change.came else []),
        ]
        for change in one.changes
    ]
    return [
        one.organisation,
        one.old.hex() if one.old else None,
        one.new.hex() if one.new else None,
        list(one.reasons),
        changes,
    ]


def _side(cell: Stated | None) -> list[Any] | None:
    return None if cell is None else stated(cell)
