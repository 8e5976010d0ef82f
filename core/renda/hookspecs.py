"""The contract of a plugin, on one page.

Every hook is called once at start, takes no argument and returns declarations. A plugin implements the
hooks it needs; a hook that does not exist stops the start.
"""

import click
import pluggy

from renda.declarations import (
    Card,
    Channel,
    DocumentKind,
    Indicator,
    MenuEntry,
    Module,
    RecordType,
    ReportTemplate,
    Role,
    Sample,
    Setting,
)

hookspec = pluggy.HookspecMarker("renda")


@hookspec
def register_module() -> Module:
    """Chinese and English title, what it needs, which verbs which roles hold by default."""


@hookspec
def register_settings() -> list[Setting]:
    """Keys of the ini file, with type, default, default per tier and help."""


@hookspec
def register_record_types() -> list[RecordType]:
    """Registers: one declaration each gives list, form, detail page, export and evidence."""


@hookspec
def register_roles() -> list[Role]:
    """Roles beside admin, clerk, reviewer, leader, deputy, handler and auditor."""


@hookspec
def register_indicators() -> list[Indicator]:
    """Figures, with their kind, unit and how they are measured."""


@hookspec
def register_report_templates() -> list[ReportTemplate]:
    """Periodic reports that the module offers, per tier."""


@hookspec
def register_document_kinds() -> list[DocumentKind]:
    """What the module sends along the chain, with its schema and what it does on arrival."""


@hookspec
def register_slots() -> list[MenuEntry | Card]:
    """Menu entries and home-page cards, in named slots."""


@hookspec
def register_samples() -> list[Sample]:
    """Plausible demonstration data for one organisation and span."""


@hookspec
def register_commands() -> list[click.Command]:
    """Subcommands of `renda`."""


@hookspec
def register_channels() -> list[Channel]:
    """Ways by which notices reach people outside the pages, beside e-mail, WeCom, DingTalk and SMS."""
