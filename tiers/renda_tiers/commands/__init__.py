"""Subcommands of `renda` about the chain; each takes the node's CONFIG first."""

import click

from renda_tiers.commands.initialise import init
from renda_tiers.commands.reports import report

ALL: list[click.Command] = [init, report]
"""What `renda_tiers` registers."""
