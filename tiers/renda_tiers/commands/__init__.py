"""Subcommands of `renda` about the chain; each takes the node's CONFIG first."""

import click

from renda_tiers.commands.chain import chain
from renda_tiers.commands.initialise import init
from renda_tiers.commands.reports import report
from renda_tiers.commands.rollup import rollup

ALL: list[click.Command] = [init, report, chain, rollup]
"""What `renda_tiers` registers."""
