"""Submitting a report: computed once more, frozen with its evidence, signed, and sent up the tree."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.indicators.kinds import Kind, Status
from renda.indicators.periods import Period
from renda.records.fields import Paragraph, Rejected
from renda.security import audit
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import Part, PartReference, decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.reports import (
    arrival,
    calendar,
    definitions,
    entering,
    evidence,
    filling,
    progress,
    seen,
    standings,
)
from renda_tiers.reports.filling import Draft, DraftCell, Prepared
from renda_tiers.reports.seen import Seen

REASON = Paragraph(_("Reason"), required=False, max_length=1000)
"""What a reason for a correction, or for a return, may be."""


class NothingChanged(Conflict):
    """A correction would say what stands already, from the same records."""

    message = _("Nothing has changed since this report was sent, so there is nothing to correct.")


class ReasonNeeded(Invalid):
    """A report that was submitted before is corrected without a reason."""


def clean_reason(reason: str) -> str:
    """The reason as it is kept, "" for none.

    Raises:
        Invalid: it is too long, or has characters that nobody types.
    """
    try:
        return REASON.clean(reason) or ""
    except Rejected as error:
        raise Invalid({"reason": error.message}, error.message) from None


def submit(
    session: Session,
    organisation: str,
    template_code: str,
    period: Period,
    *,
    reason: str = "",
    before: Seen | None = None,
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    """Issue what the records and the clerk say now as the next revision of the report; its hash.

    Records and entries stay as they are. `latest` moves at once; `endorsed` stays until the next review.
    Where just what the clerk saw (`before`) was submitted meanwhile, this is a second click: nothing is
    issued, and the hash is that of the revision that stands.

    Raises:
        NotFound: there is no such template.
        LockedPeriod, Conflict, Invalid: see `entering.ensure_open`.
        RunningPeriod: the period's last day has not come.
        Invalid: cells are missing, by indicator.
        ReasonNeeded: a revision exists, and no reason was given.
        FiguresChanged: the report would not be what the clerk saw.
        NothingChanged: it would say what stands, and that was not returned: an answer to the level above may
            be that the figures are right.
        Conflict: the body has no place in the tree on the period's last day, or the template is not from
            above it.
        DocumentTooLarge: more evidence than a document may carry.
    """
    why = clean_reason(reason)
    # Two clerks who submit at once must not both make the first revision.
    standings.lock(session, {(template_code, period.code)})
    template = definitions.current(session, template_code, organisation, period)
    if before is not None and (sent := _sent_already(session, organisation, template_code, period, before)):
        return sent
    stands = entering.ensure_open(session, organisation, template, period, local_day(now))
    calendar.ensure_over(period, local_day(now))
    if stands.report is not None and not why:
        message = _("This report was submitted before. Say why it is corrected.")
        raise ReasonNeeded({"reason": message}, message)
    prepared = filling.prepare(session, organisation, template, period, today=local_day(now))
    _ensure_complete(prepared.draft)
    if before is not None:
        seen.ensure_same(before, seen.of(prepared.draft))
    part = _evidence(session, prepared)
    if not _news(session, prepared.draft, part[1]):
        raise NothingChanged
    statement = Statement(
        arrival.KIND,
        organisation,
        arrival.subject(organisation, template.code, period.code),
        body(prepared.draft, why),
        frozenset(standings.ancestors_on(session, organisation, period.end)),
        (part,),
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="report.submit",
        target=document.hex(),
        now=now,
        detail={"template": template.code, "period": period.code, "revision": stands.revision + 1},
    )
    return document


def _sent_already(
    session: Session, organisation: str, template: str, period: Period, before: Seen
) -> bytes | None:
    """The revision that stands, where it is newer than the one that was seen and says what was seen."""
    report = progress.of(session, organisation, template, period.code).report
    if report is None or report.hex() == before.revision:
        return None
    payload = session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == report)).one()
    return report if seen.sent(decode(payload).body) == before.cells else None


def unchanged(session: Session, draft: Draft, *, today: date) -> bool:
    """Whether sending a complete draft would be refused as a correction that corrects nothing."""
    prepared = filling.prepare(session, draft.organisation, draft.template, draft.period, today=today)
    return not _news(session, prepared.draft, _evidence(session, prepared)[1])


def _evidence(session: Session, prepared: Prepared) -> tuple[PartReference, Part]:
    draft = prepared.draft
    return evidence.gather(session, draft.organisation, prepared.measured, prepared.counted, draft.period)


def _news(session: Session, draft: Draft, part: Part) -> bool:
    """Whether a complete draft with its evidence says anything that its current revision does not."""
    if draft.submitted is None or draft.state == "returned":
        return True
    payload = session.scalars(
        select(LedgerDocument.payload).where(LedgerDocument.hash == draft.submitted)
    ).one()
    content = session.scalar(
        select(LedgerPart.content).where(
            LedgerPart.document == draft.submitted, LedgerPart.name == evidence.PART
        )
    )
    then, now = decode(payload).body, body(draft, "")
    names = ("definition", "cells", "explanations")
    return any(then[name] != now[name] for name in names) or content not in (None, part.content)


def _ensure_complete(draft: Draft) -> None:
    missing = [one.line.indicator for one in draft.missing]
    if missing:
        needed = _("Enter a figure, or say that it is nil or not applicable.")
        raise Invalid(
            dict.fromkeys(missing, needed),
            _("These figures are missing: ${codes}.", mapping={"codes": ", ".join(missing)}),
        )


def body(draft: Draft, reason: str) -> dict[str, Any]:
    """The body of the `report` document that a complete draft becomes."""
    return {
        "template": draft.template.code,
        "period": draft.period.code,
        "definition": draft.template.document.hex(),
        "reason": reason,
        "cells": [_written(one) for one in draft.cells],
        "explanations": [
            [one.line.indicator, one.dimension, one.explanation] for one in draft.cells if one.explanation
        ],
    }


def _written(one: DraftCell) -> list[Any]:
    if one.status is None:
        raise Conflict(_("These figures are missing: ${codes}.", mapping={"codes": one.line.indicator}))
    plain = [one.line.indicator, one.dimension, str(one.status), one.value, one.qualifier.symbol]
    if one.status is Status.REPORTED and one.line.kind is Kind.DISTINCT:
        return [*plain, sorted(one.keys)]
    if one.status is Status.REPORTED and one.line.kind is Kind.TEXT:
        return [*plain, one.words]
    return plain
