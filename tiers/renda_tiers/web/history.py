"""The revisions of a report, newest first: the same list on the form and on the report that was sent."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from renda.clock import local_minute
from renda.i18n import _
from renda.types import Request
from renda_tiers.reports import progress
from renda_tiers.reports.models import Report, ReportCell
from renda_tiers.reports.progress import Decision
from renda_tiers.reports.shown import Revision, ShownReport
from renda_tiers.reports.standings import ENDORSE
from renda_tiers.web import crumbs, links, words
from renda_tiers.web.cells import heading


def listed(
    request: Request, revisions: Iterable[Revision], shown: bytes | None = None
) -> list[dict[str, Any]]:
    """Revisions as the macro shows them; `shown` is the one that the reader looks at."""
    translate = request.translate
    return [
        {
            "title": translate(_("Revision ${n}", mapping={"n": one.revision})),
            "when": local_minute(one.issued),
            "late": one.late,
            "receipt": words.receipt_number(one.document),
            "href": links.to(request, "report", crumbs.carried(request), document=one.document),
            "paper": links.paper(request, "report", document=one.document),
            "reason": one.reason,
            "current": one.document == shown,
            "decision": decided(one.decision),
        }
        for one in revisions
    ]


def decided(decision: Decision | None) -> dict[str, str] | None:
    """What the level above said of a revision, with light and words."""
    if decision is None:
        return None
    state = words.state("endorsed" if decision.decision == ENDORSE else "returned")
    return {**state, "when": local_minute(decision.issued), "reason": decision.reason}


def sent(request: Request, organisation: str, template: str, period: str) -> list[dict[str, Any]]:
    """All revisions that an organisation sent for a period; their reasons stand on their own pages."""
    columns = (Report.document, Report.revision, Report.issued, Report.late)
    rows = request.db.execute(
        select(*columns)
        .where(Report.organisation == organisation, Report.template == template, Report.period == period)
        .order_by(Report.revision.desc(), Report.issued.desc(), Report.document.desc())
    ).all()
    decisions = progress.decisions_on(request.db, [row.document for row in rows])
    return listed(request, [Revision(*row, reason="", decision=decisions.get(row.document)) for row in rows])


def changes(request: Request, report: ShownReport) -> list[dict[str, Any]]:
    """The cells of a correction that are not as the revision before had them."""
    older = [one for one in report.history if one.revision < report.revision]
    if not older:
        return []
    rows = request.db.execute(
        select(
            ReportCell.indicator,
            ReportCell.dimension,
            ReportCell.status,
            ReportCell.value,
            ReportCell.qualifier,
            ReportCell.words,
        ).where(ReportCell.report == older[0].document)
    )
    before = {(row.indicator, row.dimension): row for row in rows}
    found = []
    for cell in report.cells:
        then = before.get((cell.line.indicator, cell.dimension))
        if _said(cell) != _said(then):
            found.append(
                {
                    "title": heading(request, cell.line, cell.dimension)["title"],
                    "before": words.cell(then, request.translate),
                    "after": words.cell(cell, request.translate),
                }
            )
    return found


def _said(held: Any) -> tuple[Any, ...] | None:
    return held and (held.status, held.value, held.qualifier, held.words)
