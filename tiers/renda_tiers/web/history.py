"""The revisions of a report, newest first: the same list on the form and on the report that was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from renda.clock import LOCAL
from renda.i18n import _
from renda.types import Request
from renda_tiers.reports.models import Report, Review
from renda_tiers.reports.standings import ENDORSE
from renda_tiers.web import links, words


def moment(instant: datetime) -> str:
    """An instant as people in China write it, to the minute."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def revisions(request: Request, organisation: str, template: str, period: str) -> list[dict[str, Any]]:
    """What was sent for a period, and what the level above decided about each; one statement."""
    rows = request.db.execute(
        select(
            Report.document,
            Report.revision,
            Report.issued,
            Report.late,
            Review.decision,
            Review.issued.label("decided"),
        )
        .outerjoin(Review, Review.report == Report.document)
        .where(Report.organisation == organisation, Report.template == template, Report.period == period)
        .order_by(Report.revision.desc(), Report.issued.desc(), Report.document.desc(), Review.issued.desc())
    )
    found: list[dict[str, Any]] = []
    for row in rows:
        if not found or found[-1]["document"] != row.document:
            found.append({"document": row.document, **_sent(request, row), "decisions": []})
        if row.decision is not None:
            found[-1]["decisions"].append(_decided(row))
    return found


def _sent(request: Request, row: Any) -> dict[str, Any]:
    translate = request.translate
    return {
        "revision": row.revision,
        "title": translate(_("Revision ${n}", mapping={"n": row.revision})),
        "when": moment(row.issued),
        "late": row.late,
        "receipt": words.receipt_number(row.document),
        "href": links.to(request, "report", document=row.document),
    }


def _decided(row: Any) -> dict[str, Any]:
    state = words.state("endorsed" if row.decision == ENDORSE else "returned")
    return {**state, "when": moment(row.decided)}
