"""Ending a directive: closed with evidence once all is verified, or cancelled with a reason."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.directives import bodies, held, orders, phases
from renda_tiers.directives.files import File, as_parts
from renda_tiers.directives.held import Held
from renda_tiers.directives.models import TargetProgress
from renda_tiers.documents.issuing import Statement


def close(
    session: Session,
    issuer: str,
    subject: str,
    *,
    reason: str = "",
    files: Sequence[File] = (),
    actor: uuid.UUID | None,
    now: datetime,
) -> Held:
    """Close a directive; the files are the evidence.

    Raises:
        NotFound: the issuer has set no such directive.
        Conflict: it has ended.
        Invalid: a target is not verified, and no reason was given; or a file cannot be kept.
    """
    found = held.own(session, subject, issuer)
    why = orders.cleaned(orders.REASON, "reason", reason)
    if not why and (left := unverified(session, subject)):
        message = _("${n} targets are not verified. Say why it is closed all the same.", mapping={"n": left})
        raise Invalid({"reason": message}, message)
    return _end(session, found, bodies.CLOSED, why, files, actor=actor, now=now)


def cancel(
    session: Session, issuer: str, subject: str, *, reason: str, actor: uuid.UUID | None, now: datetime
) -> Held:
    """Take a directive back.

    Raises:
        NotFound, Conflict: see `close`.
        Invalid: no reason was given.
    """
    found = held.own(session, subject, issuer)
    why = orders.cleaned(orders.REASON, "reason", reason)
    if not why:
        message = _("Say why it is cancelled.")
        raise Invalid({"reason": message}, message)
    return _end(session, found, bodies.CANCELLED, why, (), actor=actor, now=now)


def unverified(session: Session, subject: str) -> int:
    """How many targets of a directive are not verified."""
    statement = (
        select(func.count())
        .select_from(TargetProgress)
        .where(TargetProgress.subject == subject, TargetProgress.phase != phases.VERIFIED)
    )
    return session.scalar(statement) or 0


def _end(
    session: Session,
    found: Held,
    state: str,
    reason: str,
    files: Sequence[File],
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> Held:
    found.ensure_open()
    statement = Statement(
        bodies.DIRECTIVE,
        found.issuer,
        found.subject,
        {**found.body, "state": state, "of": found.current.hash.hex(), "reason": reason},
        frozenset(found.current.audience),
        as_parts(files),
    )
    action = "directive.close" if state == bodies.CLOSED else "directive.cancel"
    return orders.issued(session, statement, action, actor=actor, now=now)
