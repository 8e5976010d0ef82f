"""Documents that have no effect here, each with the reason, and revisions that were signed twice."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.documents import forks, unapplied
from renda_tiers.documents.forks import Branch, Fork
from renda_tiers.documents.unapplied import Page, Wanted
from renda_tiers.web import links
from renda_tiers.web.node import said

_DIGITS = 6
"""Digits of the number of a page that are read."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """A page of parked and set-aside documents, and what they can be filtered by."""
    said.ensure_top(request)
    wanted = Wanted(*(request.GET.get(name, "") for name in ("outcome", "kind", "origin")))
    found = unapplied.find(request.db, wanted, _number(request))
    names = _names(request)
    return {
        "fields": _fields(request, wanted, names),
        "reset": links.to(request, "node-documents"),
        "rows": [_row(request, one, names) for one in found.rows],
        "pager": _pager(request, wanted, found),
        "can_judge": request.has_permission("administer_links", context),
        "back": links.to(request, "node"),
        "forks": links.to(request, "node-forks"),
        "flashes": _flashes(request),
    }


def _number(request: Request) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 1


def _names(request: Request) -> dict[str, str]:
    rows = request.db.execute(select(OrganisationRow.code, OrganisationRow.name))
    return {row.code: row.name for row in rows}


def _fields(request: Request, wanted: Wanted, names: Mapping[str, str]) -> list[dict[str, Any]]:
    kinds, origins = unapplied.values(request.db)
    outcomes = [(one, said.OUTCOMES[one][1]) for one in unapplied.UNAPPLIED]
    choices = {
        "outcome": (_("Verdict"), wanted.outcome, outcomes),
        "kind": (_("Kind of document"), wanted.kind, [(one, said.kind(one)) for one in kinds]),
        "origin": (_("Origin"), wanted.origin, [(one, names.get(one, one)) for one in origins]),
    }
    return [
        {"name": name, "label": label, "widget": "choice", "value": value, "empty": _("All"), "choices": of}
        for name, (label, value, of) in choices.items()
    ]


def _row(request: Request, one: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "href": links.to(request, "node-document", document=one.hash),
        "kind": said.kind(one.kind),
        "origin": names.get(one.origin, one.origin),
        "subject": one.subject,
        "revision": one.revision,
        "issued": said.instant(one.issued),
        "received": said.instant(one.received_at),
        "state": said.outcome(one.outcome),
        "reason": said.message(one.reason, request.translate),
        "waits_for": said.short(one.waits_for) if one.waits_for else None,
    }


def _pager(request: Request, wanted: Wanted, found: Page) -> dict[str, Any]:
    asked = {"outcome": wanted.outcome, "kind": wanted.kind, "origin": wanted.origin}

    def to(number: int) -> str | None:
        if not 1 <= number <= found.pages:
            return None
        return links.to(request, "node-documents", {**asked, "page": number})

    number = found.number
    return {
        "total": found.total,
        "page": number,
        "pages": found.pages,
        "previous": to(number - 1),
        "next": to(number + 1),
    }


def _flashes(request: Request) -> list[dict[str, str]]:
    number = request.GET.get("n", "")
    if request.GET.get("said") != "judged" or not number.isdecimal():
        return []
    text = _("Judged again: ${n} documents are applied now.", mapping={"n": int(number)})
    return [{"light": "ok", "text": request.translate(text)}]


def forked(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Revisions that their origin has signed twice, and which of the two counts."""
    said.ensure_top(request)
    names = _names(request)
    return {
        "forks": [_fork(request, one, names) for one in forks.find(request.db)],
        "back": links.to(request, "node"),
        "documents": links.to(request, "node-documents"),
    }


def _fork(request: Request, one: Fork, names: Mapping[str, str]) -> dict[str, Any]:
    ended = _("ended by revision ${revision}", mapping={"revision": one.ended_by})
    by_id = _("Two documents with the id ${id}", mapping={"id": one.id})
    return {
        "kind": said.kind(one.kind),
        "origin": names.get(one.origin, one.origin),
        "subject": one.subject if one.id is None else request.translate(by_id),
        "revision": one.revision if one.id is None else "",
        "state": {"light": "off", "text": request.translate(ended)}
        if one.ended_by
        else {"light": "warn", "text": _("goes on")},
        "branches": [_branch(request, branch) for branch in one.branches],
    }


def _branch(request: Request, one: Branch) -> dict[str, Any]:
    return {
        "hash": said.short(one.hash),
        "href": links.to(request, "node-document", document=one.hash),
        "issued": said.instant(one.issued),
        "state": {"light": "ok", "text": _("counts")}
        if one.counts
        else {"light": "off", "text": _("does not count")},
    }
