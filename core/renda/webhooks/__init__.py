"""Webhooks: programs elsewhere are told, by a signed POST, that something was done at an organisation.

What is told follows the audit trail (`following`), says where to look and nothing of what is written there,
and goes to hosts alone that the node's administrator has registered in the setting `webhook_hosts`. Calls
follow the Standard Webhooks specification 1.0 (`calling`).
"""

from importlib import import_module

from pyramid.config import Configurator

from renda.webhooks import following


def includeme(config: Configurator) -> None:
    """Mount the page, follow what is done, and let workers know the background work."""
    import_module("renda.webhooks.tasks")
    following.follow()
    config.include("renda.webhooks.pages")
