"""The calendar of an organisation: the last days of what waits there, among working days and days off."""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_day
from renda.i18n import _
from renda.notices import feeds, workdays
from renda.notices.limits import months_later
from renda.security.policy import SIGNED_IN
from renda.types import Request
from renda.web import todo
from renda.web.contexts import Organisation

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_UNKNOWN: str = _("How the holidays of ${year} lie is not known here yet; working days may still change.")
_MONTHS = calendar.Calendar()
_WEEK = 7
_NEAR = 20
"""Years before and after the present one that have pages."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """A month, by default the present one."""
    return _page(context, request, "")


def _page(context: Organisation, request: Request, made: str) -> dict[str, Any]:
    first = _month(request.GET.get("month", ""), request.today)
    due: dict[date, list[dict[str, Any]]] = {}
    for task in todo.waiting(todo.contents(context, request), request):
        if isinstance(task["due"], date):
            due.setdefault(task["due"], []).append(task)
    days, counted = list(_MONTHS.itermonthdates(first.year, first.month)), workdays.of(request.db)
    place = context.organisation.code
    feed = feeds.of(request.db, context.reader.account, place)
    return {
        "month": _("${year}-${month}", mapping={"year": first.year, "month": f"{first.month:02}"}),
        "weekdays": WEEKDAYS,
        "weeks": [
            [
                _day(request, day, first, off=not counted.works(day), due=due)
                for day in days[start : start + _WEEK]
            ]
            for start in range(0, len(days), _WEEK)
        ],
        "previous": _address(request, first - timedelta(days=1)),
        "next": _address(request, months_later(first, 1)),
        "made": made,
        "feed_since": feed and local_day(feed.made_at).isoformat(),
        "flashes": []
        if first.year < request.today.year or counted.knows(first.year)
        else [
            {"light": "warn", "text": request.translate(_(_UNKNOWN, mapping={"year": first.year}))},
        ],
    }


def _month(text: str, today: date) -> date:
    """The first day of a month as an address names it; the present one for any other text."""
    year, _hyphen, month = text.partition("-")
    try:
        found = date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
    return found if abs(found.year - today.year) <= _NEAR else today.replace(day=1)


def _address(request: Request, day: date) -> str:
    query = {"month": f"{day:%Y-%m}"}
    address: str = request.route_path("calendar", org=request.context.organisation.code, _query=query)
    return address


def _day(
    request: Request, day: date, first: date, *, off: bool, due: Mapping[date, list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "number": day.day,
        "here": day.month == first.month,
        "today": day == request.today,
        "off": off,
        "tasks": due.get(day, []) if day.month == first.month else [],
    }


def subscribe(context: Organisation, request: Request) -> Any:
    """Make a secret address of the calendar, which is shown on this one page alone, or close it."""
    place, who = context.organisation.code, context.reader.account
    if request.POST.get("do") == "close":
        feeds.close(request.db, who, place, now=request.now)
        return HTTPSeeOther(request.route_path("calendar", org=place))
    secret = feeds.make(request.db, who, place, now=request.now)
    return _page(context, request, request.route_url("feed", secret=secret))


def includeme(config: Configurator) -> None:
    """Mount the page; who plays no role at the organisation does not get as far."""
    config.add_route("calendar", "/o/{org}/calendar", factory=Organisation)
    page = {
        "route_name": "calendar",
        "permission": SIGNED_IN,
        "renderer": "renda:web/templates/notices/calendar.jinja2",
    }
    config.add_view(show, request_method="GET", **page)
    config.add_view(subscribe, request_method="POST", **page)
