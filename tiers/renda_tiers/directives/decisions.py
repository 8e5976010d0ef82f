"""Deciding about responses: the issuer verifies those that say all is done, or returns them with a reason."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit
from renda_tiers.directives import bodies, held, orders, phases
from renda_tiers.directives.models import Response, TargetProgress
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement

_DECIDED = {bodies.VERIFY: phases.VERIFIED, bodies.RETURN: phases.RETURNED}


def decide(
    session: Session,
    issuer: str,
    subject: str,
    responses: Sequence[bytes],
    decision: str,
    *,
    reason: str = "",
    actor: uuid.UUID | None,
    now: datetime,
) -> list[bytes]:
    """Verify or return responses of a directive's targets, all or none; the hashes of the decisions.

    What is decided so already is left alone; its hash is that of the decision that stands.

    Raises:
        NotFound: the issuer has set no such directive, or it has no such response.
        Conflict: it has ended, a newer response has come in, or one does not say that all is done.
        Invalid: no such decision, no response, or a return without a reason.
    """
    found = held.own(session, subject, issuer)
    found.ensure_open()
    why = orders.cleaned(orders.REASON, "reason", reason)
    if decision not in _DECIDED:
        raise Invalid({"decision": _("A response is verified or returned.")})
    if decision == bodies.RETURN and not why:
        message = _("Say why it is returned.")
        raise Invalid({"reason": message}, message)
    rows = _current(session, subject, list(dict.fromkeys(responses)))
    if not rows:
        message = _("Select at least one response.")
        raise Invalid({"response": message}, message)
    due = [row for row in rows if row.phase != _DECIDED[decision]]
    if any(row.phase != phases.DONE for row in due):
        raise Conflict(_("Only a response that says that all is done is decided about."))
    statements = [
        Statement(
            bodies.VERIFICATION,
            issuer,
            bodies.verification_subject(row.response),
            {"response": row.response.hex(), "decision": decision, "reason": why},
            found.above | {row.organisation},
        )
        for row in due
    ]
    issued = dict(zip(due, issuing.issue(session, statements, now=now) if due else (), strict=True))
    for row, document in issued.items():
        audit.record(
            session,
            actor=actor,
            organisation=issuer,
            action=f"directive.{decision}",
            target=document.hex(),
            now=now,
            detail={"directive": subject, "organisation": row.organisation},
        )
    return [issued.get(row, row.verification) for row in rows]


def _current(session: Session, subject: str, responses: Sequence[bytes]) -> list[Any]:
    """The progress whose last words the responses are, in their order."""
    columns = (
        TargetProgress.organisation,
        TargetProgress.phase,
        TargetProgress.response,
        TargetProgress.verification,
    )
    of_these = (TargetProgress.subject == subject, TargetProgress.response.in_(responses))
    found = {row.response: row for row in session.execute(select(*columns).where(*of_these))}
    if older := [one for one in responses if one not in found]:
        statement = select(Response.document).where(Response.subject == subject, Response.document.in_(older))
        if len(session.scalars(statement).all()) < len(older):
            raise NotFound(_("There is no such response."))
        raise Conflict(_("A newer response has come in. Decide about that one."))
    return [found[one] for one in responses]
