"""The contract of the plugins that `--plugin` names, or of all that are installed."""

from renda.testing.contract import contract

TestContract = contract()
