"""The examples of `deploy/`, and the programs that read them, where this machine has them."""

import shlex
import shutil
from pathlib import Path

import click
import pytest

from renda import plugins

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"


def program(name: str) -> str:
    """A program's path; a test that needs it says so where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def check_command(words: list[str]) -> None:
    """Whether the words after `renda` are a command with its arguments, as the command line reads them."""
    declared = plugins.collect(plugins.load(["tiers", "training"])).commands
    group = click.Group("renda", commands=dict(declared))
    name, command, rest = group.resolve_command(click.Context(group), words)
    assert command is not None, words
    command.make_context(name, rest, resilient_parsing=False).close()


def sections(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Keys and values of a unit's sections; a key may stand more than once."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = current = []
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            current.append((key, value))
    return found


def words(command: str) -> list[str]:
    """A command line in its parts."""
    return shlex.split(command)
