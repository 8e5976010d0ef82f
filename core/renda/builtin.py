"""What the core itself declares, through the same hooks as every plugin."""

import click
from sqlalchemy import ColumnElement, literal, null, select

from renda import commands, hookimpl, settings
from renda.declarations import (
    Card,
    Channel,
    Contributions,
    Indicator,
    Measure,
    MenuEntry,
    Module,
    RecordType,
    Role,
    Sample,
    SampleScope,
    Setting,
    Span,
)
from renda.deputies import erasing, leavers
from renda.deputies import samples as lists
from renda.deputies.registers import CONSTITUENCIES, HANDLING_UNITS, HOUSEHOLDS
from renda.directory import samples as meetings
from renda.directory.meetings import MEETINGS
from renda.directory.models import Mandate, Person
from renda.directory.office import held
from renda.directory.terms import TERMS, card
from renda.guide import GUIDE
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind
from renda.notices import carriers, waiting


@hookimpl
def register_module() -> Module:
    """The directory is always in use."""
    return Module(
        title=_("Directory"),
        summary=_("Organisations, persons, mandates, terms, meetings and accounts."),
        grants={
            "admin": ("read", "write", "administer", "erase"),
            "clerk": ("read", "write", "decide", "export", "open", "erase"),
            "reviewer": ("read", "export", "publish", "erase"),
            "leader": ("read", "publish"),
            "auditor": ("read", "audit"),
        },
        guide=GUIDE,
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    """Terms and meetings of congresses, and the lists that deputies' work refers to."""
    return [TERMS, MEETINGS, CONSTITUENCIES, HOUSEHOLDS, HANDLING_UNITS]


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """Registers in the menu, what waits on the home page, and administration."""
    return [
        MenuEntry("administration", _("Modules"), "m/core/modules", "core:administer", weight=10),
        MenuEntry("administration", _("Accounts and roles"), "m/core/accounts", "core:administer", weight=5),
        MenuEntry("administration", _("Webhooks"), "m/core/webhooks", "core:administer", weight=90),
        MenuEntry("administration", _("Personal data"), "m/core/data", "core:read", weight=20),
        MenuEntry("administration", HANDLING_UNITS.title, f"r/{HANDLING_UNITS.name}", "write", weight=30),
        MenuEntry("deputies", _("Deputies"), "m/core/deputies", "read", weight=5),
        MenuEntry("administration", _("Practice packs"), "m/core/packs", "core:administer", weight=12),
        MenuEntry("deputies", MEETINGS.title, f"r/{MEETINGS.name}", "read", weight=10),
        MenuEntry("deputies", TERMS.title, f"r/{TERMS.name}", "read", weight=20),
        MenuEntry("deputies", CONSTITUENCIES.title, f"r/{CONSTITUENCIES.name}", "read", weight=30),
        MenuEntry("deputies", HOUSEHOLDS.title, f"r/{HOUSEHOLDS.name}", "read", weight=40),
        Card("term", "read", card),
        Card("erasing", "erase", erasing.card),
        Card("leavers", "core:administer", leavers.card),
        MenuEntry("administration", _("Working day calendar"), "m/core/workdays", "core:administer", 15),
        Card("records", "read", waiting.card, 50, waiting.done, waiting.started),
    ]


@hookimpl
def register_samples() -> list[Sample]:
    """Invented meetings with invented attendance, and the lists that deputies' work refers to."""
    return [Sample("directory", _invent)]


def _invent(scope: SampleScope) -> None:
    for make in (meetings.make, lists.make):
        make(scope)


@hookimpl
def register_settings() -> list[Setting]:
    """See `renda.settings`, and `renda.notices.carriers` for the channels of notices."""
    return [*settings.CORE, *carriers.SETTINGS]


@hookimpl
def register_channels() -> list[Channel]:
    """E-mail, WeCom, DingTalk and a gateway for SMS."""
    return carriers.CHANNELS


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
        held(span.end),
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
