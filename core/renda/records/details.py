"""The page of one record: what it says, its parts, who takes part, what became of it, what comes next."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from renda import word
from renda.declarations import RecordType
from renda.declarations.modules import ANNOTATE
from renda.directory.strokes import official
from renda.i18n import _
from renda.plugins import Declared
from renda.records import attachment_pages, forms, namesakes, persons, staying, tables, workflow
from renda.records.fields import Field, Person
from renda.records.holders import holders
from renda.records.listing import ListQuery, Page, listed, persons_of
from renda.records.timeline import timeline
from renda.records.views import register_path, whole_path
from renda.types import Request
from renda.web.contexts import Entry

SHOWN_PARTS = 500
"""Rows of a part that the page of the whole shows; the part's own list has them all."""
SHOWN_PERSONS = 3_000
"""The same of those who take part: more than any congress has deputies."""


def entry_path(request: Request) -> str:
    """The address of the context's record."""
    return f"{register_path(request)}/{request.context.row.id}"


def participation_of(declared: Declared, kind: RecordType) -> RecordType | None:
    """The record type of those who take part in records of this type, if it has one."""
    if kind.participation is None:
        return None
    return declared.record_types[f"{kind.name}_{kind.participation.name}"]


def named(context: Entry, request: Request) -> Mapping[uuid.UUID, str]:
    """Names of the persons in the fields of the context's record."""
    kind = context.type
    found = {kind.value(context.row, name) for name in persons_of(kind, kind.fields)}
    return persons.names(request.db, found - {None})


def detail(context: Entry, request: Request, errors: Mapping[str, str]) -> dict[str, Any]:
    """The page of one record, with errors of what was just tried on it."""
    kind, row, here = context.type, context.row, entry_path(request)
    names = named(context, request)
    may_write = bool(request.has_permission("write", context))
    kinds = request.registry.declared.parts_of(kind.name)
    participation = participation_of(request.registry.declared, kind)
    return {
        "title": tables.label(kind, row, names, request.translate),
        "back": _back(request, kind),
        "state": {**tables.state_sign(kind, row.state), "stay": staying.shown(request, kind, row)},
        "actions": _actions(context, request, here, may_write=may_write),
        "facts": tables.facts(kind, row, names, request.translate),
        "worked_out": tables.worked_out(kind.facts(request.db, row) if kind.facts else (), request.translate),
        "parts": [_part(request, one, may_write=may_write) for one in kinds if one is not participation],
        "participation": participation and _participation(request, participation, may_write=may_write),
        "attachments": attachment_pages.section(context, request, here, errors, may_write=may_write),
        "timeline": timeline(request.db, kind, row, request.translate),
        "holders": holders(
            request.db,
            request.registry.declared,
            kind,
            state=row.state,
            organisation=context.organisation.code,
            now=request.now,
        ),
        "comment_action": f"{here}/comments" if request.has_permission(ANNOTATE, context) else None,
        "said": "",
        "transitions": [
            {
                "name": step.name,
                "title": step.title,
                "needs_reason": step.needs_reason,
                "danger": kind.workflow.state(step.target).light == "stopped",
            }
            for step in workflow.open_steps(kind, row.state, context.permissions)
        ],
        "transition_action": f"{here}/do",
        "lock": row.lock,
        "reason": "",
        "errors": errors,
    }


def _actions(context: Entry, request: Request, here: str, *, may_write: bool) -> list[dict[str, Any]]:
    base = f"{request.script_name}/o/{context.organisation.code}/m/{context.type.module}"
    change = [{"title": _("Change"), "href": f"{here}/edit", "primary": True}] if may_write else []
    printed = word.available() and request.has_permission("export", context)
    paper: list[dict[str, Any]] = (
        [{"title": _("Export to Word"), "href": f"{here}/record.docx"}] if printed else []
    )
    return [*change, *paper] + [
        {"title": link.title, "href": f"{base}/{link.path.format(id=context.row.id)}"}
        for link in context.type.links
        if request.has_permission(link.permission, context)
    ]


def _back(request: Request, kind: RecordType) -> dict[str, str]:
    if not kind.part_of:
        return {"title": kind.title, "href": register_path(request)}
    host = request.registry.declared.record_types[kind.part_of]
    return {"title": host.title, "href": whole_path(request, request.context.row.whole)}


def _inside(context: Entry, request: Request, kind: RecordType, most: int) -> Page:
    query = ListQuery(filters={"whole": str(context.row.id)}, size=most)
    return listed(request.db, kind, context.organisation.code, query)


def left_out(page: Page) -> str:
    """That not all rows are shown, or ""."""
    shown = len(page.rows)
    if page.total == shown:
        return ""
    return _(
        "${shown} of ${total} are shown; the list has them all.",
        mapping={"shown": shown, "total": page.total},
    )


def by_strokes(kind: RecordType, page: Page) -> Page:
    """A page of those who take part in something, as official lists have them."""
    rows = sorted(page.rows, key=lambda row: official(page.names.get(kind.value(row, "person"), "")))
    return replace(page, rows=rows)


def _part(request: Request, kind: RecordType, *, may_write: bool) -> dict[str, Any]:
    context, base = request.context, register_path(request, kind)
    page = _inside(context, request, kind, SHOWN_PARTS)
    return {
        "title": kind.title,
        "columns": tables.columns(kind),
        "rows": tables.table_rows(
            kind, page, base, request.translate, remaining=staying.listed(request, kind, page)
        ),
        "add_href": f"{base}/new?whole={context.row.id}" if may_write else None,
        "empty": None,
        "left_out": left_out(page),
    }


def _participation(request: Request, kind: RecordType, *, may_write: bool) -> dict[str, Any]:
    context, base = request.context, register_path(request, kind)
    page = by_strokes(kind, _inside(context, request, kind, SHOWN_PERSONS))
    page = replace(page, names=namesakes.told_apart(request.db, page.names, request.today))
    reached = {step.target for step in kind.workflow.transitions}
    offered = persons.offered(request.db, context.organisation.code, request.today) if may_write else ()
    return {
        "columns": tables.columns(kind),
        "rows": tables.table_rows(kind, page, base, request.translate, select=may_write),
        "counts": _counts(request, kind),
        "left_out": left_out(page),
        "action": f"{entry_path(request)}/people" if may_write else None,
        "states": [(state.name, state.title) for state in kind.workflow.states if state.name in reached],
        "add": [_adding(name, what, offered) for name, what in kind.fields.items()],
    }


def _adding(name: str, what: Field, offered: forms.Offered) -> forms.Control:
    """A control of the form that adds participants: all who have one role, in one go."""
    found = forms.control(name, what, "", persons=offered)
    if isinstance(what, Person):
        said = _("Several at once: hold Ctrl, or Shift for a range; or type names with commas between them.")
        found |= {"many": True, "help": said}
    return found


def _counts(request: Request, kind: RecordType) -> list[dict[str, Any]]:
    state = kind.column("state")
    counted = (
        select(state, func.count())
        .where(kind.column("whole") == request.context.row.id, *kind.conditions())
        .group_by(state)
    )
    found = {name: number for name, number in request.db.execute(counted)}  # noqa: C416 - rows are no pairs
    return [
        {"title": one.title, "value": found[one.name], "unit": ""}
        for one in kind.workflow.states
        if one.name in found
    ]
