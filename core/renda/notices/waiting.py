"""Records of all registers on the home page: those that wait for a step, that the reader moved or made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, literal, select, union_all

from renda.clock import local_day
from renda.declarations import Limit, RecordType
from renda.declarations.modules import CORE
from renda.i18n import _
from renda.notices import limits, remaining, workdays
from renda.records import persons, tables
from renda.records.listing import persons_of
from renda.records.models import TransitionLog
from renda.records.workflow import open_steps
from renda.search.models import SearchEntry
from renda.security.identity import qualified
from renda.types import Request

MOST = 50
"""Records of a list; the registers have them all."""

TITLE = _("Records with a time limit")
_MORE: str = _("${register}: ${count} more with later last days")


def card(request: Request) -> Mapping[str, Any] | None:
    """The records in a state with a time limit out of which the reader may let them step."""
    tasks = [task for kind in _kinds(request) for task in _tasks(request, kind)]
    return {"title": TITLE, "tasks": tasks} if tasks else None


def _kinds(request: Request) -> list[RecordType]:
    """The record types whose records the reader may see here."""
    context = request.context
    return [
        kind
        for kind in request.registry.declared.record_types.values()
        if kind.module in {CORE, *context.modules} and qualified("read", kind.module) in context.permissions
    ]


def _tasks(request: Request, kind: RecordType) -> list[dict[str, Any]]:
    limited = limits.limited(kind)
    states = [name for name in limited if open_steps(kind, name, request.context.permissions)]
    rows = [row for name in states for row in _nearest(request, kind, name, limited[name])]
    if not rows:
        return []
    days = workdays.of(request.db)
    named = persons_of(kind, kind.columns[:1])
    found = {kind.value(row, name) for row, _at in rows for name in named}
    names = persons.names(request.db, found - {None})
    tasks = []
    for row, at in rows:
        due = limits.due(kind, limited[row.state], row, local_day(at), days)
        sign = tables.state_sign(kind, row.state)
        tasks.append(
            {
                "what": tables.label(kind, row, names, request.translate),
                "from": request.translate(kind.title),
                "due": due,
                "left": remaining.left(request, due),
                "light": remaining.urgency(request, due) or sign["light"],
                "state": request.translate(sign["text"]),
                "href": _address(request, kind, row.id),
            }
        )
    nearest = sorted(tasks, key=lambda one: one["due"] or date.max)[:MOST]
    return [*nearest, *_further(request, kind, states)] if len(nearest) == MOST else nearest


def _further(request: Request, kind: RecordType, states: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A line that says how many more there are, if there are more than a list has, and leads to them."""
    total = request.db.scalar(
        select(func.count())
        .select_from(kind.model)
        .where(
            kind.column("organisation") == request.context.organisation.code,
            kind.column("state").in_(states),
            *kind.conditions(),
        )
    )
    if more := max(0, int(total or 0) - MOST):
        title = request.translate(kind.title)
        yield {
            "what": request.translate(_(_MORE, mapping={"register": title, "count": more})),
            "from": title,
            "due": None,
            "light": "todo",
            "state": request.translate(_("See the register")),
            "href": _address(request, kind),
        }


def _nearest(request: Request, kind: RecordType, state: str, limit: Limit) -> Sequence[Any]:
    """(Record, when it came into its state) of a state, at most `MOST`, the nearest last day first."""
    entered = limits.entered_at(kind)
    last = kind.column(limit.field) if limit.field else entered
    return request.db.execute(
        select(kind.model, entered.label("entered"))
        .where(
            kind.column("organisation") == request.context.organisation.code,
            kind.column("state") == state,
            *kind.conditions(),
        )
        .order_by(last.is_(None), last, kind.column("id"))
        .limit(MOST)
    ).all()


def _address(request: Request, kind: RecordType, record: object = None) -> str:
    register = f"{request.script_name}/o/{request.context.organisation.code}/r/{kind.name}"
    return register if record is None else f"{register}/{record}"


def done(request: Request) -> Sequence[Mapping[str, Any]]:
    """The records that the reader let take a step, the latest first."""
    steps = (
        select(
            TransitionLog.type,
            TransitionLog.record.label("id"),
            func.max(TransitionLog.at).label("at"),
        )
        .where(
            TransitionLog.organisation == request.context.organisation.code,
            TransitionLog.actor == request.context.reader.account,
        )
        .group_by(TransitionLog.type, TransitionLog.record)
    )
    return _listed(request, steps)


def started(request: Request) -> Sequence[Mapping[str, Any]]:
    """The records that the reader has entered and that have not come to an end, the latest first."""
    context = request.context
    many = [
        select(
            literal(kind.name).label("type"),
            kind.column("id").label("id"),
            kind.column("created_at").label("at"),
        ).where(
            kind.column("organisation") == context.organisation.code,
            kind.column("author") == context.reader.account,
            kind.column("state").in_(_running(kind)),
            *kind.conditions(),
        )
        for kind in _kinds(request)
        if not kind.part_of and _running(kind)
    ]
    return _listed(request, union_all(*many)) if many else ()


def _running(kind: RecordType) -> list[str]:
    return [state.name for state in kind.workflow.states if state.light in {"todo", "doing"}]


def _listed(request: Request, found: Select[Any] | Any) -> list[dict[str, Any]]:
    """Tasks of the rows (type, id, at) of a SELECT, with titles and states as the search knows them."""
    kinds = {kind.name: kind for kind in _kinds(request)}
    some = found.subquery()
    rows = request.db.execute(
        select(some.c.type, some.c.id, some.c.at, SearchEntry.title, SearchEntry.state)
        .outerjoin_from(
            some, SearchEntry, and_(SearchEntry.type == some.c.type, SearchEntry.record == some.c.id)
        )
        .where(some.c.type.in_(kinds))
        .order_by(some.c.at.desc(), some.c.id)
        .limit(MOST)
    )
    return list(_shown(request, kinds, rows))


def _shown(
    request: Request, kinds: Mapping[str, RecordType], rows: Iterable[Any]
) -> Iterable[dict[str, Any]]:
    for row in rows:
        kind = kinds[row.type]
        sign = tables.state_sign(kind, row.state) if row.state else {"light": "off", "text": ""}
        yield {
            "what": row.title or request.translate(kind.title),
            "from": request.translate(kind.title),
            "when": local_day(row.at),
            "light": sign["light"],
            "state": request.translate(sign["text"]),
            "href": _address(request, kind, row.id),
        }
