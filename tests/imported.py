"""What every call of `forked` finds imported, in the order in which `python -m renda` imports it."""

import importlib

from renda import cli, terminal

# Click asks for some of its words when a command is declared.
terminal.speak(cli.language())
PACKAGES = ("renda_tiers", "renda_liaison", "renda_suggestions", "renda_training")
for one in ("renda.app", "renda.migrate", *PACKAGES, "psycopg"):
    importlib.import_module(one)
