"""What the core itself declares, through the same hooks as every plugin."""

import click
from sqlalchemy import ColumnElement, literal, null, select

from renda import commands, hookimpl, settings
from renda.declarations import (
    Card,
    Contributions,
    Indicator,
    Measure,
    MenuEntry,
    Module,
    RecordType,
    Role,
    Sample,
    Setting,
    Span,
)
from renda.directory.meetings import MEETINGS
from renda.directory.models import Mandate, Person
from renda.directory.samples import make
from renda.directory.terms import TERMS, card
from renda.directory.validity import valid_at
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind


@hookimpl
def register_module() -> Module:
    """The directory is always in use."""
    read = ("read",)
    return Module(
        title=_("Directory"),
        summary=_("Organisations, persons, mandates, terms, meetings and accounts."),
        grants={
            "admin": ("read", "write", "administer"),
            "clerk": ("read", "write", "decide", "export"),
            "reviewer": ("read", "export"),
            "leader": read,
            "auditor": ("read", "audit"),
        },
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    """Terms of congresses, and the meetings of congresses and their organs."""
    return [TERMS, MEETINGS]


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """Both registers in the menu of deputies' work, the current term on the home page, and the modules."""
    return [
        MenuEntry("administration", _("Modules"), "m/core/modules", "core:administer", weight=10),
        MenuEntry("administration", _("Practice packs"), "m/core/packs", "core:administer", weight=12),
        MenuEntry("deputies", MEETINGS.title, f"r/{MEETINGS.name}", "read", weight=10),
        MenuEntry("deputies", TERMS.title, f"r/{TERMS.name}", "read", weight=20),
        Card("term", "read", card),
    ]


@hookimpl
def register_samples() -> list[Sample]:
    """Invented meetings with invented attendance."""
    return [Sample("meetings", make)]


@hookimpl
def register_settings() -> list[Setting]:
    """See `renda.settings`."""
    return settings.CORE


@hookimpl
def register_roles() -> list[Role]:
    """The seven roles that every install knows."""
    return [
        Role("admin", _("Administrator")),
        Role("clerk", _("Clerk")),
        Role("reviewer", _("Reviewer")),
        Role("leader", _("Leader")),
        Role("deputy", _("Deputy")),
        Role("handler", _("Handling unit")),
        Role("auditor", _("Auditor")),
    ]


def _in_office(span: Span) -> list[ColumnElement[bool]]:
    return [
        Mandate.organisation == span.organisation,
        valid_at(Mandate.starts_on, Mandate.ended_on, span.end),
    ]


def _seats(span: Span) -> Contributions:
    return select(Mandate.id.label("record"), literal(1).label("value"), null().label("key")).where(
        *_in_office(span)
    )


def _deputies(span: Span) -> Contributions:
    return (
        select(Mandate.id.label("record"), literal(1).label("value"), Person.key.label("key"))
        .join(Person, Person.id == Mandate.person)
        .where(*_in_office(span))
    )


@hookimpl
def register_indicators() -> list[Indicator]:
    """Deputies in office: seats are a stock; a person with seats at two tiers is one person."""
    return [
        Indicator(
            "R01",
            _("Deputies in office (seats)"),
            _("Seats of this congress that are held on the last day of the period."),
            unit=_("seat"),
            kind=Kind.STOCK,
            basis=Basis.CUMULATIVE,
            measure=Measure("core_mandate", _seats),
        ),
        Indicator(
            "R02",
            _("Deputies in office (persons)"),
            _("Persons who hold a seat on the last day of the period, each counted once."),
            unit=_("person"),
            kind=Kind.DISTINCT,
            basis=Basis.CUMULATIVE,
            measure=Measure("core_mandate", _deputies),
        ),
    ]


@hookimpl
def register_commands() -> list[click.Command]:
    """Commands that need nothing but the core."""
    return commands.ALL
