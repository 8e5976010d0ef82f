"""The `verification` document: the issuer verifies one exact response, or returns it with a reason."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.i18n import _
from renda.slices import slices
from renda_tiers.directives import bodies, upkeep
from renda_tiers.directives.models import Directive, Response, Verification
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.store import Verdict


def _responses(session: Session, documents: Sequence[Document]) -> dict[bytes, Any]:
    named = {bytes.fromhex(one.body["response"]) for one in documents}
    columns = (Response.document, Response.subject, Response.organisation, Response.state, Directive.origin)
    return {
        row.document: row
        for some in slices(sorted(named))
        for row in session.execute(
            select(*columns)
            .join(Directive, Directive.document == Response.directive)
            .where(Response.document.in_(some))
        )
    }


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A decision waits for its response, and is set aside where another than the issuer says it."""
    responses = _responses(session, documents)
    verdicts = {}
    for one in documents:
        named = bytes.fromhex(one.body["response"])
        response = responses.get(named)
        if one.subject != bodies.verification_subject(named):
            verdicts[one.hash] = aside(_("The subject of this document is another than what it says."))
        elif response is None:
            verdicts[one.hash] = parked(_("The response that this decides about is not here yet."), named)
        elif response.origin != one.origin:
            verdicts[one.hash] = aside(_("Only the issuer of a directive decides about its responses."))
        elif response.state != bodies.DONE:
            verdicts[one.hash] = aside(_("Only a response that says that all is done is decided about."))
    return verdicts


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the decisions, and have the progress of the targets made anew."""
    responses = _responses(session, documents)
    session.execute(
        insert(Verification),
        [
            {
                "document": one.hash,
                "response": bytes.fromhex(one.body["response"]),
                "decision": one.body["decision"],
                "revision": one.revision,
                "issued": one.issued,
            }
            for one in documents
        ],
    )
    upkeep.mark(session, (), {(row.subject, row.organisation) for row in responses.values()})
