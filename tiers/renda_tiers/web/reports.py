"""The list of an organisation's reports: what is owed, until when, and how far it is."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.periods import Period, PeriodKind
from renda.notices import remaining
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.reports import calendar
from renda_tiers.reports.template import Template
from renda_tiers.web import given, links, words
from renda_tiers.web.owed import AHEAD, Owed, owed, spans, templates_of

COLUMNS = [
    {"key": "period", "title": _("Period")},
    {"key": "state", "title": _("State")},
    {"key": "due", "title": _("Due"), "kind": "day"},
    {"key": "revision", "title": _("Revision"), "kind": "number"},
]


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Every template that is owed, each with its periods, and what this organisation has sent before."""
    templates = templates_of(request)
    found = owed(request, templates)
    known = spans(request, templates)
    return {
        "groups": [_group(request, one, found, known.get(one.code, [])) for one in templates],
        "columns": COLUMNS,
        "ad_hoc": _ad_hoc(request, templates),
    }


def _ad_hoc(request: Request, templates: list[Template]) -> list[dict[str, Any]]:
    """The controls with which a clerk names the days of a report that the calendar does not fix."""
    choices = [
        (one.code, words.said(one.titles, request.translate))
        for one in templates
        if one.period is PeriodKind.SPAN and not one.asked
    ]
    if not choices:
        return []
    day = {"widget": "day", "required": True}
    return [
        {"name": "template", "label": _("Report"), "widget": "choice", "required": True, "choices": choices}
        | {"value": choices[0][0]},
        {"name": "start", "label": _("First day"), **day},
        {"name": "end", "label": _("Last day"), **day},
    ]


def _group(request: Request, template: Template, found: list[Owed], known: list[Period]) -> dict[str, Any]:
    rows = [one for one in found if one.template.code == template.code]
    listed = {one.period for one in rows}
    return {
        "title": words.said(template.titles, request.translate),
        "rows": [_row(request, one) for one in rows],
        "spans": [
            {"title": request.translate(period.title()), "href": _form(request, template, period)}
            for period in known
            if period not in listed
        ],
    }


def _form(request: Request, template: Template, period: Period) -> str:
    return links.to(request, "form", template=template.code, period=period.code)


def _row(request: Request, one: Owed) -> dict[str, Any]:
    translate = request.translate
    state: dict[str, Any] = words.state(one.state)
    running = one.state in AHEAD and calendar.is_running(one.period, request.today)
    day = {"day": calendar.sent_from(one.period)}
    notes = [
        *([translate(_("can be sent from ${day} on", mapping=day))] if running else []),
        *([translate(_("locked"))] if one.locked else []),
        *([translate(_("sent late"))] if one.late else []),
        *([translate(_("Reminded by the level above"))] if one.reminded else []),
    ]
    left = remaining.left(request, one.due) if one.state in AHEAD else None
    return {
        "light": state["light"] if state["light"] in {"warn", "bad"} else None,
        "cells": [
            {"text": translate(one.period.title()), "href": _form(request, one.template, one.period)},
            {**state, "note": " · ".join(notes)},
            {"text": one.due, "note": left, "note_light": _urgency(one, request.today)},
            one.revision or None,
        ],
    }


SOON = timedelta(days=7)
"""Before that, a due day is no reason to hurry."""


def _urgency(one: Owed, today: date) -> str:
    if one.due is None or one.state not in AHEAD or one.due - today > SOON:
        return ""
    return "bad" if today > one.due else "warn"


def start(_context: Organisation, request: Request) -> HTTPSeeOther:
    """Lead to the form of an ad hoc period that the clerk named by its days."""
    typed = request.GET
    template = next((one for one in templates_of(request) if one.code == typed.get("template")), None)
    try:
        first, last = date.fromisoformat(typed.get("start", "")), date.fromisoformat(typed.get("end", ""))
        period = given.period(Period(first, last).code)
    except ValueError:
        raise Invalid({"start": _("Enter the first and the last day of the period.")}) from None
    if template is None or template.period is not PeriodKind.SPAN:
        raise Invalid({"template": _("This is no report of ad hoc periods.")})
    return HTTPSeeOther(_form(request, template, period))
