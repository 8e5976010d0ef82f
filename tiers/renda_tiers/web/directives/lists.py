"""The list of directives: those to answer, and those that were issued from here."""

from collections.abc import Mapping
from typing import Any

from renda.excel.shown import Table
from renda.i18n import _
from renda.notices import remaining
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.directives import escalation, lists, phases
from renda_tiers.directives.lists import PAGE, Entry
from renda_tiers.web import links
from renda_tiers.web.directives import address, said

_MOST_PAGES = 100_000
SIDES: Mapping[str, str] = {"received": _("To be answered"), "issued": _("Issued from here")}
"""The two lists."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One side of the list; open directives, or those that have ended."""
    side, ended, page = asked(request)
    side = side or _preferred(context, request)
    found, total = entries(context, request, side, ended=ended, page=page)
    return {
        "tabs": _tabs(request, side, ended=ended),
        "may_issue": bool(request.has_permission("direct", context)),
        "new": links.to(request, "directive-new"),
        "columns": _columns(side),
        "rows": [_row(request, one, side) for one in found],
        "pager": _pager(request, side, ended=ended, page=page, total=total),
        "sheet": links.to(request, "directives.sheet", {"side": side, "ended": 1 if ended else None}),
    }


def table(context: Organisation, request: Request) -> Table:
    """All of one side of the list, for a workbook."""
    side, ended, _page = asked(request)
    side = side or _preferred(context, request)
    found, total = entries(context, request, side, ended=ended, page=1)
    pages = -(-total // PAGE)
    for page in range(2, pages + 1):
        found += entries(context, request, side, ended=ended, page=page)[0]
    about = [SIDES[side], _("Ended") if ended else ""]
    return Table(_("Tasks"), _columns(side), [_row(request, one, side) for one in found], about)


def asked(request: Request) -> tuple[str, bool, int]:
    """Which side ("" where the address does not say), whether of ended directives, and which page."""
    side, number = request.GET.get("side", ""), request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number[:9]) < _MOST_PAGES else 1
    return side if side in SIDES else "", request.GET.get("ended") == "1", page


def entries(
    context: Organisation, request: Request, side: str, *, ended: bool, page: int
) -> tuple[list[Entry], int]:
    """A page of one side of the list, and how many there are in all."""
    read = lists.issued if side == "issued" else lists.received
    return read(request.db, context.organisation.code, request.today, ended=ended, page=page)


def _preferred(context: Organisation, request: Request) -> str:
    """What a reader most likely comes for: who issues is shown what was issued, if anything was."""
    if not request.has_permission("direct", context):
        return "received"
    _entries, total = lists.issued(request.db, context.organisation.code, request.today)
    return "issued" if total else "received"


def _tabs(request: Request, side: str, *, ended: bool) -> list[dict[str, Any]]:
    tabs = [
        {
            "title": title,
            "href": links.to(request, "directives", {"side": name}),
            "current": name == side and not ended,
        }
        for name, title in SIDES.items()
    ]
    query = {"side": side, "ended": 1}
    tabs.append({"title": _("Ended"), "href": links.to(request, "directives", query), "current": ended})
    return tabs


def _columns(side: str) -> list[dict[str, Any]]:
    who = _("Progress") if side == "issued" else _("From")
    return [{"title": _("Task")}, {"title": who}, {"title": _("Due"), "kind": "day"}, {"title": _("State")}]


def _row(request: Request, one: Entry, side: str) -> dict[str, Any]:
    translate = request.translate
    worst = next((why for why in escalation.URGENT if one.escalations.get(why)), "")
    open_ = one.state == "open"
    return {
        "light": said.ESCALATIONS[worst][0] if worst else None,
        "cells": [
            {
                "text": one.title,
                "href": address.to(request, "directive", one.subject),
                "note": translate(said.ABOVE[one.above]) if one.above else None,
                "note_light": "warn",
            },
            progress(request, one) if side == "issued" else {"text": one.name},
            {
                "text": one.due,
                "note": remaining.left(request, one.due) if open_ else None,
                "note_light": "bad" if one.due < request.today else "",
            },
            _state(request, one, side),
        ],
    }


def progress(request: Request, one: Entry) -> dict[str, Any]:
    """How many of the targets are verified, and how many wait to be."""
    waiting = one.count(phases.DONE)
    return {
        "text": request.translate(
            _("${n} of ${all} verified", mapping={"n": one.count(phases.VERIFIED), "all": one.targets})
        ),
        "note": request.translate(_("${n} to be verified", mapping={"n": waiting})) if waiting else None,
        "note_light": "warn",
    }


def _state(request: Request, one: Entry, side: str) -> dict[str, Any]:
    if one.state != "open":
        return said.light(said.STATES[one.state])
    if side == "received":
        (phase,) = one.phases or (phases.ISSUED,)
        return said.light(said.PHASES[phase])
    notes = [
        request.translate(
            _("${what}: ${n}", mapping={"what": request.translate(said.ESCALATIONS[why][1]), "n": many})
        )
        for why in escalation.URGENT
        if (many := one.escalations.get(why))
    ]
    return {**said.light(said.STATES[one.state]), "note": " · ".join(notes), "note_light": "bad"}


def _pager(request: Request, side: str, *, ended: bool, page: int, total: int) -> dict[str, Any]:
    pages = max(1, -(-total // PAGE))

    def at(number: int) -> str | None:
        if not 1 <= number <= pages:
            return None
        query = {"side": side, "ended": 1 if ended else None, "page": number}
        return links.to(request, "directives", query)

    return {"total": total, "page": page, "pages": pages, "previous": at(page - 1), "next": at(page + 1)}
