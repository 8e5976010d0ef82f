"""What every call of `forked` finds imported, in the order in which `python -m renda` imports it."""

import importlib

from renda import terminal
from renda.i18n import DEFAULT_LOCALE

# Click asks for some of its words when a command is declared; whatever the first test that forks has set.
terminal.speak(DEFAULT_LOCALE)
PACKAGES = ("renda_tiers", "renda_liaison", "renda_suggestions", "renda_training")
for one in ("renda.app", "renda.migrate", *PACKAGES, "psycopg"):
    importlib.import_module(one)
