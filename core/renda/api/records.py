"""The records of every register: listed, read, made, changed, and led to their next step.

Contexts, permissions, validators and workflow are those of the pages.
"""

from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.api import bodies, cursors, shapes
from renda.api.addresses import BASE, twice
from renda.api.preconditions import known, marked, require_seen
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.records import engine, workflow
from renda.records.fields import Integer, Rejected
from renda.records.listing import ListQuery
from renda.records.models import Record
from renda.security.secret import derived_key
from renda.types import Request
from renda.web.contexts import Entry, Register

LIMIT = Integer(_("Records"), least=1, most=200)
USUAL = 50
"""Records that are given where nobody says how many."""

_WORDS = frozenset({"q", "sort", "cursor", "limit"})


def wanted(request: Request) -> tuple[ListQuery, str]:
    """What the address of a list asks for, and after which cursor.

    Raises:
        Invalid: it asks for one thing twice, or for too many records.
    """
    params = request.GET
    errors = twice(params)
    size = USUAL
    try:
        size = LIMIT.clean(params.get("limit", str(USUAL)))
    except Rejected as error:
        errors["limit"] = error.message
    if errors:
        raise Invalid(errors)
    query = ListQuery(
        filters={name: value for name, value in params.items() if name not in _WORDS},
        search=params.get("q", ""),
        sort=params.get("sort", ""),
        size=size,
    )
    return query, params.get("cursor", "")


def show_list(context: Register, request: Request) -> Response:
    """Records that the filters find, with the address of those that follow."""
    query, cursor = wanted(request)
    kind, secret = context.type, derived_key(request.registry, "cursor")
    place = context.organisation.code
    found = cursors.listed(request.db, kind, place, query, cursor=cursor, secret=secret)
    following = None
    if found.cursor:
        asked = {name: value for name, value in request.GET.items() if name != "cursor"}
        asked["cursor"] = found.cursor
        following = request.route_path("api.records", org=place, type=kind.name, _query=asked)
    return Response(
        json={
            "items": [shapes.record(kind, row, request.translate) for row in found.rows],
            "names": shapes.names(request.db, kind, found.rows),
            "next": following,
        }
    )


def show(context: Entry, request: Request) -> Response:
    """One record; 304 where the reader has it already."""
    if known(request, context.row):
        return marked(Response(status=304), context.row)
    return _shown(context, request, context.row)


def _shown(context: Register, request: Request, row: Record, status: int = 200) -> Response:
    return marked(Response(json=shapes.record(context.type, row, request.translate), status=status), row)


def create(context: Register, request: Request) -> Response:
    """Make a record; of a part, `whole` says of which."""
    members = {"values", "whole"} if context.type.part_of else {"values"}
    body = bodies.read(request, members)
    row = engine.create(
        request.db,
        context.type,
        context.organisation.code,
        bodies.member(body, "values"),
        now=request.now,
        author=context.reader.account,
        whole=_whole(context, request, body.get("whole")),
    )
    made = _shown(context, request, row, 201)
    place = {"org": context.organisation.code, "type": context.type.name, "id": row.id}
    made.location = request.route_path("api.record", **place)
    return made


def _whole(context: Register, request: Request, identifier: Any) -> Record | None:
    if not context.type.part_of:
        return None
    host = request.registry.declared.record_types[context.type.part_of]
    try:
        return engine.find(request.db, host, context.organisation.code, str(identifier))
    except NotFound:
        raise Invalid({"whole": engine.PART_OF_NOTHING}) from None


def change(context: Entry, request: Request) -> Response:
    """Change the fields that are sent; the others stay as they are."""
    lock = require_seen(request, context.row)
    values = bodies.member(bodies.read(request, {"values"}), "values")
    row = engine.update(
        request.db,
        context.type,
        context.row,
        shapes.changes(context.type, context.row, values, request.translate),
        lock=lock,
        now=request.now,
        actor=context.reader.account,
    )
    return _shown(context, request, row)


def show_steps(context: Entry, request: Request) -> Response:
    """The steps that a record took, the latest first, and those that the reader may let it take."""
    kind, row = context.type, context.row
    return Response(
        json={
            "items": [
                {
                    "name": step.name,
                    "source": step.source,
                    "target": step.target,
                    "at": step.at.isoformat(),
                    "by": who,
                    "reason": step.reason,
                }
                for step, who in workflow.history(request.db, kind, row)
            ],
            "open": [step.name for step in workflow.open_steps(kind, row.state, context.permissions)],
        }
    )


def take_step(context: Entry, request: Request) -> Response:
    """Let a record take a step of its workflow."""
    lock = require_seen(request, context.row)
    row = workflow.move(
        request.db,
        context.type,
        context.row,
        request.matchdict["step"],
        bodies.read(request, {"reason"}).get("reason", ""),
        now=request.now,
        actor=context.reader.account,
        permissions=context.permissions,
        lock=lock,
    )
    return _shown(context, request, row)


def includeme(config: Configurator) -> None:
    """Mount the routes of all registers; what writes needs no CSRF token, since no cookie opens it."""
    records = f"{BASE}/organisations/{{org}}/records/{{type}}"
    config.add_route("api.records", records, factory=Register)
    config.add_route("api.record", f"{records}/{{id}}", factory=Entry)
    config.add_route("api.steps", f"{records}/{{id}}/transitions", factory=Entry)
    config.add_route("api.step", f"{records}/{{id}}/transitions/{{step}}", factory=Entry)
    read = {"request_method": "GET", "permission": "read"}
    config.add_view(show_list, route_name="api.records", **read)
    config.add_view(show, route_name="api.record", **read)
    config.add_view(show_steps, route_name="api.steps", **read)
    write = {"require_csrf": False}
    config.add_view(create, route_name="api.records", request_method="POST", permission="write", **write)
    config.add_view(change, route_name="api.record", request_method="PATCH", permission="write", **write)
    types = config.registry.declared.record_types.values()
    for verb in sorted({step.verb for kind in types for step in kind.workflow.transitions}):
        step = {"request_method": "POST", "permission": verb, "step_verb": verb}
        config.add_view(take_step, route_name="api.step", **step, **write)
