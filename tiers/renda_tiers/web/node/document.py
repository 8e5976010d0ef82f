"""One document that needs a look: what it says, who signed it, why it is not applied."""

from collections.abc import Mapping
from typing import Any

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.documents import opened
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.opened import Opened
from renda_tiers.documents.unapplied import UNAPPLIED
from renda_tiers.web import links
from renda_tiers.web.node import said

SIGNERS: Mapping[str, tuple[str, str]] = {
    opened.GRANTED: ("ok", _("granted: it speaks for the origin")),
    opened.KEPT: ("ok", _("closed; this document still counts")),
    opened.CLOSED: ("bad", _("closed: it speaks for the origin no longer")),
    opened.UNKNOWN: ("bad", _("not granted: it does not speak for the origin")),
}
"""Light and words of what a key is to the origin."""

PARTS: Mapping[str, str] = {
    opened.HERE: _("held here"),
    opened.ERASED: _("erased by an order"),
    opened.ELSEWHERE: _("not delivered here"),
}
"""Where a part's bytes are."""


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The document with its payload as text; the bytes of its parts are never shown."""
    said.ensure_top(request)
    found = opened.find(request.db, links.document(request.matchdict["document"]))
    row = found.row
    return {
        "title": request.translate(said.kind(row.kind)),
        "state": said.outcome(row.outcome),
        "reason": said.message(row.reason, request.translate),
        "waits_for": _awaited(request, row.waits_for),
        "facts": _facts(request, found),
        "signers": [_signer(one) for one in found.signers],
        "parts": [{"name": one.name, "size": one.size, "where": PARTS[one.where]} for one in found.parts],
        "text": found.text,
        "is_cut": found.is_cut,
        "back": links.to(request, "node-documents"),
        "node": links.to(request, "node"),
    }


def _awaited(request: Request, hash_: bytes | None) -> dict[str, str | None] | None:
    """The document that this one names: its address where it is here and not applied itself."""
    if hash_ is None:
        return None
    row = request.db.get(LedgerDocument, hash_)
    here = row is not None and row.outcome in UNAPPLIED
    return {
        "text": hash_.hex(),
        "href": links.to(request, "node-document", document=hash_) if here else None,
    }


def _facts(request: Request, found: Opened) -> list[dict[str, Any]]:
    row, document = found.row, found.document
    origin = request.db.get(OrganisationRow, row.origin)
    whole = document.audience == WHOLE_CHAIN
    audience = request.translate(_("the whole chain")) if whole else "、".join(document.audience)
    return [
        {"label": _("Origin"), "value": f"{origin.name} {row.origin}" if origin else row.origin},
        {"label": _("Revision"), "value": row.revision, "kind": "number"},
        {"label": _("Issued"), "value": said.instant(row.issued)},
        {"label": _("Received at"), "value": said.instant(row.received_at)},
        {"label": _("Kind of document"), "value": f"{row.kind} {row.schema}"},
        {"label": _("Subject"), "value": row.subject, "kind": "paragraph"},
        {"label": _("Audience"), "value": audience, "kind": "paragraph"},
        {"label": _("Hash"), "value": row.hash.hex(), "kind": "paragraph"},
    ]


def _signer(one: opened.Signer) -> dict[str, str]:
    light, text = SIGNERS[one.standing]
    return {"fingerprint": said.fingerprint(one.key), "light": light, "text": text}
