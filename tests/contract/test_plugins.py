"""The chain and every module of this house keep the contract."""

from pathlib import Path

from renda.testing.contract import contract

PLUGINS = sorted(path.parent.name for path in Path(__file__).parents[2].glob("plugins/*/setup.cfg"))

TestContract = contract("tiers", *PLUGINS)
