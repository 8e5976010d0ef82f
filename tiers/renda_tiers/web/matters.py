"""The lists of matters, the card of those that wait, and handing one over."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.excel.shown import Table
from renda.i18n import _
from renda.notices import remaining, workdays
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.matters import handing, reach, reading, terms
from renda_tiers.matters.handing import Handing
from renda_tiers.web import given, links, matter_words

PAGE = 50
"""Cases on one page of a list."""
MOST_TASKS = 12
BOXES: Mapping[str, str] = {
    reading.TURN: _("Waiting here"),
    reading.IN: _("Handed to us"),
    reading.OUT: _("Handed on by us"),
}
COLUMNS = [
    {"title": _("Matter")},
    {"title": _("Category")},
    {"title": _("Handed over by")},
    {"title": _("Now with")},
    {"title": _("Due")},
    {"title": _("State")},
]
_FIELDS = ("receiver", "category", "title", "text", "about", "days", "name", "contact", "reveal")


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One box: what waits, what came, what was handed on."""
    code, box = context.organisation.code, _box(request)
    total = reading.count(request.db, code, box)
    pages = max(1, -(-total // PAGE))
    page = min(pages, max(1, _number(request.GET.get("page", ""))))

    def address(number: int) -> str | None:
        query = {"box": box, "page": number}
        return links.to(request, "matters", query) if 1 <= number <= pages else None

    return {
        "columns": COLUMNS,
        "rows": _rows(request, reading.listed(request.db, code, box, limit=PAGE, offset=PAGE * (page - 1))),
        "tabs": [
            {
                "title": BOXES[one],
                "href": links.to(request, "matters", {"box": one}),
                "current": one == box,
                "count": reading.count(request.db, code, one),
            }
            for one in reading.BOXES
        ],
        "caption": BOXES[box],
        "pager": {
            "total": total,
            "page": page,
            "pages": pages,
            "previous": address(page - 1),
            "next": address(page + 1),
        },
        "sheet": links.to(request, "matters.sheet", {"box": box}),
        "new": links.to(request, "matters.new") if request.has_permission("hand", context) else None,
    }


def _box(request: Request) -> str:
    box: str = request.GET.get("box", reading.TURN)
    return box if box in reading.BOXES else reading.TURN


def table(context: Organisation, request: Request) -> Table:
    """The whole of a box, for a workbook."""
    code, box = context.organisation.code, _box(request)
    rows = reading.listed(request.db, code, box, limit=reading.count(request.db, code, box))
    return Table(_("Matters"), COLUMNS, _rows(request, rows), [BOXES[box]])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_TASKS else 1


def _rows(request: Request, rows: Sequence[Any]) -> list[dict[str, Any]]:
    named = matter_words.names(request.db, {one for row in rows for one in (row.source, row.holder)})
    return [_row(request, row, named) for row in rows]


def _row(request: Request, row: Any, named: Mapping[str, str]) -> dict[str, Any]:
    translate = request.translate
    urgent = remaining.urgency(request, row.due)
    return {
        "light": urgent or None,
        "cells": [
            {"text": row.title, "href": links.to(request, "matter", case=row.case)},
            translate(matter_words.CATEGORIES[row.category]),
            named.get(row.source, row.source),
            named.get(row.holder, row.holder) or None,
            matter_words.due(request, row),
            matter_words.standing(row.state),
        ],
    }


def card(request: Request) -> Mapping[str, Any] | None:
    """The matters that wait for the organisation, for the to-do list."""
    code = request.context.organisation.code
    rows = reading.listed(request.db, code, reading.TURN, limit=MOST_TASKS)
    if not rows:
        return None
    named = matter_words.names(request.db, {row.source for row in rows})
    return {"title": _("Matters"), "tasks": [_task(request, row, named) for row in rows]}


def _task(request: Request, row: Any, named: Mapping[str, str]) -> dict[str, Any]:
    translate = request.translate
    light, text = matter_words.STATES[row.state]
    return {
        "what": row.title,
        "from": f"{translate(_('Matters'))} {named.get(row.source, row.source)}",
        "due": row.due,
        "left": remaining.left(request, row.due),
        "light": remaining.urgency(request, row.due) or light,
        "state": translate(text),
        "href": links.to(request, "matter", case=row.case),
    }


def done(request: Request) -> Sequence[Mapping[str, Any]]:
    """The matters that were handed to the organisation and do not wait for it now."""
    code = request.context.organisation.code
    rows = reading.listed(request.db, code, reading.IN, limit=PAGE)
    return _behind(request, [row for row in rows if row.holder != code])


def started(request: Request) -> Sequence[Mapping[str, Any]]:
    """The matters that the organisation handed on."""
    code = request.context.organisation.code
    return _behind(request, reading.listed(request.db, code, reading.OUT, limit=PAGE))


def _behind(request: Request, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Tasks of cases for which nobody here is in a hurry."""
    named = matter_words.names(request.db, {row.source for row in rows})
    calm = {"due": None, "left": None}
    return [{**_task(request, row, named), **calm, "when": row.due} for row in rows]


def new(context: Organisation, request: Request) -> Mapping[str, Any]:
    """An empty form."""
    return _form(context, request, {}, {})


def _form(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    choices = reach.receivers(request.db, context.organisation.code, request.today, near=False)
    about = [*choices, (context.organisation.code, context.organisation.name)]
    categories = list(matter_words.CATEGORIES.items())
    fields: list[dict[str, Any]] = [
        {
            "name": "receiver",
            "label": _("Receiver"),
            "widget": "choice",
            "required": True,
            "choices": choices,
        },
        {"name": "category", "label": _("Category"), "widget": "choice", "required": True}
        | {"choices": categories},
        {"name": "title", "label": _("Title"), "widget": "text", "required": True}
        | {"help": _("Without names of persons."), "max_length": handing.TITLE.max_length},
        {"name": "text", "label": _("Text"), "widget": "paragraph", "required": True}
        | {"help": _("What is asked. Who asks belongs into the fields below."), "max_length": 4000},
        {"name": "days", "label": _("Working days for the answer"), "widget": "number"}
        | {"help": _("Left empty: by law for petitions and suggestions, otherwise no last day.")},
        {"name": "about", "label": _("Body complained of"), "widget": "choice", "choices": about}
        | {"help": _("It never gets the matter, nor who asks."), "empty": _("none")},
        {"name": "name", "label": _("Name of who asks"), "widget": "text"}
        | {"help": _("Kept from everybody but this organisation."), "max_length": handing.NAME.max_length},
        {"name": "contact", "label": _("Contact of who asks"), "widget": "text"}
        | {"max_length": handing.CONTACT.max_length},
        {"name": "reveal", "label": _("The receiver may see who asks"), "widget": "flag"},
    ]
    return {
        "title": _("Hand a matter over"),
        "back": {"title": _("Matters"), "href": links.to(request, "matters")},
        "fields": [
            {**one, "value": typed.get(one["name"], ""), "error": errors.get(one["name"])} for one in fields
        ],
        "errors": errors,
        "cancel_href": links.to(request, "matters"),
        "submit": _("Hand over"),
        "action": None,
    }


def hand_over(context: Organisation, request: Request) -> Any:
    """Hand the matter over, or say what is wrong."""
    typed = {name: given.text(request.POST, name) for name in _FIELDS}
    try:
        case = handing.hand_over(
            request.db,
            context.organisation.code,
            _said(context, request, typed),
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        errors = {"days" if name == "due" else name: text for name, text in error.errors.items()}
        return _form(context, request, typed, errors)
    return HTTPSeeOther(links.to(request, "matter", {"said": "hand"}, case=case))


def _said(context: Organisation, request: Request, typed: Mapping[str, str]) -> Handing:
    return Handing(
        receiver=typed["receiver"],
        category=typed["category"],
        title=typed["title"],
        text=typed["text"],
        about=typed["about"],
        name=typed["name"],
        contact=typed["contact"],
        reveal=typed["reveal"] == "true",
        due=_due(context, request, typed),
    )


def _due(context: Organisation, request: Request, typed: Mapping[str, str]) -> date | None:
    if typed["days"]:
        return workdays.of(request.db).after(request.today, _number_of_days(typed["days"]))
    profile = request.registry.profiles[context.organisation.tier]
    return terms.by_law(typed["category"], request.today, profile)


def _number_of_days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < MOST_TASKS):
        raise Invalid({"days": _("Enter a whole number of working days.")})
    return int(text)
