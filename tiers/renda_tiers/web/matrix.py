"""Who has reported: the direct children, what lies below them, and what can be done about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_day
from renda.errors import Conflict, Invalid, NotFound
from renda.excel.shown import Table
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.links import state as link_state
from renda_tiers.reports import nudging, reviewing
from renda_tiers.reports.reviewing import Decided
from renda_tiers.rollup import coverage
from renda_tiers.rollup.coverage import MatrixRow
from renda_tiers.web import chosen, crumbs, given, links, words
from renda_tiers.web.chosen import Chosen
from renda_tiers.web.report import decided

UNSENT = frozenset({"missing", "overdue"})
"""States in which a body may be nudged."""

SELECTIONS: Mapping[str, frozenset[str]] = {"missing": UNSENT, "reported": frozenset({"reported"})}
"""What the links above the table tick: those who have not reported, those who wait for a review."""

_NEWER: str = _("Newer reports have come in from ${names}. Look at them before you endorse them.")
_NONE_SELECTED = _("Select at least one organisation that this can be done for.")


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The children of an organisation, each with its state, and the coverage of what is below it."""
    choice = chosen.choose(request)
    if choice is None:
        return {"choice": None, "fields": [], "flashes": [], "errors": {}}
    return _page(context, request, choice)


def _page(
    context: Organisation, request: Request, choice: Chosen, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    own, rows = _rows(request, choice)
    mine = len(choice.steps) == 1
    closed = nudging.closed(choice.template, choice.period, request.today)
    acts = _acts(context, request, rows, closed=bool(closed)) if mine else {}
    return {
        "choice": choice,
        "period": request.translate(choice.period.title()),
        "fields": chosen.fields(request, choice),
        "trail": chosen.trail(request, "matrix", choice),
        "counts": _counts(rows),
        "rows": _shown(request, choice, own, rows, acts),
        "selections": _selections(request, choice, rows, acts),
        "may_nudge": "missing" in acts,
        "may_endorse": "reported" in acts,
        "closed": closed if mine and any(row.owes and row.state in UNSENT for row in rows) else "",
        "nudge": links.to(request, "nudge", choice.query()),
        "endorse": links.to(request, "endorse", choice.query()),
        "rollup": links.to(request, "rollup", choice.query()),
        "sheet": links.to(request, "matrix.sheet", choice.query()),
        "errors": errors or {},
        "flashes": _flashes(request),
    }


def _shown(
    request: Request,
    choice: Chosen,
    own: Sequence[MatrixRow],
    rows: Sequence[MatrixRow],
    acts: Mapping[str, frozenset[str]],
) -> list[dict[str, Any]]:
    reminded = nudging.nudged(request.db, choice.at, choice.template.code, choice.period)
    unheard = words.unheard(link_state.silent(request.db, request.now), request.translate)
    return [
        {**_row(request, choice, row, reminded, acts), "unheard": unheard.get(row.organisation)}
        for row in rows
    ] + [_row(request, choice, row, {}, acts, own=True) for row in own]


COLUMNS = [
    {"title": _("Organisation")},
    {"title": _("State")},
    {"title": _("Receipt number")},
    *({"title": title, "kind": "number"} for title in words.COVERAGE.values()),
]


def table(_context: Organisation, request: Request) -> Table:
    """Who has reported, for a workbook; what is below each is in numbers.

    Raises:
        NotFound: there is no report.
    """
    choice = chosen.choose(request)
    if choice is None:
        raise NotFound
    rows = [{"cells": _cells(row)} for row in _shown(request, choice, *_rows(request, choice), {})]
    return Table(_("Who has reported"), COLUMNS, rows, chosen.words_of(request, choice))


def _cells(row: Mapping[str, Any]) -> list[Any]:
    notes, below = (row["state"]["note"], row.get("unheard")), row["below"] or {}
    return [
        row["name"],
        {**row["state"], "note": " · ".join(filter(None, notes))},
        words.receipt_number(bytes.fromhex(row["seen"])) if row["seen"] else None,
        *(below.get(name) for name in words.COVERAGE),
    ]


def _acts(
    context: Organisation, request: Request, rows: Sequence[MatrixRow], *, closed: bool
) -> Mapping[str, frozenset[str]]:
    """The `SELECTIONS` that the reader can do something about now."""
    allowed = {
        "missing": not closed and request.has_permission("nudge", context),
        "reported": request.has_permission("review", context),
    }
    there = {row.state for row in rows if row.owes}
    return {name: states for name, states in SELECTIONS.items() if allowed[name] and states & there}


def _rows(request: Request, choice: Chosen) -> tuple[list[MatrixRow], list[MatrixRow]]:
    """The organisation's own row, if it owes the report itself, and those of its children."""
    rows = coverage.matrix(request.db, choice.at, choice.template, choice.period, today=request.today)
    own = [row for row in rows if row.organisation == choice.at and row.owes]
    return own, [row for row in rows if row.organisation != choice.at]


def _counts(rows: Sequence[MatrixRow]) -> list[dict[str, Any]]:
    found = Counter(row.state for row in rows if row.owes)
    reported = sum(found[name] for name in ("reported", "returned", "endorsed"))
    late = sum(row.late for row in rows)
    shown: list[dict[str, Any]] = [
        {"title": _("Reported"), "value": f"{reported}/{sum(found.values())}"},
        *(
            {"title": words.STATES[name][1], "value": found[name]}
            for name in words.STATES
            if name != "reported"
        ),
        {"title": _("To be reviewed"), "value": found["reported"]},
        {"title": _("Sent late"), "value": late},
    ]
    return [one for one in shown if one["value"]]


def _row(
    request: Request,
    choice: Chosen,
    row: MatrixRow,
    reminded: Mapping[str, datetime],
    acts: Mapping[str, frozenset[str]],
    *,
    own: bool = False,
) -> dict[str, Any]:
    translate = request.translate
    state: dict[str, Any] = words.state(row.state) if row.owes else {"text": translate(_("owes no report"))}
    notes = [translate(_("sent late"))] if row.late else []
    if row.state in UNSENT and (at := reminded.get(row.organisation)):
        notes.append(translate(_("reminded ${day}", mapping={"day": local_day(at)})))
    selected = acts.get(request.GET.get("select", ""), frozenset())
    ticked = given.texts(request.POST, "organisation") if request.POST else frozenset()
    selectable = frozenset[str]().union(*acts.values())
    return {
        "code": row.organisation,
        "name": translate(_("${name} itself", mapping={"name": row.name})) if own else row.name,
        "state": {**state, "note": " · ".join(notes), "note_light": "warn"},
        "light": state.get("light") if state.get("light") in {"warn", "bad"} else None,
        "report": links.to(request, "report", crumbs.down(choice, "matrix"), document=row.report)
        if row.report
        else None,
        "below": words.coverage(row.below) if row.below else None,
        "inside": links.to(request, "matrix", choice.query(at=row.organisation)) if row.below else None,
        "can_select": not own and row.owes and row.state in selectable,
        "selected": row.owes and (row.state in selected or row.organisation in ticked),
        "seen": row.report.hex() if row.report else None,
    }


def _selections(
    request: Request, choice: Chosen, rows: Sequence[MatrixRow], acts: Mapping[str, frozenset[str]]
) -> list[dict[str, Any]]:
    titles = {"missing": _("Select all who have not reported"), "reported": _("Select all to be reviewed")}
    return [
        {
            "title": titles[name],
            "count": sum(row.owes and row.state in states for row in rows),
            "href": links.to(request, "matrix", choice.query(select=name)),
        }
        for name, states in acts.items()
    ]


_SAID = {
    "nudged": _("Reminded ${n} organisations; they see it on their to-do list."),
    "again": _("They were all reminded today already."),
    "endorsed": _("Endorsed ${n} reports."),
}


def _flashes(request: Request) -> list[dict[str, str]]:
    sentence, number = _SAID.get(request.GET.get("said", "")), request.GET.get("n", "")
    if sentence is None or not number.isdecimal():
        return []
    return [{"light": "ok", "text": request.translate(_(sentence, mapping={"n": int(number)}))}]


def _ticked(request: Request, choice: Chosen) -> list[MatrixRow]:
    """The ticked children that owe the report."""
    ticked = given.texts(request.POST, "organisation")
    _own, rows = _rows(request, choice)
    return [row for row in rows if row.organisation in ticked and row.owes]


def _ensure(rows: Sequence[MatrixRow]) -> None:
    if not rows:
        raise Invalid({"organisation": _NONE_SELECTED}, _NONE_SELECTED)


def _choice(request: Request) -> Chosen:
    choice = chosen.choose(request)
    if choice is None or len(choice.steps) > 1:
        raise NotFound
    return choice


def nudge(context: Organisation, request: Request) -> HTTPSeeOther:
    """Remind the ticked children that have not reported."""
    choice = _choice(request)
    rows = [row for row in _ticked(request, choice) if row.state in UNSENT]
    _ensure(rows)
    reminded = nudging.nudge(
        request.db,
        context.organisation.code,
        [row.organisation for row in rows],
        choice.template.code,
        choice.period,
        actor=context.reader.account,
        now=request.now,
    )
    query = choice.query(said="nudged" if reminded else "again", n=len(reminded))
    return HTTPSeeOther(links.to(request, "matrix", query))


def endorse(context: Organisation, request: Request) -> Any:
    """Endorse the ticked reports, all or none: as the page showed them, and unless returned since."""
    choice = _choice(request)
    rows = [row for row in _ticked(request, choice) if row.report]
    _ensure(rows)
    if newer := _unseen(request, rows):
        return _refused(context, request, choice, _(_NEWER, mapping={"names": "、".join(newer)}))
    try:
        reviewing.endorse_many(
            request.db,
            context.organisation.code,
            [row.report for row in rows if row.report],
            actor=context.reader.account,
            now=request.now,
        )
    except Decided as error:
        name = next(row.name for row in rows if row.report == error.report)
        return _refused(context, request, choice, f"{name}：{decided(request, error)}")
    return HTTPSeeOther(links.to(request, "matrix", choice.query(said="endorsed", n=len(rows))))


def _unseen(request: Request, rows: Sequence[MatrixRow]) -> list[str]:
    """Names of those whose reports have come in since the page was shown."""
    shown = given.texts(request.POST, "report")
    return [row.name for row in rows if row.report and row.report.hex() not in shown]


def _refused(context: Organisation, request: Request, choice: Chosen, sentence: str) -> dict[str, Any]:
    refuse(request, Conflict.status)
    return _page(context, request, choice, {"organisation": sentence})
