"""New plugins, installed for a subprocess alone."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from renda.developing import scaffold
from tests import forked

QUIET = ("-q", "--tb=no", "-p", "no:cacheprovider")


def installed(folder: Path, name: str, changes: Mapping[str, Mapping[str, str]] = {}) -> Path:
    """Write a plugin, change texts of its files (by path below the package), and let it be found as installed."""
    made = scaffold.new(name, folder, "走访")
    for path, replaced in changes.items():
        file = made / f"renda_{name}" / path
        text = file.read_text(encoding="utf-8")
        for old, new in replaced.items():
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q", "egg_info"]
    subprocess.run(command, cwd=made, capture_output=True, check=True)
    return made


def run(made: Path, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a module in a plugin's folder, where it is on the path."""
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = os.pathsep.join([str(made), *map(os.path.abspath, given)])
    return forked.run(
        module, *arguments, cwd=made, env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
    )
