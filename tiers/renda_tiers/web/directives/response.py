"""One response: what the target says and attached, what the issuer decided; and files to take away."""

from collections.abc import Mapping
from typing import Any

from pyramid.response import Response
from sqlalchemy import select

from renda.clock import local_minute
from renda.errors import NotFound
from renda.i18n import _
from renda.types import Request
from renda.web import downloads
from renda.web.contexts import Organisation
from renda_tiers.directives import bodies, held, phases
from renda_tiers.directives.held import Held
from renda_tiers.directives.models import Response as ResponseRow
from renda_tiers.directives.models import TargetProgress, Verification
from renda_tiers.documents.envelope import Document
from renda_tiers.web import links, words
from renda_tiers.web.directives import address, fields, said


def _found(context: Organisation, request: Request) -> tuple[Held, Document, Any]:
    """The directive, the response that the address names, and its row, for those who may read it.

    Raises:
        NotFound: there is none, or it is none of the reader's: of another target, say.
    """
    code = context.organisation.code
    found = held.find(request.db, address.subject(request), code)
    document = links.document(request.matchdict["document"])
    row = request.db.scalar(
        select(ResponseRow).where(ResponseRow.document == document, ResponseRow.subject == found.subject)
    )
    if row is None or (code not in found.above and code != row.organisation):
        raise NotFound(_("There is no such response."))
    return found, held.document(request.db, document), row


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """A response, and those before it."""
    found, one, row = _found(context, request)
    (name,) = fields.names(request, [row.organisation])
    place = request.db.get(TargetProgress, (found.subject, row.organisation))
    current = place is not None and place.response == one.hash
    asked = held.document(request.db, row.directive).body
    decision = _decision(request, one.hash)
    mine = found.issuer == context.organisation.code and bool(request.has_permission("direct", context))
    return {
        "title": found.body["title"],
        "name": name,
        "code": row.organisation,
        "hash": one.hash.hex(),
        "back": address.to(request, "directive", found.subject),
        "state": said.light(said.PHASES[place.phase])
        if current and place is not None
        else {"light": "off", "text": said.STATUS[row.state]},
        "facts": _facts(request, one),
        "steps": [
            {"text": text, "done": number in one.body["steps"]} for number, text in enumerate(asked["steps"])
        ],
        "files": address.files(request, found.subject, one),
        "report": links.to(request, "report", document=one.body["report"]) if one.body["report"] else None,
        "decision": decision,
        "decidable": mine and found.open and current and place is not None and place.phase == phases.DONE,
        "decide": address.to(request, "directive-decide", found.subject),
        "history": _history(request, found, row.organisation, one.hash),
    }


def _facts(request: Request, one: Document) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Says"), "value": request.translate(said.STATUS[one.body["state"]])},
        {"label": _("Signed"), "value": local_minute(one.issued)},
        {"label": _("Receipt number"), "value": words.receipt_number(one.hash)},
    ]
    if one.body["note"]:
        facts.append({"label": _("What was done"), "value": one.body["note"], "kind": "paragraph"})
    return facts


def _decision(request: Request, response: bytes) -> dict[str, Any] | None:
    rows = request.db.scalars(select(Verification).where(Verification.response == response)).all()
    stands = phases.highest(rows)
    if stands is None:
        return None
    document = held.document(request.db, stands.document)
    phase = phases.VERIFIED if stands.decision == bodies.VERIFY else phases.RETURNED
    return {
        **said.light(said.PHASES[phase]),
        "when": local_minute(document.issued),
        "reason": document.body["reason"],
    }


def _history(request: Request, found: Held, code: str, shown: bytes) -> list[dict[str, Any]]:
    rows = request.db.scalars(
        select(ResponseRow)
        .where(ResponseRow.subject == found.subject, ResponseRow.organisation == code)
        .order_by(ResponseRow.revision.desc(), ResponseRow.issued.desc(), ResponseRow.document.desc())
    )
    return [
        {
            "title": said.STATUS[row.state],
            "when": local_minute(row.issued),
            "href": address.to(request, "response", found.subject, document=row.document),
            "current": row.document == shown,
        }
        for row in rows
    ]


def download(context: Organisation, request: Request) -> Response:
    """A file that came with the directive, with its end, or with a response; never opened in the browser.

    Raises:
        NotFound: there is none, it was withheld or erased, or it is none of the reader's.
    """
    code = context.organisation.code
    found = held.find(request.db, address.subject(request), code)
    document = links.document(request.matchdict["document"])
    one = next((own for own in (found.call, found.current) if own.hash == document), None)
    if one is None:
        _directive, one, _row = _found(context, request)
    number = request.matchdict["number"]
    parts = held.parts(request.db, one)
    if not (number.isascii() and number.isdecimal()) or not 1 <= int(number[:4]) <= len(parts):
        raise NotFound
    reference, part = parts[int(number[:4]) - 1]
    if part.content is None:
        raise NotFound(_("This file was withheld or erased."))
    return downloads.download(part.content, reference.name, media_type=downloads.ANYTHING)
