"""Answering a directive: acknowledged, how far it is, done; each is a signed response of the target."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict, Forbidden, Invalid
from renda.i18n import _
from renda.records.fields import Paragraph
from renda.security import audit
from renda_tiers.directives import bodies, held, orders, phases
from renda_tiers.directives.bodies import ACKNOWLEDGED, DONE, MOST_TEXT, PROGRESS
from renda_tiers.directives.files import File, as_parts
from renda_tiers.directives.held import Held
from renda_tiers.directives.models import TargetProgress
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import progress

NOTE = Paragraph(_("What was done"), required=False, max_length=MOST_TEXT)


@dataclass(frozen=True, slots=True)
class Answering:
    """What a target says.

    Attributes:
        state: acknowledged, progress or done.
        steps: numbers of all steps that are done, from 0.
    """

    state: str
    note: str = ""
    steps: tuple[int, ...] = ()
    files: Sequence[File] = ()


def respond(
    session: Session,
    organisation: str,
    subject: str,
    said: Answering,
    *,
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    """Sign a response; its hash. To say the same once more, with nothing attached, changes nothing.

    Raises:
        NotFound: there is no such directive.
        Forbidden: it is not for the organisation.
        Conflict: it has ended, or the response was verified.
        Invalid: what is wrong, by field; done is refused while a step or the report is missing.
    """
    found = held.find(session, subject, organisation)
    found.ensure_open()
    stands = place(session, found, organisation)
    if stands.phase == phases.VERIFIED:
        raise Conflict(_("The issuer has verified this; nothing is left to be done."))
    last = held.document(session, stands.response) if stands.response else None
    body = _body(session, found, organisation, said)
    if said.state == ACKNOWLEDGED and stands.phase not in (phases.ISSUED, phases.RECEIVED) and last:
        return last.hash
    if last and stands.phase == said.state and last.body == body and not said.files:
        return last.hash
    _ensure_new(said, last)
    statement = Statement(
        bodies.RESPONSE,
        organisation,
        bodies.response_subject(subject, organisation),
        body,
        found.above | {organisation},
        as_parts(said.files),
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action="directive.respond",
        target=document.hex(),
        now=now,
        detail={"directive": subject, "state": said.state},
    )
    return document


def place(session: Session, found: Held, organisation: str) -> TargetProgress:
    """Where a target of a directive is.

    Raises:
        Forbidden: the organisation is no target of it.
    """
    row = session.scalar(
        select(TargetProgress)
        .where(TargetProgress.subject == found.subject, TargetProgress.organisation == organisation)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Forbidden(_("Only a target of a directive answers it."))
    return row


def _body(session: Session, found: Held, organisation: str, said: Answering) -> dict[str, Any]:
    if said.state not in (ACKNOWLEDGED, PROGRESS, DONE):
        raise Invalid({"state": _("A directive is acknowledged, in progress, or done.")})
    note = orders.cleaned(NOTE, "note", said.note)
    total = len(found.body["steps"])
    steps = sorted(set(said.steps))
    if any(not 0 <= one < total for one in steps):
        message = _("This directive has no such step.")
        raise Invalid({"steps": message}, message)
    report = None
    if said.state == DONE:
        _ensure_all(found, steps)
        report = _report(session, found, organisation)
    return {
        "directive": found.current.hash.hex(),
        "state": said.state,
        "note": note,
        "steps": steps,
        "report": report.hex() if report else None,
    }


def _ensure_all(found: Held, steps: Collection[int]) -> None:
    lacking = [text for number, text in enumerate(found.body["steps"]) if number not in steps]
    if lacking:
        message = _("Not all steps are done yet: ${steps}", mapping={"steps": "；".join(lacking)})
        raise Invalid({"steps": message}, message)


def _report(session: Session, found: Held, organisation: str) -> bytes | None:
    """The report that the directive asks for.

    Raises:
        Invalid: it is not there, or was returned.
    """
    asked = found.body["report"]
    if asked is None:
        return None
    stands = progress.of(session, organisation, asked["template"], asked["period"])
    if stands.report is None:
        message = _("The report that this directive asks for has not been sent yet.")
        raise Invalid({"report": message}, message)
    if stands.returned:
        message = _("The report that this directive asks for was returned. Correct it first.")
        raise Invalid({"report": message}, message)
    return stands.report


def _ensure_new(said: Answering, last: Document | None) -> None:
    """Progress says something: a note, another step, a file."""
    before = last.body["steps"] if last else []
    if said.state == PROGRESS and not (said.note.strip() or said.files or sorted(set(said.steps)) != before):
        message = _("Say what was done, tick a step or attach a file.")
        raise Invalid({"note": message}, message)
