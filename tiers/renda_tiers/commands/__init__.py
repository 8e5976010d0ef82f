"""Subcommands of `renda` about the chain; each takes the node's CONFIG first."""

import click

# They add to the core's `renda pack` and `renda plugin`.
from renda_tiers.commands import packs as packs
from renda_tiers.commands import policies as policies
from renda_tiers.commands.chain import chain
from renda_tiers.commands.directives import directive
from renda_tiers.commands.initialise import init
from renda_tiers.commands.node import node
from renda_tiers.commands.reports import report
from renda_tiers.commands.rollup import rollup

ALL: list[click.Command] = [init, report, chain, rollup, directive, node]
"""What `renda_tiers` registers."""
