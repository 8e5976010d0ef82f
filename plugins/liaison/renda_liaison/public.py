"""The page that a QR code opens: the station, who is on duty today, and a form for one opinion."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyramid.config import Configurator
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid_retry import mark_error_retryable
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_minute
from renda.directory.models import Person
from renda.directory.strokes import official
from renda.errors import Conflict, Invalid, RendaError
from renda.i18n import _
from renda.records.attaching import Given
from renda.records.forms import control
from renda.records.models import Participant
from renda.security.calls import TooOften
from renda.security.policy import EVERYONE
from renda.types import Request
from renda.web.errors import refuse
from renda_liaison import giving, limits, receipts
from renda_liaison.opinions import KINDS, OPINIONS, SUBJECT
from renda_liaison.stations import ANNOUNCED, CAME, EXPECTED, HELD, ON_DUTY, ReceptionDay, Station
from renda_liaison.strangers import BASE, FORMS, TEMPLATES, AtStation, key, own_form, typed

FIELDS = ("content", "kind", "phone")
TRAP = "website"
"""A control that nobody sees: whoever fills it in is a program."""
PHOTO = {
    "name": "photo",
    "label": _("Photo (optional)"),
    "widget": "file",
    "accept": "image/jpeg,image/png",
    "required": False,
    "help": _("A JPEG or PNG of up to 10 MB."),
}
_WIDGETS: Mapping[str, Mapping[str, Any]] = {
    "content": {"help": _("What is it about, and where? Please no identity numbers.")},
    "kind": {"label": _("Kind (optional)"), "empty": _("Leave it to us")},
    "phone": {
        "label": _("Phone (optional)"),
        "help": _("Only to call you back about this; shown to the staff in part."),
        "autocomplete": "tel",
    },
}
_STALE = _("This page lay open for too long, or came from a copy. Look at what you wrote, and send it again.")
_TRAPPED = _("Leave the field for programs empty.")


def on_duty(session: Session, station: Station, day: date) -> list[str]:
    """Names of the deputies on duty at a station on a day that was announced, in official order."""
    names = session.scalars(
        select(Person.name)
        .join(Participant, Participant.person == Person.id)
        .join(ReceptionDay, ReceptionDay.id == Participant.whole)
        .where(
            ReceptionDay.whole == station.id,
            ReceptionDay.held_on == day,
            ReceptionDay.state.in_((ANNOUNCED, HELD)),
            Participant.type == ON_DUTY,
            Participant.state.in_((EXPECTED, CAME)),
            Person.erased_at.is_(None),
        )
    )
    return sorted(set(names), key=official)


def following(session: Session, station: Station, day: date) -> ReceptionDay | None:
    """The first announced reception day after a day."""
    return session.scalar(
        select(ReceptionDay)
        .where(
            ReceptionDay.whole == station.id,
            ReceptionDay.held_on > day,
            ReceptionDay.state == ANNOUNCED,
        )
        .order_by(ReceptionDay.held_on)
        .limit(1)
    )


def show(context: AtStation, request: Request) -> dict[str, Any]:
    """The form, empty."""
    return _page(context, request, {}, {})


def give(context: AtStation, request: Request) -> Any:
    """Keep the opinion and hand out its receipt, or show the form again with what is wrong in it.

    The receipt is this answer itself: no address, and so no history and no log, ever holds its code.
    """
    own_form(request)
    said = typed(request, *FIELDS, TRAP, "ticket")
    try:
        limits.give(request, context.station.code or "")
        photo = _photo(request)
        code = _code(context, request, said, photo)
        giving.give(
            request.db,
            context.station,
            said,
            photo,
            subject=_subject(context, request, said["kind"]),
            code=code,
            settings=request.registry.values,
            now=request.now,
        )
    except (Invalid, TooOften) as error:
        refuse(request, error.status)
        return _page(context, request, said, _errors(error))
    except Conflict as error:
        mark_error_retryable(error)  # The next attempt finds what the other has written.
        raise
    return _receipt(context, request, code)


def _code(context: AtStation, request: Request, said: Mapping[str, str], photo: Given | None) -> str:
    """The receipt code of a form that one of our pages has given out and a person has filled in."""
    if said[TRAP]:
        raise Invalid({TRAP: _TRAPPED})
    word = receipts.word(key(request), str(context.station.id), said["ticket"], request.now)
    if word is None:
        raise Invalid({"ticket": _STALE})
    told = [said[name].encode("utf-8", "replace") for name in FIELDS]
    return receipts.code(key(request), word, [*told, photo.content if photo else b""])


def _errors(error: RendaError) -> Mapping[str, str]:
    return error.errors if isinstance(error, Invalid) else {"often": error.message}


def _subject(context: AtStation, request: Request, kind: str) -> str:
    """What lists call an opinion until somebody has read it: nothing of its words."""
    what = request.translate(dict(KINDS).get(kind, _("Opinion")))
    return f"{local_minute(request.now)[5:]} {what} · {context.station.name}"[:SUBJECT]


def _photo(request: Request) -> Given | None:
    file = request.POST.get("photo")
    name = getattr(file, "filename", "")
    return Given(str(name), file.file.read()) if name else None


def _page(
    context: AtStation, request: Request, said: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    station, today = context.station, request.today
    fields = []
    for name in FIELDS:
        what = OPINIONS.fields[name]
        one = control(name, what, said.get(name, ""), errors.get(name, ""))
        fields.append({**one, **_WIDGETS[name]})
    next_day = following(request.db, station, today)
    return {
        "place": context.name,
        "station": station,
        "today": today.isoformat(),
        "on_duty": on_duty(request.db, station, today),
        "next": next_day.held_on.isoformat() if next_day else None,
        "fields": [*fields, PHOTO | {"error": errors.get("photo", "")}],
        "errors": errors,
        "trap": TRAP,
        "ticket": receipts.issue(key(request), str(station.id), request.now),
        "progress": request.route_path("liaison-progress", org=context.code),
    }


def _receipt(context: AtStation, request: Request, code: str) -> Response:
    page = {
        "place": context.name,
        "station": context.station,
        "code": code,
        "today": request.today.isoformat(),
        "keep": request.route_path("liaison-receipt", org=context.code),
        "progress": request.route_path("liaison-progress", org=context.code),
    }
    return render_to_response(f"{TEMPLATES}/receipt.jinja2", page, request, response=request.response)


def includeme(config: Configurator) -> None:
    """Mount the page; it takes a photo."""
    name, renderer = "liaison-station", f"{TEMPLATES}/station.jinja2"
    config.add_route(name, f"{BASE}/{{code:[a-z2-7]{{16}}}}", factory=AtStation)
    config.registry.__dict__.setdefault("pages_with_files", set()).add(name)
    view: dict[str, Any] = {"route_name": name, "permission": EVERYONE, "renderer": renderer}
    config.add_view(show, request_method="GET", **view)
    config.add_view(give, request_method="POST", **view, **FORMS)
