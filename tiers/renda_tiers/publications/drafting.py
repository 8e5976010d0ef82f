"""What publishing would freeze now: a roll-up, the exact reports that it folds, and the vintage before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.publications import vintage
from renda_tiers.publications.models import Publication
from renda_tiers.publications.vintage import Vintage
from renda_tiers.reports import definitions
from renda_tiers.reports.models import Standing
from renda_tiers.reports.template import Template
from renda_tiers.rollup import expectation, explain
from renda_tiers.rollup.explain import Total


class NothingReported(Conflict):
    """Nothing that counts was reported for the period, so there is nothing to publish."""

    message = _("Nothing that counts here has been reported for this period, so there is nothing to publish.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published now.

    Attributes:
        figures: with the derived ones, as the roll-up shows them.
        reports: hashes of the reports that they fold, by organisation.
        token: what names this content; see `vintage.fingerprint`.
        last: the vintage before, if there is one.
    """

    organisation: str
    template: Template
    period: Period
    standing: str
    figures: Sequence[Total]
    reports: Mapping[str, bytes]
    token: str
    last: Vintage | None

    @property
    def cells(self) -> list[Total]:
        """The figures but for the derived ones."""
        return [one for one in self.figures if one.line.kind is not None]

    @property
    def number(self) -> int:
        """Number of the next vintage."""
        return self.last.number + 1 if self.last else 1

    @property
    def unchanged(self) -> bool:
        """Whether the last vintage says just this already."""
        if self.last is None or self.last.reports is None:
            return False
        last = self.last
        said = vintage.fingerprint(last.template.document, last.standing, self.last.reports, last.cells)
        return said == self.token


def counted(
    session: Session, organisation: str, template: str, period: Period, standing: str
) -> dict[str, bytes]:
    """The reports that a subtree's roll-up folds now, by organisation."""
    tree = expectation.subtree([organisation], period.end)
    rows = session.execute(
        select(Standing.organisation, Standing.report)
        .join(tree, tree.c.code == Standing.organisation)
        .where(Standing.template == template, Standing.period == period.code, Standing.standing == standing)
        .order_by(Standing.organisation)
    )
    return {row.organisation: row.report for row in rows}


def latest(session: Session, organisation: str, template: str, period: str) -> bytes | None:
    """The last vintage of a roll-up: that of the highest (revision, issue time, hash)."""
    return session.scalar(
        select(Publication.document)
        .where(
            Publication.organisation == organisation,
            Publication.template == template,
            Publication.period == period,
        )
        .order_by(Publication.revision.desc(), Publication.issued.desc(), Publication.document.desc())
        .limit(1)
    )


def draft(session: Session, organisation: str, template_code: str, period: Period, standing: str) -> Draft:
    """What publishing would freeze now.

    Raises:
        NotFound: there is no such template.
        NothingReported: nothing counts in this standing.
    """
    template = definitions.current(session, template_code, organisation, period)
    reports = counted(session, organisation, template.code, period, standing)
    if not reports:
        raise NothingReported
    figures = explain.totals(session, organisation, template, period, standing)
    last = latest(session, organisation, template.code, period.code)
    cells = [one for one in figures if one.line.kind is not None]
    return Draft(
        organisation,
        template,
        period,
        standing,
        figures,
        reports,
        vintage.fingerprint(template.document, standing, reports, cells),
        vintage.read(session, last) if last else None,
    )
