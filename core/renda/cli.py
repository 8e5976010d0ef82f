"""The command `renda`: done, refused and misused are exit codes 0, 1 and 2; a script never sees a prompt."""

import json
import os
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

import click

from renda import __version__, plugins
from renda.errors import Invalid, Misconfigured, RendaError
from renda.i18n import DEFAULT_LOCALE, Translator


def translator() -> Translator:
    """Words of the terminal: Chinese, or what RENDA_LOCALE names, over all installed components."""
    packages = ["renda", *(point.value for point in entry_points(group=plugins.GROUP))]
    return Translator(packages, os.environ.get("RENDA_LOCALE", DEFAULT_LOCALE))


def emit(data: Mapping[str, Any], *, as_json: bool, lines: list[str]) -> None:
    """Print a command's result: one JSON object for scripts, or lines for people."""
    click.echo(json.dumps(data, ensure_ascii=False, sort_keys=True) if as_json else "\n".join(lines))


config_argument = click.argument("config", type=click.Path(dir_okay=False))
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")


def main() -> None:
    """Run a command and turn what went wrong into words and an exit code."""
    say = translator()
    try:
        names = sorted({point.name for point in entry_points(group=plugins.GROUP)})
        declared = plugins.collect(plugins.load(names))
        group = click.Group("renda", help="renda", commands=dict(declared.commands))
        click.version_option(__version__)(group)
        group(prog_name="renda", standalone_mode=True)
    except RendaError as error:
        click.echo(say(error.message), err=True)
        if isinstance(error, Invalid):
            for field, message in error.errors.items():
                click.echo(f"  {field}: {say(message)}", err=True)
        sys.exit(2 if isinstance(error, Misconfigured) else 1)
