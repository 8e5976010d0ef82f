"""Unfinished input on the pages: a form keeps it, offers it when it is opened again, and discards it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from renda.clock import local_minute
from renda.records import conflicts, drafts, engine, forms
from renda.records.drafts import Draft
from renda.types import Request
from renda.web.contexts import Entry, Register
from renda.web.errors import wants_json

CONTINUED = "draft"
"""The word in a form's address that says that the unfinished input is to be gone on with."""


def found(context: Register, request: Request, about: uuid.UUID) -> Draft | None:
    """What the reader left in this form."""
    return drafts.find(
        request.db,
        context.type,
        context.organisation.code,
        context.reader.account,
        about,
        since=request.now - drafts.span_of(request.registry.values),
    )


def forget(context: Register, request: Request, about: uuid.UUID) -> None:
    """Remove what the reader left in this form."""
    drafts.forget(request.db, context.type, context.organisation.code, context.reader.account, about)


def offer(request: Request, left: Draft | None, base: str, form: str, whole: str = "") -> dict[str, Any]:
    """What a form shows of unfinished input: where to keep it, and what was left there before.

    `base` is the address below which drafts of it are kept, `form` the form's own; `whole` is the record to
    which it adds a part.
    """
    inside = {"whole": whole} if whole else {}
    return {
        "draft_action": f"{base}/draft",
        "draft": left
        and {
            "when": local_minute(left.saved_at),
            "continued": CONTINUED in request.GET,
            "continue_href": f"{form}?{urlencode({**inside, CONTINUED: '1'})}",
            "whole": whole,
        },
    }


def _done(
    request: Request, context: Register, about: uuid.UUID, form: str, inside: dict[str, str]
) -> Response:
    kind, place, account = context.type, context.organisation.code, context.reader.account
    if request.POST.get("do") == "discard":
        drafts.forget(request.db, kind, place, account, about)
        again = inside
    else:
        row = context.row if isinstance(context, Entry) else None
        drafts.keep(
            request.db,
            kind,
            place,
            account,
            about,
            typed=conflicts.typed_in(kind, request.POST, row),
            lock=forms.count(request.POST.get("lock", "")),
            now=request.now,
            span=drafts.span_of(request.registry.values),
        )
        again = {**inside, CONTINUED: "1"}
    if wants_json(request):
        return Response(status=204)
    return HTTPSeeOther(f"{form}?{urlencode(again)}" if again else form)


def keep_new(context: Register, request: Request) -> Response:
    """Keep or discard what is in the form of a new record."""
    base = request.route_path("register", org=context.organisation.code, type=context.type.name)
    about, inside = drafts.NEW, {}
    if context.type.part_of:
        host = request.registry.declared.record_types[context.type.part_of]
        wanted = request.POST.get("whole", "")
        about = engine.find(request.db, host, context.organisation.code, wanted).id
        inside = {"whole": str(about)}
    return _done(request, context, about, f"{base}/new", inside)


def keep_changes(context: Entry, request: Request) -> Response:
    """Keep or discard what is in the form that changes a record."""
    place = {"org": context.organisation.code, "type": context.type.name, "id": context.row.id}
    return _done(request, context, context.row.id, request.route_path("entry_page", page="edit", **place), {})


def includeme(config: Configurator) -> None:
    """Mount both on the routes of `renda.records.views`."""
    post = {"request_method": "POST", "permission": "write", "match_param": "page=draft", "judges_text": True}
    config.add_view(keep_new, route_name="register_page", **post)
    config.add_view(keep_changes, route_name="entry_page", **post)
