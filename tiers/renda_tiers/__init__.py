"""The chain of congress bodies: signed documents, reports, review and roll-up over the tree."""

import click
from pyramid.config import Configurator

from renda import hookimpl
from renda.app import Upgraded, unit_of_work
from renda.backup import Restored
from renda.declarations import Card, DocumentKind, MenuEntry, Module, Setting
from renda.directory.consequences import Foreseeing
from renda.directory.service import DirectoryChanged, ModuleSwitched
from renda.examining import Examining
from renda.i18n import _
from renda.notices.sending import Sending
from renda.security.trail import Anchoring
from renda_tiers import commands, examining, founding, telling, uses
from renda_tiers.demo.command import demo
from renda_tiers.documents import ledger
from renda_tiers.documents.judging import Judged
from renda_tiers.guide import GUIDE
from renda_tiers.kinds import KINDS
from renda_tiers.links import forked, gate, routing, trails, ways
from renda_tiers.matters.ways import Passing
from renda_tiers.reports import foreseen
from renda_tiers.reports.nudging import Reminded
from renda_tiers.web import home, matters, packs
from renda_tiers.web.directives import cards


def includeme(config: Configurator) -> None:
    """Mount the pages, and listen to what moves folds beside the ledger."""
    config.include("renda_tiers.web")
    config.include("renda_tiers.rollup.upkeep")
    config.include("renda_tiers.links.views")
    config.add_subscriber(_upgraded, Upgraded)
    config.add_subscriber(routing.follow, Judged)
    config.add_subscriber(forked.follow, Judged)
    config.add_subscriber(telling.follow, Judged)
    config.add_subscriber(telling.reminded, Reminded)
    config.add_subscriber(telling.hold, Sending)
    config.add_subscriber(_restored, Restored)
    config.add_subscriber(examining.add, Examining)
    config.add_subscriber(trails.anchors, Anchoring)
    config.add_subscriber(ways.add, Passing)
    config.add_subscriber(founding.directory_changed, DirectoryChanged)
    config.add_subscriber(uses.switched, ModuleSwitched)
    config.add_subscriber(foreseen.add, Foreseeing)


def _upgraded(event: Upgraded) -> None:
    """What waited for a module that is here now gets its effect."""
    with unit_of_work(event.registry) as session:
        ledger.reconsider(session)


def _restored(event: Restored) -> None:
    """What this node said after its backup was made comes home before it says anything new."""
    gate.close(event.session)
    gate.consider(event.session, event.session.info["registry"].clock())


@hookimpl
def register_module() -> Module:
    """Reports and roll-up."""
    return Module(
        title=_("Reporting"),
        summary=_("Computed reports, review by the level above, and totals that open what they are made of."),
        grants={
            "admin": ("read", "govern", "inspect_links", "administer_links"),
            "clerk": ("read", "fill", "submit", "respond", "follow", "hand", "answer", "identify"),
            "reviewer": ("read", "review", "nudge", "direct", "publish", "follow"),
            "leader": ("read", "direct", "publish", "follow", "identify", "erase"),
            "handler": ("follow", "answer"),
            "auditor": ("read", "inspect_links"),
        },
        guide=GUIDE,
    )


@hookimpl
def register_settings() -> list[Setting]:
    """Where other nodes reach this one."""
    return [
        Setting(
            "tiers.address",
            _("Address at which the nodes above and below reach this one, such as https://rd.example.cn/."),
        )
    ]


@hookimpl
def register_document_kinds() -> list[DocumentKind]:
    """The kinds of document of the chain, see `renda_tiers.kinds`."""
    return KINDS


@hookimpl
def register_commands() -> list[click.Command]:
    """`renda init`, `report …`, `directive …`, `chain …`, `rollup …` and `demo`."""
    return [*commands.ALL, demo]


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """Reports, totals, publications, tasks, matters, modules below; on the home page what waits of each."""
    return [
        MenuEntry("reporting", _("Reports to send"), "m/tiers/reports", "tiers:read", weight=10),
        MenuEntry("reporting", _("Who has reported"), "m/tiers/matrix", "tiers:read", 20, home.has_below),
        MenuEntry("supervision", _("Tasks"), "m/tiers/directives", "tiers:read", weight=10),
        MenuEntry("statistics", _("Totals"), "m/tiers/rollup", "tiers:read", 10, home.has_below),
        MenuEntry("statistics", _("Compare periods"), "m/tiers/rollup/compare", "tiers:read", weight=20),
        MenuEntry("statistics", _("Publications"), "m/tiers/publications", "tiers:read", weight=30),
        MenuEntry("opinions", _("Matters"), "m/tiers/matters", "tiers:follow", weight=10),
        MenuEntry("administration", _("Share practice packs"), "m/tiers/packs", "tiers:govern", weight=15),
        MenuEntry(
            "administration", _("Modules of those below"), "m/tiers/policies", "tiers:govern", weight=20
        ),
        Card("matters", "tiers:answer", matters.card, 30, matters.done, matters.started),
        MenuEntry("administration", _("Node and links"), "m/tiers/node", "tiers:inspect_links", weight=30),
        Card("own-reports", "tiers:fill", home.clerk, 10, home.sent),
        Card("reports-below", "tiers:review", home.reviewer, weight=20),
        Card("tasks-from-above", "tiers:respond", cards.target, 5, cards.done),
        Card("packs", "tiers:govern", packs.card, weight=60),
        Card("tasks-issued", "tiers:direct", cards.issuer, 30, None, cards.started),
    ]
