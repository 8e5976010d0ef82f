"""Receipts: the node that hosts a target says by itself that a directive has arrived there.

A directive that is applied asks for a task, in its own transaction; the task signs, for every hosted target
that has not answered what stands, that it was received. To run it again changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from renda.database import everything
from renda.security import audit
from renda.tasks import enqueue, task
from renda.types import Registry
from renda_tiers.directives import bodies, bounds
from renda_tiers.directives.models import Directive, DirectiveStanding, Response, TargetProgress
from renda_tiers.directives.phases import ISSUED
from renda_tiers.documents import issuing, store
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import KeyGrant, LedgerDocument, SigningKey

RECEIVE = "tiers.directive.receive"


def ask(session: Session, subjects: Sequence[str]) -> None:
    """Ask for the receipts of directives that hosted targets have not answered."""
    owed = sorted({row.subject for row in session.execute(_owed(subjects))})
    if owed:
        now = session.info["registry"].clock()
        for subject in owed:
            enqueue(session, RECEIVE, subject, now=now)


def _owed(subjects: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """(subject, document, organisation, response) of hosted targets that have not answered what stands."""
    can_sign = (
        select(SigningKey.organisation)
        .join(
            KeyGrant,
            (KeyGrant.organisation == SigningKey.organisation) & (KeyGrant.key == SigningKey.public),
        )
        .where(SigningKey.organisation == TargetProgress.organisation)
        .exists()
    )
    return (
        select(
            TargetProgress.subject,
            TargetProgress.organisation,
            TargetProgress.response,
            Directive.document,
            Directive.task,
        )
        .join(DirectiveStanding, DirectiveStanding.subject == TargetProgress.subject)
        .join(Directive, Directive.document == DirectiveStanding.document)
        .where(
            TargetProgress.subject.in_(subjects),
            TargetProgress.phase == ISSUED,
            Directive.state == bodies.OPEN,
            can_sign,
        )
        .order_by(TargetProgress.subject, TargetProgress.organisation)
    )


@task(RECEIVE)
def receive(_registry: Registry, session: Session, now: datetime, subject: str) -> None:
    """Sign that a directive was received, for every hosted target that owes it."""
    with everything(session):
        # Before it is read who owes it: whoever answers meanwhile must not be overtaken by a receipt.
        store.lock(session)
        rows = session.execute(_owed([subject])).all()
        if not rows:
            return
        payload = session.scalars(
            select(LedgerDocument.payload).where(LedgerDocument.hash == rows[0].document)
        ).one()
        directive = decode(payload)
        audience = bounds.above(directive) | {directive.origin}
        done = _done(session, rows)
        statements = [
            Statement(
                bodies.RESPONSE,
                row.organisation,
                bodies.response_subject(subject, row.organisation),
                {
                    "directive": row.document.hex(),
                    "state": bodies.RECEIVED,
                    "note": "",
                    "steps": done.get(row.response, []),
                    "report": None,
                },
                audience | {row.organisation},
            )
            for row in rows
        ]
        for row, document in zip(rows, issuing.issue(session, statements, now=now), strict=True):
            audit.record(
                session,
                actor=None,
                organisation=row.organisation,
                action="directive.receive",
                target=document.hex(),
                now=now,
                detail={"directive": subject},
            )


def _done(session: Session, rows: Sequence[Any]) -> dict[bytes, list[int]]:
    """The steps that were done before, by the hash of the response that said so; only of the same task."""
    responses = [row.response for row in rows if row.response is not None]
    found = session.execute(
        select(Response.document, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Response.document)
        .join(Directive, Directive.document == Response.directive)
        .where(Response.document.in_(responses), Directive.task == rows[0].task)
    )
    return {row.document: decode(row.payload).body["steps"] for row in found}
