"""Counts which lines and branches of the product run: `python -m pytest -p tests.covered`.

SlipCover puts its probes into a module when it is imported and takes out those that were hit, so that tests
take hardly longer. Each process of pytest writes what it saw into `COUNTED`; `make coverage` adds them up.
"""

import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import slipcover
from slipcover.importer import SlipcoverLoader

COUNTED = Path(".coverage")
SOURCES = [
    "core/renda",
    "tiers/renda_tiers",
    "plugins/training/renda_training",
    "plugins/liaison/renda_liaison",
    "plugins/suggestions/renda_suggestions",
]
# Migrations run before all tests, in any of its processes; `renda.testing` is rewritten by pytest.
OMITTED = ["*/migrations/*", "*/renda/testing/*"]

_counted = slipcover.Slipcover(branch=True, source=SOURCES, omit=OMITTED)
_ours = slipcover.FileMatcher(sources=SOURCES, omit=OMITTED)


class _Finder(MetaPathFinder):
    """Comes before pytest's own, which takes all modules of a distribution that has a plugin of pytest."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target)
        if found is None or found.loader is None or not _ours.matches(found.origin):
            return None
        found.loader = SlipcoverLoader(_counted, found.loader, found.origin)
        return found


sys.meta_path.insert(0, _Finder())


def pytest_sessionfinish() -> None:
    """Write what this process saw."""
    COUNTED.mkdir(exist_ok=True)
    seen = json.dumps(_counted.get_coverage())
    (COUNTED / f"{os.getpid()}.json").write_text(seen, encoding="utf-8")
