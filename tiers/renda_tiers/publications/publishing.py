"""Publishing: the roll-up of a period as it stands now becomes the next vintage, for ever."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict
from renda.i18n import _
from renda.indicators.periods import Period
from renda.security import audit
from renda_tiers.documents import issuing, store
from renda_tiers.documents.issuing import Statement
from renda_tiers.publications import arrival, body, drafting, writing
from renda_tiers.reports import standings
from renda_tiers.reports.models import LATEST
from renda_tiers.rollup import expectation


class RollupChanged(Conflict):
    """The roll-up is not what was looked at before publishing."""

    message = _("The totals changed since you looked. Look at them again before you publish.")


@dataclass(frozen=True, slots=True)
class Published:
    """A vintage that stands; `new` unless it said the same already."""

    document: bytes
    number: int
    new: bool


def publish(
    session: Session,
    organisation: str,
    template: str,
    period: Period,
    *,
    standing: str = LATEST,
    seen: str = "",
    actor: uuid.UUID | None,
    now: datetime,
) -> Published:
    """Issue the roll-up as the next vintage; where the last one says the same, nothing is issued.

    Args:
        session: a unit of work.
        organisation: whose roll-up it is, and who publishes.
        template: its code.
        period: the period.
        standing: which revisions count, `latest` or `endorsed`.
        seen: the token of the draft that was looked at; "" where nobody looked.
        actor: account that publishes.
        now: the present instant.

    Raises:
        NotFound, NothingReported: see `drafting.draft`.
        RollupChanged: the roll-up is not what was seen.
        Conflict: reports that the last vintage counts are not here.
        DocumentTooLarge: more corrections than a document may carry.
    """
    # What moves standings writes the ledger, so that nothing moves between reading and signing.
    store.lock(session)
    found = drafting.draft(session, organisation, template, period, standing)
    if found.last is not None and found.unchanged:
        return Published(found.last.document, found.last.number, new=False)
    if seen not in ("", found.token):
        raise RollupChanged
    said, parts = body.fitted(writing.body(session, found))
    statement = Statement(
        arrival.KIND,
        organisation,
        arrival.subject(organisation, template, period.code),
        said,
        _audience(session, organisation, period),
        parts,
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="rollup.publish",
        target=document.hex(),
        now=now,
        detail={
            "template": template,
            "period": period.code,
            "standing": standing,
            "number": found.number,
            "reports": len(found.reports),
        },
    )
    return Published(document, found.number, new=True)


def _audience(session: Session, organisation: str, period: Period) -> frozenset[str]:
    """The publisher, those above it and all below it on the period's last day."""
    below = session.scalars(select(expectation.subtree([organisation], period.end).c.code))
    return frozenset([*standings.ancestors_on(session, organisation, period.end), *below])
