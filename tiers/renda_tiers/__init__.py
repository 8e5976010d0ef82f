"""The chain of congress bodies: signed documents, reports, review and roll-up over the tree."""

import click
from pyramid.config import Configurator

from renda import hookimpl
from renda.app import Upgraded, unit_of_work
from renda.declarations import Card, DocumentKind, MenuEntry, Module
from renda.directory.service import DirectoryChanged
from renda.i18n import _
from renda_tiers import commands, founding
from renda_tiers.demo.command import demo
from renda_tiers.documents import ledger
from renda_tiers.kinds import KINDS
from renda_tiers.web import home


def includeme(config: Configurator) -> None:
    """Mount the pages, and listen to what moves folds beside the ledger."""
    config.include("renda_tiers.web")
    config.include("renda_tiers.rollup.upkeep")
    config.add_subscriber(_upgraded, Upgraded)
    config.add_subscriber(founding.directory_changed, DirectoryChanged)


def _upgraded(event: Upgraded) -> None:
    """What waited for a module that is here now gets its effect."""
    with unit_of_work(event.registry) as session:
        ledger.reconsider(session)


@hookimpl
def register_module() -> Module:
    """Reports and roll-up."""
    return Module(
        title=_("Reporting"),
        summary=_("Computed reports, review by the level above, and totals that open what they are made of."),
        grants={
            "admin": ("read",),
            "clerk": ("read", "fill", "submit"),
            "reviewer": ("read", "review", "nudge"),
            "leader": ("read",),
            "auditor": ("read",),
        },
    )


@hookimpl
def register_document_kinds() -> list[DocumentKind]:
    """organisation, enrolment, definition, report and review."""
    return KINDS


@hookimpl
def register_commands() -> list[click.Command]:
    """`renda init`, `renda report …`, `renda chain …`, `renda rollup …` and `renda demo`."""
    return [*commands.ALL, demo]


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """Reports, who has sent them, and totals; on the home page what to send and what to review."""
    return [
        MenuEntry("reporting", _("Reports to send"), "m/tiers/reports", "tiers:read", weight=10),
        MenuEntry("reporting", _("Who has reported"), "m/tiers/matrix", "tiers:read", weight=20),
        MenuEntry("statistics", _("Totals"), "m/tiers/rollup", "tiers:read", weight=10),
        Card("own-reports", "tiers:fill", home.clerk, weight=10),
        Card("reports-below", "tiers:review", home.reviewer, weight=20),
    ]
