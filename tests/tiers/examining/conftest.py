"""Nodes of their own, as the tests of links have them."""

from tests.tiers.links.conftest import applications, city, laid, network, start

__all__ = ["applications", "city", "laid", "network", "start"]
