"""renda: records, computed reports and signed roll-ups for people's congress bodies of every tier."""

import pluggy

__version__ = "0.1.0"

hookimpl = pluggy.HookimplMarker("renda")
"""Marks a plugin's function as the implementation of a hook of `renda.hookspecs`."""
