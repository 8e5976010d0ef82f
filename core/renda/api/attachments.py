"""Attachments of a record, for programs: listed, had, added and removed one at a time."""

from collections.abc import Iterator
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.api import schemas
from renda.api.addresses import BASE
from renda.api.errors import WrongType
from renda.api.schemas import Schema, named
from renda.errors import Invalid
from renda.files.kinds import KINDS
from renda.i18n import _
from renda.records import attaching, attachment_pages, attachments
from renda.records.attachments import Attachment
from renda.types import Request
from renda.web.contexts import Entry

BYTES = "application/octet-stream"
"""What files come and go as here; the list says of each what it is."""

SCHEMA = schemas.thing(
    {
        "id": schemas.ID,
        "name": schemas.TEXT,
        "kind": {"type": "string", "enum": list(KINDS)},
        "media_type": schemas.TEXT,
        "size": schemas.NUMBER,
        "sha256": schemas.TEXT,
        "added_at": schemas.INSTANT,
    }
)
LIST = schemas.thing({"items": schemas.many(named("Attachment"))})
NAME: Schema = {"type": "string", "maxLength": 200}


def _said(one: Attachment) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "media_type": KINDS[one.kind].media_type,
        "size": one.size,
        "sha256": one.digest,
        "added_at": one.added_at.isoformat(),
    }


def show_list(context: Entry, request: Request) -> Response:
    """The attachments of a record that were not removed."""
    attachments.declared(context.type)
    return Response(json={"items": [_said(one) for one in _there(context, request)]})


def _there(context: Entry, request: Request) -> Iterator[Attachment]:
    found = attachments.of(request.db, context.type, context.row)
    return (one.row for one in found if one.row.removed_at is None)


def send(context: Entry, request: Request) -> Response:
    """The bytes of an attachment."""
    one = attachments.find(request.db, context.type, context.row, request.matchdict["file"])
    found = attachment_pages.served(one.name, one.kind, attachments.content(request.db, one), inline=False)
    found.content_type = BYTES
    return found


def add(context: Entry, request: Request) -> Response:
    """Attach the body to a record, under the name that the address says."""
    attachments.declared(context.type)
    if request.content_type != BYTES:
        raise WrongType(_("Send the body as application/octet-stream."))
    given = request.GET.getall("name")
    if len(given) != 1:
        raise Invalid({"name": _("Say once what the file is called.")})
    (made,) = attaching.add(
        request.db,
        context.type,
        context.row,
        [attaching.Given(given[0], request.body)],
        settings=request.registry.values,
        now=request.now,
        actor=context.reader.account,
    )
    return Response(json=_said(made), status=201)


def remove(context: Entry, request: Request) -> Response:
    """Take an attachment out of sight; a person can put it back until its bytes are erased."""
    one = attachments.find(request.db, context.type, context.row, request.matchdict["file"])
    attaching.remove(
        request.db, context.type, context.row, one, now=request.now, actor=context.reader.account
    )
    return Response(status=204)


def includeme(config: Configurator) -> None:
    """Mount the routes; what writes needs no CSRF token, since no cookie opens it."""
    at = f"{BASE}/organisations/{{org}}/records/{{type}}/{{id}}/attachments"
    config.add_route("api.attachments", at, factory=Entry)
    config.add_route("api.attachment", f"{at}/{{file}}", factory=Entry)
    read = {"request_method": "GET", "permission": "read"}
    config.add_view(show_list, route_name="api.attachments", **read)
    config.add_view(send, route_name="api.attachment", **read)
    write = {"permission": "write", "require_csrf": False}
    config.add_view(add, route_name="api.attachments", request_method="POST", **write)
    config.add_view(remove, route_name="api.attachment", request_method="DELETE", **write)
