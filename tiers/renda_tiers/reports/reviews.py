"""The `review` document: the direct parent's decision on one exact report, with notes pinned to cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.payload import is_hex32
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import standings
from renda_tiers.reports.models import Report, Review

KIND = "review"
_BODY = {"report", "decision", "reason", "notes"}


def subject(report: bytes) -> str:
    """What all decisions on one report are revisions of."""
    return f"review:{report.hex()}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {report, decision, reason, notes: [[indicator, dimension, words]]}."""
    notes = body.get("notes")
    if (
        body.keys() != _BODY
        or not is_hex32(body["report"])
        or body["decision"] not in (standings.ENDORSE, standings.RETURN)
        or not isinstance(body["reason"], str)
        or not isinstance(notes, list)
        or not all(
            isinstance(note, list) and len(note) == 3 and all(isinstance(word, str) for word in note)  # noqa: PLR2004
            for note in notes
        )
    ):
        raise Invalid({"body": _("This is not the review of a report.")})


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A review waits for its report, and is set aside where another than the direct parent says it."""
    reports = _reports(session, documents)
    above = standings.ancestry(session, {report.organisation for report in reports.values()})
    verdicts = {}
    for one in documents:
        named = bytes.fromhex(one.body["report"])
        report = reports.get(named)
        if one.subject != subject(named):
            verdicts[one.hash] = aside(_("The subject of this document is another than what it says."))
        elif report is None:
            verdicts[one.hash] = parked(_("The reviewed report is not here yet."), named)
        elif above(report.organisation, report.ends_on)[1:2] != [one.origin]:
            verdicts[one.hash] = aside(_("Only the direct parent reviews a report."))
    return verdicts


def _reports(session: Session, documents: Sequence[Document]) -> dict[bytes, Any]:
    named = {bytes.fromhex(one.body["report"]) for one in documents}
    columns = (Report.document, Report.organisation, Report.template, Report.period, Report.ends_on)
    return {row.document: row for row in session.execute(select(*columns).where(Report.document.in_(named)))}


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the decisions and move the standings of what they decide about."""
    reports = _reports(session, documents)
    session.execute(
        insert(Review),
        [
            {
                "document": one.hash,
                "report": bytes.fromhex(one.body["report"]),
                "reviewer": one.origin,
                "decision": one.body["decision"],
                "revision": one.revision,
                "issued": one.issued,
            }
            for one in documents
        ],
    )
    scopes = {hash_: (row.organisation, row.template, row.period) for hash_, row in reports.items()}
    standings.move(session, scopes)


def forget(session: Session) -> None:
    """Empty the reviews."""
    session.execute(delete(Review))
