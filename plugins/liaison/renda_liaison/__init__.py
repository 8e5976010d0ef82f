"""Liaison stations of deputies: reception days, and what people say there or by a QR code.

Registers, export, evidence and reports follow from the declarations; the pages of their own are the public
ones, the poster, and the opening of a phone number.
"""

from pyramid.config import Configurator

from renda import hookimpl
from renda.declarations import Card, Indicator, MenuEntry, Module, RecordType, ReportTemplate, Sample
from renda.i18n import _
from renda_liaison.card import card
from renda_liaison.figures import INDICATORS, TEMPLATES
from renda_liaison.guide import GUIDE
from renda_liaison.opinions import OPINIONS
from renda_liaison.samples import make
from renda_liaison.stations import DAYS, STATIONS


@hookimpl
def register_module() -> Module:
    """Clerks keep the registers; what people wrote is read by those alone who handle, review or audit it."""
    return Module(
        title=_("Liaison stations"),
        summary=_("Stations and homes of deputies, reception days, and public opinion items by QR code."),
        grants={
            "clerk": ("read", "write", "decide", "export", "publish", "open"),
            "reviewer": ("read", "decide", "export"),
            "leader": ("read",),
            "auditor": ("read",),
        },
        guide=GUIDE,
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    """Stations, their reception days with the deputies on duty, and opinions."""
    return [STATIONS, DAYS, OPINIONS]


@hookimpl
def register_indicators() -> list[Indicator]:
    """G01 to G08, with G10 and G11 that the rates divide."""
    return INDICATORS


@hookimpl
def register_report_templates() -> list[ReportTemplate]:
    """The monthly report on opinions, and the quarterly one on stations."""
    return TEMPLATES


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """Three entries in the menu of opinions, and a card with what is unanswered."""
    return [
        MenuEntry("opinions", OPINIONS.title, f"r/{OPINIONS.name}", "read", weight=10),
        MenuEntry("opinions", DAYS.title, f"r/{DAYS.name}", "read", weight=20),
        MenuEntry("opinions", STATIONS.title, f"r/{STATIONS.name}", "read", weight=30),
        Card("opinions", "read", card),
    ]


@hookimpl
def register_samples() -> list[Sample]:
    """Invented stations, reception days and opinions."""
    return [Sample("liaison", make)]


def includeme(config: Configurator) -> None:
    """Mount the pages that are no registers."""
    for part in ("public", "progress", "poster", "phone"):
        config.include(f"renda_liaison.{part}")
