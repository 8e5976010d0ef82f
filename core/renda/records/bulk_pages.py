"""Pages for many records at once: what a step would do, its confirmation, and how far it has come."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from renda.declarations import Message, RecordType, Transition
from renda.errors import Conflict, Forbidden, Invalid
from renda.i18n import _, thaw
from renda.records import batches, bulk, forms, persons, tables
from renda.records.columns import read
from renda.records.listing import ListQuery, persons_of
from renda.records.models import Record
from renda.records.views import register_path
from renda.records.workflow import REASON, require_permission
from renda.security.identity import qualified
from renda.types import Request
from renda.web.contexts import Register
from renda.web.errors import refuse

LOOK = "renda:web/templates/register/bulk.jinja2"
PROGRESS = "renda:web/templates/register/batch.jinja2"
EXPORT = "export.xlsx"
"""What is chosen in the place of a step to take the records out of the system."""
SELECTED, ALL = "selected", "all"

MOST_SHOWN = 200
_NONE = _("Select records first, or choose all.")


def offered(context: Register, request: Request, query: ListQuery, total: int) -> dict[str, Any] | None:
    """The controls below a list that do one thing to many of its records; None for who may do nothing."""
    kind = context.type
    steps = [
        (step.name, request.translate(_does(kind, step)))
        for step in kind.workflow.transitions
        if qualified(step.verb, kind.module) in context.permissions
    ]
    if request.has_permission("export", context):
        steps.append((EXPORT, _("Export to Excel")))
    if not steps:
        return None
    every = _("All ${count} of this list", mapping={"count": f"{total:,}"})
    return {
        "action": f"{register_path(request)}/bulk",
        "query": tables.words(query),
        "fields": [
            _choice("step", _("Do"), steps, steps[0][0]),
            _choice(
                "of", _("To"), [(SELECTED, _("The selected")), (ALL, request.translate(every))], SELECTED
            ),
        ],
    }


def _does(kind: RecordType, step: Transition) -> Message:
    """A step as a choice says it; its title alone may be what a button says that only closes a page."""
    target = kind.workflow.state(step.target)
    return _("${step} (they become: ${state})", mapping={"step": step.title, "state": target.title})


def _choice(name: str, label: str, choices: list[tuple[str, str]], value: str) -> forms.Control:
    return {
        "name": name,
        "label": label,
        "widget": "choice",
        "choices": choices,
        "value": value,
        "required": True,
    }


def look(context: Register, request: Request) -> Any:
    """What a step would do to the records chosen; an export is on its way at once."""
    form, name = request.GET, request.GET.get("step", "")
    _shown, query = read(context.type, form.get("query", ""))
    if form.get("of") != ALL:
        if not form.getall("id"):
            raise Invalid({"id": _NONE})
        query = replace(query, filters={"id": ",".join(form.getall("id"))}, search="")
    if name == EXPORT:
        if not request.has_permission("export", context):
            raise Forbidden
        return HTTPSeeOther(tables.address(f"{register_path(request)}/{EXPORT}", query))
    step = bulk.step_of(context.type, name)
    require_permission(context.type, step, context.permissions)
    return _look(context, request, query, step)


def _look(
    context: Register,
    request: Request,
    query: ListQuery,
    step: Transition,
    *,
    reason: str = "",
    errors: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    kind, base = context.type, register_path(request)
    found = bulk.outlook(request.db, kind, context.organisation.code, query, step)
    shown = found.refusals[:MOST_SHOWN]
    labels = _labels(request, kind, [row for row, _why in shown])
    control = forms.control("reason", REASON, reason, errors.get("reason", ""))
    return {
        "title": _("${step}: ${register}", mapping={"step": step.title, "register": kind.title}),
        "back": {"title": kind.title, "href": tables.address(base, query)},
        "found": found,
        "unable": found.total - found.able,
        "rows": [
            {"cells": [{"text": labels[row.id], "href": f"{base}/{row.id}"}, request.translate(why)]}
            for row, why in shown
        ],
        "left": len(found.refusals) - len(shown),
        "later": not found.exact,
        "step": step.name,
        "button": _("${step}: ${count} records", mapping={"step": step.title, "count": found.able}),
        "reason": control | {"required": step.needs_reason},
        "query": tables.words(query),
        "action": f"{base}/bulk",
        "errors": errors,
    }


def _labels(request: Request, kind: RecordType, rows: list[Record]) -> dict[uuid.UUID, str]:
    wanted = {kind.value(row, name) for name in persons_of(kind, kind.columns[:1]) for row in rows}
    names = persons.names(request.db, wanted - {None})
    return {row.id: tables.label(kind, row, names, request.translate) for row in rows}


def confirm(context: Register, request: Request) -> Any:
    """Let the records take the step that was looked at, or show anew what it would do."""
    form, kind = request.POST, context.type
    step = bulk.step_of(kind, form.get("transition", ""))
    reason, words = form.get("reason", ""), form.get("query", "")
    try:
        with request.db.begin_nested():
            batch = bulk.begin(
                request.db,
                kind,
                context.organisation.code,
                words=words,
                step=step,
                reason=reason,
                able=forms.count(form.get("able", "")),
                account=context.reader.account,
                permissions=context.permissions,
                now=request.now,
            )
    except (Invalid, Conflict) as error:
        refuse(request, error.status)
        errors = error.errors if isinstance(error, Invalid) else {"": error.message}
        _shown, query = read(kind, words)
        return _look(context, request, query, step, reason=reason, errors=errors)
    return HTTPSeeOther(f"{register_path(request)}/bulk/{batch.id}")


def show_progress(context: Register, request: Request) -> dict[str, Any]:
    """How far a batch has come, and which records could not take the step."""
    kind, base = context.type, register_path(request)
    place, account = context.organisation.code, context.reader.account
    batch = batches.find(request.db, kind, place, account, request.matchdict["batch"])
    told = [(uuid.UUID(one), thaw(why)) for one, why in json.loads(batch.told)]
    rows = select(kind.model).where(kind.column("id").in_([one for one, _why in told]))
    labels = _labels(request, kind, list(request.db.scalars(rows)))
    step = bulk.step_of(kind, batch.step)
    return {
        "title": _("${step}: ${register}", mapping={"step": step.title, "register": kind.title}),
        "back": {"title": kind.title, "href": base},
        "batch": batch,
        "looked_at": batch.done + batch.refused,
        "trouble": thaw(batch.trouble) if batch.trouble else "",
        "rows": [
            {"cells": [{"text": labels.get(one, "—"), "href": f"{base}/{one}"}, request.translate(why)]}
            for one, why in told
        ],
        "left": batch.refused - len(told),
    }


def includeme(config: Configurator) -> None:
    """Mount the pages: whoever may let one record take a step may let many."""
    page = {"route_name": "register_page", "match_param": "page=bulk", "renderer": LOOK}
    config.add_view(look, request_method="GET", permission="read", **page)
    types = config.registry.declared.record_types.values()
    for verb in sorted({step.verb for kind in types for step in kind.workflow.transitions}):
        post = {"request_method": "POST", "permission": verb, "step_verb": verb, "judges_text": True}
        config.add_view(confirm, **post, **page)
    config.add_route("batch", "/o/{org}/r/{type}/bulk/{batch}", factory=Register)
    config.add_view(
        show_progress, route_name="batch", request_method="GET", permission="read", renderer=PROGRESS
    )
