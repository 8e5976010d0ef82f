"""Stations where people meet deputies, and the days on which deputies receive them (地方组织法, art. 60)."""

from datetime import date

from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.declarations import Attachments, Link, Participation, RecordType, State, Transition, Workflow
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Part, Record

HOME, STATION = "deputy_home", "liaison_station"
KINDS = ((HOME, _("Deputies' home")), (STATION, _("Liaison station")))
OPEN, CLOSED = "open", "closed"
ANNOUNCED, HELD = "announced", "held"
EXPECTED, CAME = "expected", "came"


class Station(Record):
    """A place where people meet deputies.

    Attributes:
        code: what its QR code leads to, or None where none is given out; no secret, since it hangs on a wall.
    """

    __tablename__ = "liaison_station"

    name: Mapped[str] = fields.text(_("Name of the station"), max_length=80)
    kind: Mapped[str] = fields.choice(_("Kind"), KINDS)
    address: Mapped[str | None] = fields.text(_("Address"), max_length=120)
    hours: Mapped[str | None] = fields.text(
        _("Opening hours"), max_length=120, help=_("Shown to everybody who scans the QR code.")
    )
    standard: Mapped[bool] = fields.flag(_("Up to standard"))
    opened_on: Mapped[date] = fields.day(_("Opened on"))
    closed_on: Mapped[date | None] = fields.day(_("Closed on"))
    code: Mapped[str | None] = mapped_column(unique=True)


class ReceptionDay(Part, Record):
    """A day on which deputies receive people, of one station."""

    __tablename__ = "liaison_reception_day"

    held_on: Mapped[date] = fields.day(_("Day"))
    hours: Mapped[str | None] = fields.text(_("Time"), max_length=60)
    place: Mapped[str | None] = fields.text(_("Place"), max_length=120)
    topic: Mapped[str | None] = fields.text(_("Topic"), max_length=120)
    received: Mapped[int | None] = fields.integer(
        _("Persons received"), unit=_("person_time"), least=0, most=100_000
    )
    summary: Mapped[str | None] = fields.paragraph(_("Summary"))


def _in_order(_session: Session, station: Station) -> None:
    if station.closed_on is not None and station.closed_on < station.opened_on:
        raise Invalid({"closed_on": _("The last day lies before the first.")})


def _says_when_closed(_session: Session, station: Station) -> None:
    if station.closed_on is None:
        raise Invalid({"closed_on": _("Enter first on which day the station was closed.")})


def _says_how_many(_session: Session, day: ReceptionDay) -> None:
    if day.received is None:
        raise Invalid({"received": _("Enter first how many persons were received; 0 if nobody came.")})


def _says_nothing_of_closing(_session: Session, station: Station) -> None:
    if station.closed_on is not None:
        raise Invalid({"closed_on": _("Take out the day of closing first.")})


DUTY = Participation(
    name="duty",
    title=_("Deputies on duty"),
    roles=(("receiver", _("Receives people")),),
    workflow=Workflow(
        states=(
            State(EXPECTED, _("On the roster"), "todo"),
            State(CAME, _("Was there"), "done"),
            State("leave", _("On approved leave"), "stopped"),
            State("absent", _("Absent"), "stopped"),
        ),
        transitions=(
            Transition("come", _("Was there"), (EXPECTED, "leave", "absent"), CAME),
            Transition("excuse", _("On approved leave"), (EXPECTED, CAME, "absent"), "leave"),
            Transition("miss", _("Absent"), (EXPECTED, CAME, "leave"), "absent"),
        ),
    ),
)

STATIONS: RecordType = RecordType(
    Station,
    title=_("Stations and homes"),
    workflow=Workflow(
        states=(
            State("planned", _("Planned"), "todo"),
            State(OPEN, _("Open"), "done"),
            State(CLOSED, _("Closed"), "stopped"),
        ),
        transitions=(
            Transition("open", _("Open the station"), ("planned",), OPEN),
            Transition(
                "close",
                _("Close the station"),
                (OPEN,),
                CLOSED,
                "decide",
                needs_reason=True,
                guard=_says_when_closed,
            ),
            Transition(
                "reopen",
                _("Reopen"),
                (CLOSED,),
                OPEN,
                "decide",
                needs_reason=True,
                guard=_says_nothing_of_closing,
            ),
        ),
    ),
    columns=("name", "kind", "address", "standard", "opened_on", "state"),
    search=("name", "address"),
    evidence=("name", "kind", "standard", "opened_on"),
    guard=_in_order,
    links=(Link(_("QR code and poster"), "stations/{id}/poster", "read"),),
)

DAYS = RecordType(
    ReceptionDay,
    title=_("Reception days"),
    workflow=Workflow(
        states=(
            State("planned", _("Planned"), "todo"),
            State(ANNOUNCED, _("Announced"), "doing"),
            State(HELD, _("Held"), "done"),
            State("cancelled", _("Cancelled"), "stopped"),
        ),
        transitions=(
            Transition("announce", _("Announce with the names on duty"), ("planned",), ANNOUNCED),
            Transition("hold", _("Mark as held"), ("planned", ANNOUNCED), HELD, guard=_says_how_many),
            Transition(
                "cancel",
                _("Cancel the reception day"),
                ("planned", ANNOUNCED),
                "cancelled",
                needs_reason=True,
            ),
            Transition("reopen", _("Reopen"), (HELD, "cancelled"), "planned", "decide", needs_reason=True),
        ),
    ),
    columns=("held_on", "place", "topic", "received", "state"),
    search=("place", "topic", "summary"),
    evidence=("held_on", "place", "received"),
    participation=DUTY,
    attachments=Attachments(),
    duty="reception",
    part_of=Station.__tablename__,
)
ON_DUTY = f"{DAYS.name}_{DUTY.name}"
"""Name of the record type of those who are on duty."""
