"""Nodes of their own, as the tests of links have them."""

from tests.tiers.links.conftest import city, network, start

__all__ = ["city", "network", "start"]
