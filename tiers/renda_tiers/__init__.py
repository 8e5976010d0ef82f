"""The chain of congress bodies: signed documents, reports, review and roll-up over the tree."""

import click

from renda import hookimpl
from renda.declarations import DocumentKind, Module
from renda.i18n import _
from renda_tiers import commands
from renda_tiers.kinds import KINDS


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
    """`renda init` and `renda report …`."""
    return commands.ALL
