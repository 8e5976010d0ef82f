"""The page on which the node's administrator enters working days and days off."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Forbidden, Invalid, NotFound
from renda.i18n import _
from renda.notices import days, workdays
from renda.records.fields import Day, Rejected
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

_DAY = Day(_("Day"))
WORKS, OFF = "works", "off"
_AHEAD = timedelta(days=31)
"""So long before a year begins its days should be known: they are announced in November."""
_UNKNOWN: str = _(
    "How the holidays of ${year} lie is not known to this version. Enter the days off and the weekends that "
    "are worked, as the State Council announces them, or upgrade."
)
WORDS: Mapping[str, str] = {WORKS: _("Working day"), OFF: _("Day off")}


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """All days that were entered, and the form of a further one."""
    return _page(request, {}, {})


def _page(request: Request, typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    above = _keeper(request)
    return {
        "title": _("Working day calendar"),
        "keeper": above,
        "fields": [
            {
                "name": "day",
                "label": _("Day"),
                "widget": "day",
                "value": typed.get("day", ""),
                "required": True,
                "error": errors.get("day"),
            },
            {
                "name": "kind",
                "label": _("It is a"),
                "widget": "choice",
                "choices": list(WORDS.items()),
                "value": typed.get("kind", OFF),
                "required": True,
                "error": errors.get("kind"),
            },
            {
                "name": "note",
                "label": _("Why"),
                "widget": "text",
                "value": typed.get("note", ""),
                "required": True,
                "max_length": days.MOST_NOTE,
                "help": _("The number of the announcement, or the name of the festival."),
                "error": errors.get("note"),
            },
        ],
        "errors": errors,
        "days": [
            {
                "day": one.day.isoformat(),
                "title": WORDS[WORKS if one.works else OFF],
                "announced": WORDS[WORKS if workdays.announced(one.day) else OFF],
                "note": one.note,
            }
            for one in days.own(request.db)
        ],
        "flashes": _unknown(request),
    }


def _unknown(request: Request) -> list[dict[str, str]]:
    """A warning of the present year, or the coming one, where nobody has said how its holidays lie."""
    counted = workdays.of(request.db)
    years = sorted({request.today.year, (request.today + _AHEAD).year})
    return [
        {"light": "warn", "text": request.translate(_(_UNKNOWN, mapping={"year": year}))}
        for year in years
        if not counted.knows(year)
    ]


def _keeper(request: Request) -> str:
    """Name of the organisation that enters the days, where it is not the one at hand."""
    path = request.context.path
    above = days.keeper_above(request.db, [place.code for place in path], request.now)
    return next((place.name for place in path if place.code == above), "")


def enter(context: Organisation, request: Request) -> Any:
    """Enter a day, or take one back."""
    if _keeper(request):
        raise Forbidden(_("The organisation above that looks after this node enters the days."))
    who = context.reader.account
    if "withdraw" in request.POST:
        days.withdraw(request.db, _withdrawn(request), actor=who, now=request.now)
        return HTTPSeeOther(_address(request))
    typed = {name: str(request.POST.get(name, "")) for name in ("day", "kind", "note")}
    try:
        day, works = _typed(typed)
        days.enter(request.db, day, typed["note"], works=works, actor=who, now=request.now)
    except Invalid as error:
        refuse(request, error.status)
        return _page(request, typed, error.errors)
    return HTTPSeeOther(_address(request))


def _typed(typed: Mapping[str, str]) -> tuple[date, bool]:
    """The day, and whether it is a working day."""
    if typed["kind"] not in WORDS:
        raise Invalid({"kind": _("Choose one of the two.")})
    try:
        return _DAY.clean(typed["day"]), typed["kind"] == WORKS
    except Rejected as error:
        raise Invalid({"day": error.message}) from None


def _withdrawn(request: Request) -> date:
    try:
        return date.fromisoformat(str(request.POST["withdraw"]))
    except ValueError:
        raise NotFound from None


def _address(request: Request) -> str:
    address: str = request.route_path("core.workdays", org=request.context.organisation.code)
    return address


def includeme(config: Configurator) -> None:
    """Mount the page at `/o/{org}/m/core/workdays`."""
    template = "renda:web/templates/notices/days.jinja2"
    for view, method in ((show, "GET"), (enter, "POST")):
        config.add_page("workdays", "workdays", view, "administer", renderer=template, request_method=method)
