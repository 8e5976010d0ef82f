"""Practice packs: local practice declared as data, which an organisation installs, enables and passes on.

A pack is a module to everything else: registers, figures, a report and menu entries, with the same states
(allowed, enabled, required, forbidden) and the same pages. Only where its declarations come from differs:
from a text in the database that every process reads when it has changed, not from a package at start.
"""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Mount the pages of packs."""
    config.include("renda.packs.pages")
