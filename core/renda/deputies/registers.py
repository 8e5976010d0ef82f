"""Lists that deputies' work refers to: constituencies, contact households, and handling units."""

import uuid
from datetime import date

from sqlalchemy.orm import Mapped, Session

from renda.declarations import RecordType, State, Transition, Workflow
from renda.directory.organs import Kind
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Record

IN_USE = Workflow(
    (State("in_use", _("In use"), "done"), State("given_up", _("Given up"), "stopped")),
    (
        Transition("give_up", _("Give up"), ("in_use",), "given_up", needs_reason=True),
        Transition("use", _("Use again"), ("given_up",), "in_use"),
    ),
)
_MOST_SEATS = 3
"""选举法, art. 25: a constituency elects one to three deputies."""


class Constituency(Record):
    """An area whose voters elect one to three deputies."""

    __tablename__ = "core_constituency"

    name: Mapped[str] = fields.text(_("Constituency"), max_length=60)
    seats: Mapped[int | None] = fields.integer(
        _("Deputies to elect"), unit=_("deputies"), least=1, most=_MOST_SEATS
    )
    area: Mapped[str | None] = fields.text(_("Area"), help=_("Villages, communities or units in it."))


class HandlingUnit(Record):
    """A unit that handles suggestions and matters (承办单位)."""

    __tablename__ = "core_handling_unit"

    name: Mapped[str] = fields.text(_("Handling unit"), max_length=80)
    contact: Mapped[str | None] = fields.text(_("Contact"), max_length=60, personal=True)
    phone: Mapped[str | None] = fields.text(_("Phone"), max_length=40, personal=True)


class ContactHousehold(Record):
    """A household with which a deputy keeps in touch."""

    __tablename__ = "core_contact_household"

    deputy: Mapped[uuid.UUID] = fields.person(_("Deputy"))
    householder: Mapped[str] = fields.text(_("Householder"), max_length=60, personal=True)
    village: Mapped[str | None] = fields.text(_("Village or community"), max_length=60)
    phone: Mapped[str | None] = fields.text(_("Phone"), max_length=40, personal=True)
    since: Mapped[date] = fields.day(_("Since"))
    until: Mapped[date | None] = fields.day(_("Until"))


def _no_congress(body: Kind) -> str:
    return "" if body.congress else body.why_not


def _in_order(_session: Session, household: ContactHousehold) -> None:
    if household.until is not None and household.until < household.since:
        raise Invalid({"until": _("The contact ends before it began.")})


CONSTITUENCIES = RecordType(
    Constituency,
    title=_("Constituencies"),
    workflow=IN_USE,
    series="name",
    columns=("name", "seats", "area", "state"),
    search=("name", "area"),
    evidence=("name",),
    barred=_no_congress,
)
HANDLING_UNITS = RecordType(
    HandlingUnit,
    title=_("Handling units"),
    workflow=IN_USE,
    columns=("name", "contact", "phone", "state"),
    search=("name",),
    evidence=("name",),
)
HOUSEHOLDS = RecordType(
    ContactHousehold,
    title=_("Contact households"),
    workflow=IN_USE,
    columns=("householder", "deputy", "village", "since", "until", "state"),
    search=("village",),
    guard=_in_order,
)
