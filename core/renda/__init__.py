"""renda: records, computed reports and signed roll-ups for people's congress bodies of every tier."""

import warnings

import pluggy

# Pyramid 2.1 imports it; who runs renda can do nothing about that.
warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)

__version__ = "0.1.0"

hookimpl = pluggy.HookimplMarker("renda")
"""Marks a plugin's function as the implementation of a hook of `renda.hookspecs`."""
