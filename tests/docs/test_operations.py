"""`docs/operations.md` names every command and option that it names rightly, and leaves no command out."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from renda import plugins

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "docs/operations.md", ROOT / "deploy/README.md")
COMMANDS = plugins.collect(plugins.load(["tiers", "training"])).commands
_GROUPS = {name: one for name, one in COMMANDS.items() if isinstance(one, click.Group)}


def written(page: Path) -> list[str]:
    """Every command line of renda in a page, in blocks and in sentences."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    prose = re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += re.findall(r"`([^`\n]+)`", prose)
    found = []
    for line in lines:
        found += re.findall(r"(?:^|\| |-u renda )(renda [a-z].*?)(?=  |\| renda|$)", line)
    return found


def named(line: str) -> Iterator[tuple[click.Command, list[str]]]:
    """The commands that a line names, `a|b` being two, each with the options that the line gives."""
    words = shlex.split(line.replace("…", " "))
    options = [word.strip("[]") for word in words if word.strip("[]").startswith("--")]
    group = _GROUPS.get(words[1])
    if group is None:
        yield COMMANDS[words[1]], options
    elif len(words) > 2 and words[2].isascii():
        for name in words[2].split("|"):
            yield group.commands[name], options if "|" not in words[2] else []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_command_that_is_named_takes_the_options_that_are_named(page: Path) -> None:
    lines = written(page)
    assert lines
    for line in lines:
        for command, options in named(line):
            known = {name for one in command.params for name in one.opts} | {"--help"}
            assert set(options) <= known, line


def test_no_command_is_left_out() -> None:
    every = {one.name for one in COMMANDS.values() if one not in _GROUPS.values()} | {
        f"{name} {one}" for name, group in _GROUPS.items() for one in group.commands
    }
    told = set()
    for line in written(PAGES[0]):
        first = line.split()[1]
        for command, _options in named(line):
            told.add(f"{first} {command.name}" if first in _GROUPS else command.name)
    assert every - told == set()


def test_all_commands_but_the_endless_ones_take_json() -> None:
    leaves = [one for one in COMMANDS.values() if one not in _GROUPS.values()]
    leaves += [one for group in _GROUPS.values() for one in group.commands.values()]
    without = {one.name for one in leaves if not any("--json" in two.opts for two in one.params)}
    assert without == {"serve", "worker"}
